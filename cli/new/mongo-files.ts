import type { NewFiles } from './service-files.ts';
import type { ServiceNames } from './service-names.ts';

/** What a service has of its own because its database is MongoDB. */
export function listMongoFiles(names: ServiceNames): NewFiles {
  const { service, table } = names;
  return {
    [`subgraphs/${service}/subgraph.ts`]: writeSubgraph(names),
    [`subgraphs/${service}/queries.ts`]: writeQueries(names),
    [`prisma/${service}/collections.json`]: printJson({
      collections: { [table]: { validator }, seed_runs: {} },
    }),
    [`prisma/${service}/migrations/20260501000000_init/migration.json`]: printJson({
      commands: [
        { create: table, validator, validationLevel: 'strict', validationAction: 'error' },
        { create: 'seed_runs' },
      ],
    }),
    [`prisma/${service}/seed.ts`]: writeSeed(names),
  };
}

const validator = {
  $jsonSchema: {
    bsonType: 'object',
    required: ['_id', 'name'],
    properties: {
      _id: { bsonType: 'string', minLength: 1 },
      name: { bsonType: 'string', minLength: 1 },
    },
  },
};

function printJson(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

function writeSubgraph({ service, type, types }: ServiceNames): string {
  return `import type { DocumentNode } from 'graphql';
import type { Db } from 'mongodb';

import { openMongo } from '../kit/database/mongo.ts';
import { type Subgraph, defineSubgraph } from '../kit/define-subgraph.ts';
import { keyOfField, loadedByKeys } from '../kit/entities/entity-definition.ts';
import { type ${type}Row, load${types} } from './queries.ts';
import { createResolvers } from './resolvers.ts';

/** The service ${service}; \`typeDefs\` is its schema.graphql. */
export function createSubgraph(typeDefs: DocumentNode): Subgraph<Db> {
  return defineSubgraph<Db>({
    name: '${service}',
    typeDefs,
    resolvers: createResolvers(),
    entities: {
      ${type}: loadedByKeys(
        keyOfField<Db, ${type}Row>('id', (batch, { database }) =>
          load${types}(database, batch.keys, batch.asked),
        ),
      ),
    },
    openDatabase: openMongo,
  });
}
`;
}

function writeQueries({ type, table, types }: ServiceNames): string {
  return `import type { Db, Document } from 'mongodb';

import { runRead } from '../kit/database/mongo.ts';
import { selectFields } from '../kit/loading/select-fields.ts';

/** A document as it is read: the key always, the rest when asked for. */
export interface ${type}Row {
  readonly id: string;
  readonly name?: string;
}

interface ${type}Document {
  readonly _id: string;
  readonly name: string;
}

const always: Document = { _id: 1 };
const byField: Readonly<Record<string, Document>> = { name: { name: 1 } };

/** All with one of these ids, in one command. */
export async function load${types}(
  database: Db,
  ids: readonly string[],
  asked: ReadonlySet<string>,
): Promise<${type}Row[]> {
  const projection = selectFields(asked, always, byField);
  const documents = await runRead((options) =>
    database
      .collection<${type}Document>('${table}')
      .find({ _id: { $in: [...ids] } }, { ...options, projection })
      .toArray(),
  );
  return documents.map(({ _id, ...rest }) => ({ id: _id, ...rest }));
}

/** The first in the order of their ids. */
export async function list${types}(
  database: Db,
  limit: number,
  asked: ReadonlySet<string>,
): Promise<${type}Row[]> {
  // MongoDB reads a limit of 0 as none.
  if (limit === 0) return [];
  const projection = selectFields(asked, always, byField);
  const documents = await runRead((options) =>
    database
      .collection<${type}Document>('${table}')
      .find({}, { ...options, projection, sort: { _id: 1 }, limit })
      .toArray(),
  );
  return documents.map(({ _id, ...rest }) => ({ id: _id, ...rest }));
}
`;
}

function writeSeed({ service, type, one, table }: ServiceNames): string {
  return `import { seedMongo } from '../seed-mongo.ts';
import type { Seed } from '../seeding.ts';

/** Fills the database of ${service} with a few documents to begin with. */
export const seed: Seed = (url, options) =>
  seedMongo(url, options, [
    {
      table: '${table}',
      count: 5 * options.scale,
      rowsAt: (index) => [{ _id: \`${one}-\${index}\`, name: \`${type} \${index}\` }],
    },
  ]);
`;
}
