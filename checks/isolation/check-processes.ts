import { readdir, readFile } from 'node:fs/promises';

import { namePlace, readPlaces, type ServiceDatabaseUrl } from './check-urls.ts';
import type { Breach } from './report.ts';

/** A process of the shop. */
export interface ShopProcess {
  readonly pid: number;
  /** The service that it runs; undefined for the gateway. */
  readonly service: string | undefined;
  readonly environment: ReadonlyMap<string, string>;
}

/** The gateway and the services among the children of the supervisor. Linux alone tells (proc(5)). */
export async function listShopProcesses(
  supervisorPid: number,
  services: readonly string[],
): Promise<ShopProcess[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const found = await Promise.all(
    pids.map(async (pid): Promise<ShopProcess[]> => {
      try {
        const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
        const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
        if (parent !== supervisorPid) return [];
        const words = (await readFile(`/proc/${pid}/cmdline`, 'utf8')).split('\0');
        const service = services.find((name) => words.includes('service') && words.includes(name));
        if (service === undefined && !words.includes('gateway')) return [];
        return [{ pid, service, environment: await readEnvironment(pid) }];
      } catch {
        // It ended meanwhile.
        return [];
      }
    }),
  );
  return found.flat();
}

async function readEnvironment(pid: number): Promise<ReadonlyMap<string, string>> {
  const text = await readFile(`/proc/${pid}/environ`, 'utf8');
  return new Map(
    text.split('\0').flatMap((entry): [string, string][] => {
      const at = entry.indexOf('=');
      return at < 1 ? [] : [[entry.slice(0, at), entry.slice(at + 1)]];
    }),
  );
}

/** Looks for what a process holds and must not: anything of another's database, or the way of the owner into its own. */
export function checkEnvironments(
  processes: readonly ShopProcess[],
  databases: readonly ServiceDatabaseUrl[],
): Breach[] {
  return processes.flatMap(({ pid, service, environment }) => {
    const where = `${service ?? 'gateway'} (pid ${pid})`;
    return [...environment].flatMap(([name, value]): Breach[] => {
      const what = findLeak(name, value, service, databases);
      // The value is never printed.
      return what === undefined ? [] : [{ name: 'ENVIRONMENT_LEAK', where, what: `${name} ${what}` }];
    });
  });
}

function findLeak(
  name: string,
  value: string,
  service: string | undefined,
  databases: readonly ServiceDatabaseUrl[],
): string | undefined {
  if (/_DATABASE_OWNER_URL(_FILE)?$/.test(name)) return 'is the way of an owner into a database';
  if (name === 'FREEHOLD_SIGNING_KEYS' && service !== undefined) return "is the gateway's";
  for (const { service: other, url } of databases) {
    if (other === service) continue;
    const places = readPlaces(url);
    const { password } = places[0];
    if (password !== '' && value.includes(decodeURIComponent(password))) {
      return `holds the password of ${other}`;
    }
    const known = places.map(namePlace);
    if (listPlaces(value).some((place) => known.includes(namePlace(place)))) {
      return `points at the database of ${other}`;
    }
  }
  return undefined;
}

/** The database URLs in the gateway's environment; there should be none. */
export function listGatewayUrls(processes: readonly ShopProcess[]): string[] {
  return processes
    .filter(({ service }) => service === undefined)
    .flatMap(({ environment }) => [...environment.values()])
    .filter((value) => listPlaces(value).length > 0);
}

/** The places that a value names, if it is the URL of a database. */
function listPlaces(value: string): readonly URL[] {
  if (!/^(postgres(ql)?|mongodb(\+srv)?):\/\//.test(value)) return [];
  try {
    return readPlaces(value);
  } catch {
    return [];
  }
}
