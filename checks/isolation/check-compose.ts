import { readFile } from 'node:fs/promises';
import path from 'node:path';

import { parse } from 'yaml';
import { z } from 'zod';

import type { Breach } from './report.ts';

const list = z.union([z.array(z.string()), z.record(z.string(), z.unknown())]).optional();
const composeShape = z.object({
  services: z.record(
    z.string(),
    z.object({
      networks: list,
      network_mode: z.string().optional(),
      ports: z.array(z.union([z.string(), z.object({ host_ip: z.string().optional() })])).optional(),
      environment: list,
      volumes: z.array(z.union([z.string(), z.object({ source: z.string().optional() })])).optional(),
    }),
  ),
});

type Container = z.output<typeof composeShape>['services'][string];

/**
 * Reads docker-compose.yml: a database's network is its service's alone, the gateway shares none with a database, no
 * port but the gateway's is published, a container mounts and names the secrets of its own service only. A container
 * is of the service whose name it bears (`orders`, `orders-prepare`, `orders-database`).
 */
export async function checkCompose(root: string, services: readonly string[]): Promise<Breach[]> {
  const file = 'docker-compose.yml';
  const text = await readFile(path.join(root, file), 'utf8').catch(() => undefined);
  if (text === undefined) return [];
  const { services: containers } = composeShape.parse(parse(text, { merge: true }));
  const entries = Object.entries(containers);
  const ownerOf = (name: string): string | undefined => findOwner(name, services);

  return entries.flatMap(([name, container]): Breach[] => {
    const where = `${file}: ${name}`;
    const owner = ownerOf(name);
    return [
      ...(name.endsWith('-database') ? checkNetworks(where, name, owner, entries, ownerOf) : []),
      ...checkPorts(where, name, container),
      // The job that makes the secrets has no network, and ends.
      ...(container.network_mode === 'none' ? [] : checkSecrets(where, owner, container, services)),
      ...checkEnvironment(where, owner, container, services),
    ];
  });
}

function checkNetworks(
  where: string,
  database: string,
  owner: string | undefined,
  entries: readonly (readonly [string, Container])[],
  ownerOf: (name: string) => string | undefined,
): Breach[] {
  const container = entries.find(([name]) => name === database)?.[1];
  const networks = namesOf(container?.networks, ['default']);
  return entries.flatMap(([name, other]): Breach[] => {
    if (name === database || other.network_mode === 'none') return [];
    const shared = namesOf(other.networks, ['default']).filter((network) => networks.includes(network));
    if (shared.length === 0 || ownerOf(name) === owner) return [];
    return [{ name: 'COMPOSE_NETWORK', where, what: `shares the network ${shared.join(', ')} with ${name}` }];
  });
}

function checkPorts(where: string, name: string, { ports = [] }: Container): Breach[] {
  return ports.flatMap((port): Breach[] => {
    if (name !== 'gateway') {
      return [{ name: 'COMPOSE_PORT', where, what: `publishes the port ${JSON.stringify(port)}` }];
    }
    return [];
  });
}

function checkSecrets(
  where: string,
  owner: string | undefined,
  { volumes = [] }: Container,
  services: readonly string[],
): Breach[] {
  return volumes.flatMap((volume): Breach[] => {
    const source = typeof volume === 'string' ? (volume.split(':')[0] ?? '') : (volume.source ?? '');
    const service = findOwner(source, services);
    if (service === undefined || service === owner) return [];
    return [{ name: 'COMPOSE_SECRET', where, what: `mounts ${source} of ${service}` }];
  });
}

function checkEnvironment(
  where: string,
  owner: string | undefined,
  { environment }: Container,
  services: readonly string[],
): Breach[] {
  const entries = Array.isArray(environment)
    ? environment.map((entry): [string, string] => {
        const at = entry.indexOf('=');
        return [entry.slice(0, at < 0 ? undefined : at), at < 0 ? '' : entry.slice(at + 1)];
      })
    : Object.entries(environment ?? {}).map(([name, value]): [string, string] => [name, String(value)]);
  return entries.flatMap(([name, value]): Breach[] => {
    const breaches: Breach[] = [];
    const other = services.find(
      (service) =>
        service !== owner && name.startsWith(`${service.toUpperCase().replaceAll('-', '_')}_DATABASE_`),
    );
    if (other !== undefined) {
      breaches.push({ name: 'COMPOSE_ENVIRONMENT', where, what: `is given ${name} of ${other}` });
    }
    if (/^\w+:\/\/[^/@\s]*:[^/@\s]+@/.test(value)) {
      breaches.push({ name: 'COMPOSE_ENVIRONMENT', where, what: `${name} holds a password in the file` });
    }
    return breaches;
  });
}

/** The service whose name something bears; of `orders` and `orders-archive` it is the longer one. */
function findOwner(name: string, services: readonly string[]): string | undefined {
  return services
    .filter((service) => name === service || name.startsWith(`${service}-`))
    .sort((one, other) => other.length - one.length)[0];
}

function namesOf(value: Container['networks'], otherwise: readonly string[]): readonly string[] {
  if (value === undefined) return otherwise;
  return Array.isArray(value) ? value : Object.keys(value);
}
