import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';

import { Kind, parse, specifiedScalarTypes } from 'graphql';
import { loadModule, parseSync } from 'libpg-query';
import { parse as parseYaml } from 'yaml';

import type { DatabaseKind } from '../../databases/database.ts';
import { type Project, ProjectError } from '../project.ts';
import type { ServiceNames } from './service-names.ts';

/** What Prisma's schema and its client call by themselves. */
const prismaTypes = new Set(
  'String Boolean Int BigInt Float Decimal DateTime Json Bytes Prisma PrismaClient'.split(' '),
);

const graphqlTypes = new Set([
  ...specifiedScalarTypes.map(({ name }) => name),
  'Query',
  'Mutation',
  'Subscription',
]);

/** Databases that a server has from the start. */
const serversOwn: Readonly<Record<DatabaseKind, ReadonlySet<string>>> = {
  postgres: new Set(['postgres', 'template0', 'template1']),
  mongo: new Set(['admin', 'config', 'local']),
};

/** PostgreSQL cuts names at 63 bytes, and the primary key's is the table's with `_pkey`. */
const tableLengthMax = 58;

/**
 * Refuses names that the service's folders, containers, database, table, model or type cannot bear: what is made of them
 * would fail much later, or become something else than was asked for.
 *
 * @throws {ProjectError} saying which, and what was expected.
 */
export async function refuseNames(
  names: ServiceNames,
  database: DatabaseKind,
  project: Project,
): Promise<void> {
  refuseTakenFolders(names, project.root);
  await refuseContainers(names, project.root);
  await refuseDatabase(names, database);
  refuseType(names, database);
  refuseTypesOfGraph(names, await readFile(project.supergraphFile, 'utf8'));
}

function refuseTakenFolders({ service }: ServiceNames, root: string): void {
  for (const folder of [`subgraphs/${service}`, `prisma/${service}`])
    if (existsSync(path.join(root, folder)))
      throw new ProjectError(`${folder} is there already; expected a name that nothing bears.`);
}

/** A service's containers, networks and volumes bear its name. */
async function refuseContainers({ service }: ServiceNames, root: string): Promise<void> {
  const file = path.join(root, 'docker-compose.yml');
  if (!existsSync(file)) return;
  const compose = parseYaml(await readFile(file, 'utf8'), { merge: true }) as Readonly<
    Record<string, object>
  >;
  const known = ['services', 'networks', 'volumes'].flatMap((part) => Object.keys(compose[part] ?? {}));
  // Compose gives a network of that name to whatever names none.
  const taken = [...known, 'default'].find((name) => name === service || name.startsWith(`${service}-`));
  if (taken !== undefined)
    throw new ProjectError(
      `docker-compose.yml has ${taken} already; expected a service's name that nothing in it bears.`,
    );
}

async function refuseDatabase({ service, table }: ServiceNames, database: DatabaseKind): Promise<void> {
  const name = service.replaceAll('-', '_');
  if (serversOwn[database].has(name))
    throw new ProjectError(`Every server has a database ${name} of its own; expected another name.`);
  if (database !== 'postgres') return;
  if (name.startsWith('pg_'))
    throw new ProjectError(
      `PostgreSQL keeps names that begin with "pg_", as ${name} does; expected another.`,
    );
  if (!(await isUnquotedName(name)))
    throw new ProjectError(`${name} is a reserved word of PostgreSQL; expected a name for a database.`);
  if (table.length > tableLengthMax)
    throw new ProjectError(
      `The table's name ${table} has ${table.length} characters; expected at most ${tableLengthMax}.`,
    );
}

/** Databases and roles are written without quotes. */
async function isUnquotedName(name: string): Promise<boolean> {
  await loadModule();
  try {
    parseSync(`CREATE DATABASE ${name}`);
    return true;
  } catch {
    return false;
  }
}

function refuseType({ type, one, table }: ServiceNames, database: DatabaseKind): void {
  const refuse = (reason: string) => new ProjectError(`${reason}; choose another with --entity.`);
  if (graphqlTypes.has(type)) throw refuse(`GraphQL has a type ${type} of its own`);
  if (database === 'postgres' && prismaTypes.has(type)) throw refuse(`Prisma has a ${type} of its own`);
  if (table === 'seed_runs') throw refuse(`Every service keeps its runs of sample data in ${table}`);
  // The model is a property of the client: one that every object has hides it, and `then` makes it a promise.
  if (one in {} || one === 'then') throw refuse(`Every object of JavaScript may have a ${one} of its own`);
}

/** A type or root field that the graph has would become a shared one, which nobody asked for. */
function refuseTypesOfGraph({ type, one, many }: ServiceNames, supergraph: string): void {
  for (const definition of parse(supergraph, { noLocation: true }).definitions) {
    if (!('name' in definition) || definition.name === undefined) continue;
    if (definition.name.value === type)
      throw new ProjectError(`The graph has a type ${type} already; choose another with --entity.`);
    if (definition.kind !== Kind.OBJECT_TYPE_DEFINITION || definition.name.value !== 'Query') continue;
    const field = definition.fields?.find(({ name }) => [one, many].includes(name.value));
    if (field !== undefined)
      throw new ProjectError(
        `The graph has a root field ${field.name.value} already; choose another name with --entity.`,
      );
  }
}
