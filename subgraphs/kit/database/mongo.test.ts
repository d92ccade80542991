import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';

import { parse } from 'graphql';
import { type Db, MongoClient } from 'mongodb';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';

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
    type Query { count: Int find: Int findAfterFailure: Int findTwice: Int }
  `),
  entities: {},
  resolvers: {
    Query: {
      count: (_source, _args, { database }) =>
        runRead((options) => database.collection('reviews').countDocuments({ rating: 5 }, options)),
      find: (_source, _args, { database }) => find(database),
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

async function find(database: Db): Promise<number> {
  const found = await runRead((options) => database.collection('reviews').find({}, options).toArray());
  return found.length;
}

const serve = (databaseUrl: string, settings: ServeOptions['database'] = {}) =>
  serveSubgraph(subgraph, {
    databaseUrl,
    port: 0,
    log: pino({ level: 'silent' }),
    metrics: true,
    database: settings,
  });

describe('a service on MongoDB', () => {
  let database: ServiceDatabaseUnderTest;
  let service: RunningSubgraph;

  beforeAll(async () => {
    database = await openServiceDatabase('reviews', 0);
    service = await serve(database.url);
  });

  afterAll(async () => {
    await service?.close();
    await database?.close();
  });

  test('is ready, and records its commands without their values', async () => {
    expect((await fetch(new URL('/ready', service.url))).status).toBe(200);
    const { data, statements } = await askSubgraph(service.url, '{ count }');
    expect(data).toEqual({ count: 0 });
    expect(statements).toMatchObject([{ service: 'sample', cause: 'Query.count', batchSize: 1 }]);
    expect(statements[0]?.text).toContain('aggregate reviews {"pipeline":[{"$match":{"rating":"?"}}');
  });

  test('says so when the time was too short', async () => {
    const { errors } = await askSubgraph(service.url, '{ count }', {}, { 'freehold-deadline-ms': '1' });
    expect(errors).toMatchObject([{ extensions: { code: 'DEADLINE_EXCEEDED' } }]);
  });
});

describe('a read of a service whose pool is full', () => {
  let database: ServiceDatabaseUnderTest;
  let owner: MongoClient;
  let service: RunningSubgraph | undefined;

  beforeAll(async () => {
    database = await openServiceDatabase('reviews', 0);
    owner = await new MongoClient(database.ownerUrl).connect();
  });

  afterEach(async () => {
    await service?.close();
  });

  afterAll(async () => {
    await owner?.close();
    await database?.close();
  });

  const serveNarrow = async (connectionWaitMs: number) => {
    service = await serve(database.url, { connectionsMax: 1, connectionWaitMs });
    expect((await askSubgraph(service.url, '{ find }')).data).toEqual({ find: 0 });
    return service.url;
  };

  const holdFinds = (times: number, blockTimeMS: number) =>
    owner.db('admin').command({
      configureFailPoint: 'failCommand',
      mode: { times },
      data: { failCommands: ['find'], blockConnection: true, blockTimeMS },
    });

  const isHeld = async (url: string) =>
    (await (await fetch(new URL('/metrics', url))).text()).includes(
      'freehold_connections{state="used",service="sample"} 1',
    );

  test('is not given up while it runs because another of its request failed before it was sent', async () => {
    const url = await serveNarrow(800);
    await holdFinds(2, 500);
    const held = askSubgraph(url, '{ find }');
    await expect.poll(() => isHeld(url), { interval: 10 }).toBe(true);
    // It waits for up to 500 ms and runs for 500 ms; together that is more than it may wait.
    expect(await askSubgraph(url, '{ findAfterFailure }')).toMatchObject({
      data: { findAfterFailure: 0 },
      errors: [],
    });
    await held;
  });

  test('is told that it is, though another of its request sends its command meanwhile', async () => {
    const url = await serveNarrow(5_000);
    await holdFinds(1, 2_000);
    const { errors } = await askSubgraph(url, '{ findTwice }', {}, { 'freehold-deadline-ms': '800' });
    expect(errors).toMatchObject([{ extensions: { code: 'DATABASE_BUSY' } }]);
  });
});

test('a MongoDB that cannot be reached is told by its code, within seconds, and health stays', async () => {
  const unused = createServer();
  await new Promise<void>((resolve) => {
    unused.listen(0, '127.0.0.1', resolve);
  });
  const { port } = unused.address() as AddressInfo;
  await new Promise((resolve) => unused.close(resolve));
  const service = await serve(`mongodb://127.0.0.1:${port}/none?directConnection=true`);
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
