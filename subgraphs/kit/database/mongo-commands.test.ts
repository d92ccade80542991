import { parse } from 'graphql';
import type { Collection, Db } from 'mongodb';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { askSubgraph } from '../../../tests/support/ask-subgraph.ts';
import {
  type ServiceDatabaseUnderTest,
  openServiceDatabase,
} from '../../../tests/support/service-database.ts';
import { defineSubgraph } from '../define-subgraph.ts';
import { type RunningSubgraph, serveSubgraph } from '../serve-subgraph.ts';
import { openMongo, runRead, statementOptions } from './mongo.ts';

interface Run {
  readonly _id: number;
  readonly label?: string;
}

// In the order of the fields, as mutations run: each finds what those before it wrote.
const fields: Readonly<Record<string, (runs: Collection<Run>, database: Db) => Promise<unknown>>> = {
  insertMany: (runs) =>
    runs.insertMany([{ _id: 1, label: 'a value' }, { _id: 2 }, { _id: 3 }], statementOptions()),
  insertTaken: (runs) => runs.insertMany([{ _id: 4 }, { _id: 1 }], statementOptions()).catch(() => {}),
  bulkWrite: (runs) =>
    runs.bulkWrite(
      [
        { updateOne: { filter: { _id: 1 }, update: { $set: { label: 'another value' } } } },
        { updateMany: { filter: { _id: { $gt: 2 } }, update: [{ $set: { label: '$_id' } }] } },
        { deleteOne: { filter: { _id: 4 } } },
        { deleteMany: { filter: { label: 'none has it' } } },
      ],
      statementOptions(),
    ),
  findOneAndUpdate: (runs) =>
    runs.findOneAndUpdate({ _id: 3 }, { $set: { label: 'a value' } }, statementOptions()),
  findOneAndUpsert: (runs) =>
    runs.findOneAndUpdate(
      { _id: 5 },
      { $set: { label: 'a value' } },
      { ...statementOptions(), upsert: true, returnDocument: 'before' },
    ),
  findOneAndDelete: (runs) => runs.findOneAndDelete({ _id: 6 }, statementOptions()),
  distinct: (runs) => runRead((options) => runs.distinct('_id', { _id: { $gt: 1 } }, options)),
  getMore: (runs) => runRead((options) => runs.find({}, { ...options, batchSize: 3 }).toArray()),
  command: (_runs, database) => database.command({ find: 'seed_runs', filter: { _id: 1 } }),
};

const subgraph = defineSubgraph<Db>({
  name: 'sample',
  typeDefs: parse(`
    extend schema @link(url: "https://specs.apollo.dev/federation/v2.7", import: ["@key"])
    type Query { none: Int }
    type Mutation { ${Object.keys(fields).join(': Boolean ')}: Boolean }
  `),
  entities: {},
  resolvers: {
    Mutation: Object.fromEntries(
      Object.entries(fields).map(([field, run]) => [
        field,
        async (_source, _args, { database }) => {
          await run(database.collection<Run>('seed_runs'), database);
          return true;
        },
      ]),
    ),
  },
  openDatabase: openMongo,
});

let database: ServiceDatabaseUnderTest;
let service: RunningSubgraph;

beforeAll(async () => {
  database = await openServiceDatabase('reviews', 0);
  service = await serveSubgraph(subgraph, {
    databaseUrl: database.url,
    port: 0,
    log: pino({ level: 'silent' }),
    noticeMs: 0,
  });
});

afterAll(async () => {
  await service?.close();
  await database?.close();
});

test('each command is recorded once, with its rows and what it does, and without a value', async () => {
  const { statements } = await askSubgraph(service.url, `mutation { ${Object.keys(fields).join(' ')} }`);
  expect(statements.map(({ cause, rows, text }) => `${cause} ${rows} ${text}`)).toEqual([
    'Mutation.insertMany 3 insert seed_runs {"documents":[{"_id":"?","label":"?"},{"_id":"?"},{"_id":"?"}],"ordered":true,"maxTimeMS":"?"}',
    'Mutation.insertTaken null insert seed_runs {"documents":[{"_id":"?"},{"_id":"?"}],"ordered":true,"maxTimeMS":"?"}',
    'Mutation.bulkWrite 3 update seed_runs {"updates":[{"q":{"_id":"?"},"u":{"$set":{"label":"?"}}},{"q":{"_id":{"$gt":"?"}},"u":[{"$set":{"label":"$_id"}}],"multi":"?"}],"ordered":true,"maxTimeMS":"?"}',
    'Mutation.bulkWrite 1 delete seed_runs {"deletes":[{"q":{"_id":"?"},"limit":"?"},{"q":{"label":"?"},"limit":"?"}],"ordered":true,"maxTimeMS":"?"}',
    'Mutation.findOneAndUpdate 1 findAndModify seed_runs {"query":{"_id":"?"},"remove":"?","new":"?","upsert":"?","maxTimeMS":"?","update":{"$set":{"label":"?"}}}',
    'Mutation.findOneAndUpsert 1 findAndModify seed_runs {"query":{"_id":"?"},"remove":"?","new":"?","upsert":"?","maxTimeMS":"?","update":{"$set":{"label":"?"}}}',
    'Mutation.findOneAndDelete 0 findAndModify seed_runs {"query":{"_id":"?"},"remove":"?","new":"?","upsert":"?","maxTimeMS":"?"}',
    'Mutation.distinct 3 distinct seed_runs {"key":"_id","query":{"_id":{"$gt":"?"}},"maxTimeMS":"?"}',
    'Mutation.getMore 3 find seed_runs {"filter":{},"batchSize":"?","maxTimeMS":"?"}',
    'Mutation.getMore 1 getMore  {"collection":"?","batchSize":"?"}',
    'Mutation.command 1 find seed_runs {"filter":{"_id":"?"}}',
  ]);
});
