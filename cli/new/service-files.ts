import type { DatabaseKind } from '../../databases/database.ts';
import { listMongoFiles } from './mongo-files.ts';
import { listPostgresFiles } from './postgres-files.ts';
import type { ServiceNames } from './service-names.ts';

/** Texts of new files by their path from the project's root. */
export type NewFiles = Readonly<Record<string, string>>;

/** All files of a new service. */
export function listServiceFiles(names: ServiceNames, database: DatabaseKind): NewFiles {
  const { service } = names;
  return {
    [`subgraphs/${service}/schema.graphql`]: writeSchema(names),
    [`subgraphs/${service}/resolvers.ts`]: writeResolvers(names, database),
    [`subgraphs/${service}/${service}.test.ts`]: writeTest(names),
    [`operations/${service}.graphql`]: writeOperation(names),
    ...(database === 'postgres' ? listPostgresFiles(names) : listMongoFiles(names)),
  };
}

function writeSchema({ type, one, many }: ServiceNames): string {
  return `extend schema @link(url: "https://specs.apollo.dev/federation/v2.7", import: ["@key"])

type Query {
  "One ${type} by its id; null when there is none."
  ${one}(id: ID!): ${type}
  "The first in the order of their ids, at most 100."
  ${many}(first: Int! = 20): [${type}!]!
}

"What this service owns. Others may add fields to it by its key."
type ${type} @key(fields: "id") {
  id: ID!
  name: String!
}
`;
}

function writeResolvers({ service, one, many, types }: ServiceNames, database: DatabaseKind): string {
  const [client, imported] =
    database === 'postgres'
      ? ['PrismaClient', `import type { PrismaClient } from '../../prisma/${service}/client/client.ts';\n`]
      : ['Db', `import type { Db } from 'mongodb';\n\n`];
  return `${imported}import { parsePage } from '../kit/connections/page.ts';
import type { Resolvers } from '../kit/define-subgraph.ts';
import { fieldsAsked } from '../kit/loading/fields-asked.ts';
import { list${types}, load${types} } from './queries.ts';

/** The resolvers of this service: thin, because queries.ts speaks with the database. */
export function createResolvers(): Resolvers<${client}> {
  return {
    Query: {
      async ${one}(_source, { id }: { readonly id: string }, { database }, info) {
        return (await load${types}(database, [id], fieldsAsked(info)))[0] ?? null;
      },
      ${many}(_source, { first }: { readonly first: number }, { database }, info) {
        return list${types}(database, parsePage({ first }, 'id').limit, fieldsAsked(info));
      },
    },
  };
}
`;
}

function writeOperation({ type, many }: ServiceNames): string {
  return `query ${type}List {
  ${many}(first: 10) {
    id
    name
  }
}
`;
}

function writeTest({ service, type, one, many }: ServiceNames): string {
  return `import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { askSubgraph, readServiceSchema } from '../../tests/support/ask-subgraph.ts';
import { type ServiceDatabaseUnderTest, openServiceDatabase } from '../../tests/support/service-database.ts';
import { type RunningSubgraph, serveSubgraph } from '../kit/serve-subgraph.ts';
import { createSubgraph } from './subgraph.ts';

let database: ServiceDatabaseUnderTest;
let service: RunningSubgraph;

beforeAll(async () => {
  database = await openServiceDatabase('${service}');
  service = await serveSubgraph(createSubgraph(readServiceSchema('${service}')), {
    databaseUrl: database.url,
    port: 0,
    log: pino({ level: 'silent' }),
  });
});

afterAll(async () => {
  await service?.close();
  await database?.close();
});

test('finds one by id, and lists the first', async () => {
  const { data, errors } = await askSubgraph(service.url, '{ ${one}(id: "${one}-1") { name } ${many}(first: 2) { id } }');
  expect(errors).toEqual([]);
  expect(data).toEqual({
    ${one}: { name: '${type} 1' },
    ${many}: [{ id: '${one}-1' }, { id: '${one}-2' }],
  });
});

test('answers many representations in order, missing ones as null, with one statement', async () => {
  const { data, statements } = await askSubgraph(
    service.url,
    'query ($keys: [_Any!]!) { _entities(representations: $keys) { ... on ${type} { name } } }',
    {
      keys: ['${one}-3', 'none', '${one}-1'].map((id) => ({ __typename: '${type}', id })),
    },
  );
  expect(data._entities).toEqual([{ name: '${type} 3' }, null, { name: '${type} 1' }]);
  expect(statements).toHaveLength(1);
});
`;
}
