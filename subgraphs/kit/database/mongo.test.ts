import { parse } from 'graphql';
import { type Db, MongoClient } from 'mongodb';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test } from 'vitest';

import { askSubgraph } from '../../../tests/support/ask-subgraph.ts';
import {
  type ServiceDatabaseUnderTest,
  openServiceDatabase,
} from '../../../tests/support/service-database.ts';
import { defineSubgraph } from '../define-subgraph.ts';
import { type RunningSubgraph, type ServeOptions, serveSubgraph } from '../serve-subgraph.ts';
import { openMongo, runRead } from './mongo.ts';

const subgraph = defineSubgraph<Db>({
  name: 'sample',
  typeDefs: parse(`
    extend schema @link(url: "https://specs.apollo.dev/federation/v2.7", import: ["@key"])
    type Query { count: Int find: Int findLarge: Int findAfterFailure: Int findTwice: Int }
  `),
  entities: {},
  resolvers: {
    Query: {
      count: (_source, _args, { database }) =>
        runRead((options) => database.collection('reviews').countDocuments({ rating: 5 }, options)),
      find: (_source, _args, { database }) => find(database),
      findLarge: (_source, _args, { database }) => find(database, 'large'),
      async findAfterFailure(_source, _args, { database }) {
        await runRead(() => Promise.reject(new Error('before it was sent'))).catch(() => {});
        return find(database);
      },
      async findTwice(_source, _args, { database }) {
        // The second asks when the first has the last connection and has not sent its command yet.
        const second = new Promise<number>((resolve) => {
          database.client.once('connectionCheckedOut', () => resolve(find(database)));
        });
        const [one, other] = await Promise.all([find(database), second]);
        return one + other;
      },
    },
  },
  openDatabase: openMongo,
});

async function find(database: Db, collection = 'reviews'): Promise<number> {
  const found = await runRead((options) => database.collection(collection).find({}, options).toArray());
  return found.length;
}

const serve = (
  databaseUrl: string,
  settings: ServeOptions['database'] = {},
  statementLimit: ServeOptions['statementLimit'] = { statementsMax: 0, statementsOver: 'warn' },
) =>
  serveSubgraph(subgraph, {
    databaseUrl,
    statementLimit,
    port: 0,
    log: pino({ level: 'silent' }),
    noticeMs: 0,
    metrics: true,
    database: settings,
  });

/** Holds the next `times` of a command in the database, each for as long as it takes unless it is ended. */
const holdCommands = (owner: MongoClient, command: string, times: number, blockTimeMS: number) =>
  owner.db('admin').command({
    configureFailPoint: 'failCommand',
    mode: { times },
    data: { failCommands: [command], blockConnection: true, blockTimeMS },
  });

describe('a service on MongoDB', () => {
  let database: ServiceDatabaseUnderTest;
  let owner: MongoClient;
  let service: RunningSubgraph;

  beforeAll(async () => {
    database = await openServiceDatabase('reviews', 0);
    owner = await new MongoClient(database.ownerUrl).connect();
    service = await serve(database.url);
  });

  afterAll(async () => {
    await service?.close();
    await owner?.close();
    await database?.close();
  });

  test('is ready, and records its commands without their values', async () => {
    // The first connection is made for it, which may take more than the second that /ready waits.
    await expect.poll(async () => (await fetch(new URL('/ready', service.url))).status).toBe(200);
    const { data, statements } = await askSubgraph(service.url, '{ count }');
    expect(data).toEqual({ count: 0 });
    expect(statements).toMatchObject([{ service: 'sample', cause: 'Query.count', batchSize: 1 }]);
    expect(statements[0]?.text).toContain('aggregate reviews {"pipeline":[{"$match":{"rating":"?"}}');
  });

  test('counts the second message of a reply that is longer than one may be', async () => {
    const text = 'x'.repeat(1024 * 1024);
    await owner
      .db(new URL(database.url).pathname.slice(1))
      .collection('large')
      .insertMany(Array.from({ length: 17 }, () => ({ text })));
    const { data, statements } = await askSubgraph(service.url, '{ findLarge }');
    expect(data).toEqual({ findLarge: 17 });
    expect(statements.map(({ text: command }) => command.split(' ')[0])).toEqual(['find', 'getMore']);
    const narrow = await serve(database.url, {}, { statementsMax: 1, statementsOver: 'refuse' });
    onTestFinished(() => narrow.close());
    const { errors } = await askSubgraph(narrow.url, '{ findLarge }');
    expect(errors).toMatchObject([{ extensions: { code: 'STATEMENT_LIMIT' } }]);
  });

  test('says so when the time was too short', async () => {
    await holdCommands(owner, 'aggregate', 1, 60_000);
    const { errors } = await askSubgraph(service.url, '{ count }', {}, { 'freehold-deadline-ms': '100' });
    expect(errors).toMatchObject([{ extensions: { code: 'DEADLINE_EXCEEDED' } }]);
  });
});

describe('a statement on MongoDB', () => {
  let database: ServiceDatabaseUnderTest;
  let owner: MongoClient;

  beforeAll(async () => {
    database = await openServiceDatabase('reviews', 0);
    owner = await new MongoClient(database.ownerUrl).connect();
  });

  afterAll(async () => {
    await owner?.close();
    await database?.close();
  });

  test('ends after statementMs, though its request has more time', async () => {
    const service = await serve(database.url, { statementMs: 2_000 });
    onTestFinished(() => service.close());
    await holdCommands(owner, 'aggregate', 1, 600_000);
    const { errors } = await askSubgraph(service.url, '{ count }', {}, { 'freehold-deadline-ms': '300000' });
    expect(errors).toMatchObject([{ extensions: { code: 'DEADLINE_EXCEEDED' } }]);
  });
});

describe('a read of a service whose pool is full', () => {
  let database: ServiceDatabaseUnderTest;
  let owner: MongoClient;
  /** The service's own user, who may end what the service runs. */
  let own: MongoClient;
  let service: RunningSubgraph | undefined;

  beforeAll(async () => {
    database = await openServiceDatabase('reviews', 0);
    owner = await new MongoClient(database.ownerUrl).connect();
    own = await new MongoClient(database.url).connect();
  });

  afterEach(async () => {
    await service?.close();
  });

  afterAll(async () => {
    await owner?.close();
    await own?.close();
    await database?.close();
  });

  const serveNarrow = async (connectionWaitMs: number) => {
    service = await serve(database.url, { connectionsMax: 1, connectionWaitMs });
    expect((await askSubgraph(service.url, '{ find }')).data).toEqual({ find: 0 });
    return service.url;
  };

  const holdFinds = (times: number, blockTimeMS: number) => holdCommands(owner, 'find', times, blockTimeMS);

  /** How many statements have a connection, and how many wait for one. */
  const readPool = async (url: string) => {
    const text = await (await fetch(new URL('/metrics', url))).text();
    const read = (line: RegExp) => Number(line.exec(text)?.[1]);
    return {
      used: read(/^freehold_connections\{state="used",service="sample"\} (\d+)$/m),
      waiting: read(/^freehold_connections_awaited\{service="sample"\} (\d+)$/m),
    };
  };

  const endFinds = async () => {
    const admin = own.db('admin');
    const held = await admin
      .aggregate([{ $currentOp: {} }, { $match: { 'command.find': 'reviews' } }])
      .toArray();
    for (const { opid } of held) await admin.command({ killOp: 1, op: opid });
  };

  test('is not given up while it runs because another of its request failed before it was sent', async () => {
    const url = await serveNarrow(4_000);
    await holdFinds(2, 5_000);
    const held = askSubgraph(url, '{ find }');
    await expect.poll(() => readPool(url), { interval: 10 }).toEqual({ used: 1, waiting: 0 });
    const answer = askSubgraph(url, '{ findAfterFailure }');
    await expect.poll(() => readPool(url), { interval: 10 }).toEqual({ used: 1, waiting: 1 });
    await endFinds();
    // It waited for a moment, and runs for longer than it may wait.
    expect(await answer).toMatchObject({ data: { findAfterFailure: 0 }, errors: [] });
    await held;
  });

  test('is told that it is, though another of its request sends its command meanwhile', async () => {
    const url = await serveNarrow(20_000);
    await holdFinds(1, 60_000);
    // It may wait for most of this time; what is left is for the answer.
    const { errors } = await askSubgraph(url, '{ findTwice }', {}, { 'freehold-deadline-ms': '4000' });
    expect(errors).toMatchObject([{ extensions: { code: 'DATABASE_BUSY' } }]);
  });
});

test('a MongoDB that cannot be reached is told by its code, within seconds, and health stays', async () => {
  // Nothing listens on port 1, and no other test is given it, as it may be given one that was free a moment ago.
  const service = await serve('mongodb://127.0.0.1:1/none?directConnection=true');
  try {
    expect((await fetch(new URL('/ready', service.url))).status).toBe(503);
    expect((await fetch(new URL('/health', service.url))).status).toBe(200);
    expect((await askSubgraph(service.url, '{ count }')).errors).toMatchObject([
      { message: 'The database of sample cannot be reached.', extensions: { code: 'DATABASE_UNAVAILABLE' } },
    ]);
  } finally {
    await service.close();
  }
});
