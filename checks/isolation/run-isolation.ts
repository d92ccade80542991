import { checkCompose } from './check-compose.ts';
import { tryCredentials } from './check-credentials.ts';
import { checkPorts } from './check-ports.ts';
import { checkEnvironments, listGatewayUrls, listShopProcesses } from './check-processes.ts';
import { checkRoles } from './check-roles.ts';
import { checkSource } from './check-source.ts';
import { checkUrls, withoutLoginParameters, type ServiceDatabaseUrl } from './check-urls.ts';
import type { IsolationReport } from './report.ts';

export interface IsolationOptions {
  /** The project's folder, with the source and docker-compose.yml. */
  readonly root: string;
  readonly services: readonly string[];
  /** The databases to try; none leaves the static part. */
  readonly databases: readonly ServiceDatabaseUrl[];
  /** The process whose children are the gateway and the services, where they run on this machine. */
  readonly supervisorPid: number | undefined;
}

/** Looks at source and files first, then at what runs. Nothing is changed anywhere. */
export async function runIsolation(options: IsolationOptions): Promise<IsolationReport> {
  const { root, services, supervisorPid } = options;
  const databases = options.databases.map(({ service, url }) => ({
    service,
    url: withoutLoginParameters(url),
  }));
  const breaches = [
    ...(await checkSource(root, services)),
    ...(await checkCompose(root, services)),
    ...checkUrls(databases),
  ];
  const notes = [`source and docker-compose.yml of ${services.length} services`];
  const processes =
    supervisorPid === undefined || process.platform !== 'linux'
      ? []
      : await listShopProcesses(supervisorPid, services);
  notes.push(
    processes.length > 0
      ? `environments of ${processes.length} processes`
      : 'no processes: the shop does not run on this machine, or the system does not tell',
  );
  if (databases.length === 0) {
    notes.push('no databases: start the shop ("npx freehold start"), or set <SERVICE>_DATABASE_URL');
    return { attempts: [], breaches, notes };
  }
  notes.push(`credentials and roles of ${databases.length} databases, and where they listen`);
  breaches.push(...checkEnvironments(processes, databases), ...(await checkPorts(databases)));
  const attempts = [
    ...(await tryCredentials(databases, listGatewayUrls(processes))),
    ...services
      .filter((name) => databases.every(({ service }) => service !== name))
      .map((name) => ({
        who: name,
        database: name,
        outcome: 'unknown' as const,
        how: 'a database that does not run, and whose URL is not set',
      })),
  ];
  breaches.push(
    ...attempts
      .filter(({ outcome }) => outcome === 'BREACH')
      .map(({ who, database, how }) => ({
        name: 'DATABASE_OPEN_TO_OTHER' as const,
        where: database,
        what: `${who} was let in (${how})`,
      })),
  );
  const reachable = new Set(
    attempts.filter(({ outcome }) => outcome === 'own').map(({ database }) => database),
  );
  breaches.push(...(await checkRoles(databases.filter(({ service }) => reachable.has(service)))));
  return { attempts, breaches, notes };
}
