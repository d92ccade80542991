import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

import { type DocumentNode, parse } from 'graphql';

import { nameVariables } from '../databases/open-database.ts';
import { ConfigError } from '../gateway/config/gateway-config.ts';
import { findProjectRoot } from '../gateway/project-root.ts';
import type { Seed } from '../prisma/seeding.ts';
import type { Subgraph } from '../subgraphs/kit/define-subgraph.ts';
import { type Environment, readEnvironment } from './environment.ts';
import { type ProjectSubgraph, ProjectError } from './project.ts';

// The modules of a service are found by its name, so that a new service needs no line here. They stand beside this
// one: as .ts when run from source, as .js in dist/.
const extension = path.extname(import.meta.filename);

/** Makes the service from its `subgraphs/<name>/subgraph.ts`. @throws {ProjectError} when it has none. */
export async function loadSubgraph({ name, schemaFile }: ProjectSubgraph): Promise<Subgraph<unknown>> {
  const { createSubgraph } = await importModule<{
    readonly createSubgraph?: (typeDefs: DocumentNode) => Subgraph<unknown>;
  }>(`../subgraphs/${name}/subgraph`);
  if (!createSubgraph) throw new ProjectError(`subgraphs/${name}/subgraph.ts exports no createSubgraph.`);
  return createSubgraph(parse(await readFile(schemaFile, 'utf8')));
}

/** The `seed` of the service's `prisma/<name>/seed.ts`. @throws {ProjectError} when it has none. */
export async function loadSeed({ name }: ProjectSubgraph): Promise<Seed> {
  const { seed } = await importModule<{ readonly seed?: Seed }>(`../prisma/${name}/seed`);
  if (!seed) throw new ProjectError(`prisma/${name}/seed.ts exports no seed.`);
  return seed;
}

/** The URL of the service's database. @throws {ConfigError} naming the variable that is not set. */
export function readDatabaseUrl(service: string, environment: Environment = readEnvironment()): string {
  const { variable } = nameVariables(service);
  const url = environment[variable];
  if (!url)
    throw new ConfigError(
      `${variable} is not set; expected the URL of the database of ${service}. "npx freehold start" starts a database and sets it.`,
    );
  // MongoDB's may name several hosts, which `URL` does not read: all but the last are left out.
  if (!URL.canParse(url.replace(/^(mongodb:\/\/(?:[^@/]*@)?)[^/?]*,/, '$1')))
    throw new ConfigError(`${variable} is no URL; expected one such as postgres://user@host/name.`);
  return url;
}

async function importModule<Module>(name: string): Promise<Module> {
  const file = path.join(import.meta.dirname, `${name}${extension}`);
  if (!existsSync(file)) {
    const source = path.normalize(`cli/${name}.ts`);
    throw new ProjectError(
      existsSync(path.join(findProjectRoot(), source))
        ? `${source} is not built; "npm run build" builds it, as "npm start" does.`
        : `There is no ${source}.`,
    );
  }
  return (await import(pathToFileURL(file).href)) as Module;
}
