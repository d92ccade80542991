import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';

import { parse } from 'graphql';
import type { Db } from 'mongodb';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { askSubgraph } from '../../../tests/support/ask-subgraph.ts';
import {
  type ServiceDatabaseUnderTest,
  openServiceDatabase,
} from '../../../tests/support/service-database.ts';
import { defineSubgraph } from '../define-subgraph.ts';
import { type RunningSubgraph, serveSubgraph } from '../serve-subgraph.ts';
import { openMongo, readOptions } from './mongo.ts';

const subgraph = defineSubgraph<Db>({
  name: 'sample',
  typeDefs: parse(`
    extend schema @link(url: "https://specs.apollo.dev/federation/v2.7", import: ["@key"])
    type Query { count: Int }
  `),
  entities: {},
  resolvers: {
    Query: {
      count: (_source, _args, context) =>
        context.database.collection('reviews').countDocuments({ rating: 5 }, readOptions()),
    },
  },
  openDatabase: openMongo,
});

const serve = (databaseUrl: string) =>
  serveSubgraph(subgraph, { databaseUrl, port: 0, log: pino({ level: 'silent' }) });

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
