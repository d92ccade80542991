import { parse } from 'graphql';
import type { Db } from 'mongodb';
import { MongoClient } from 'mongodb';
import { Client } from 'pg';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';

import { PrismaClient } from '../../prisma/accounts/client/client.ts';
import { askSubgraph } from '../support/ask-subgraph.ts';
import { measureShortest } from '../support/measure-shortest.ts';
import { type OtlpCollector, startOtlpCollector } from '../support/otlp-collector.ts';
import { type ServiceDatabaseUnderTest, openServiceDatabase } from '../support/service-database.ts';
import { openMongo, runRead } from '../../subgraphs/kit/database/mongo.ts';
import { openPrisma } from '../../subgraphs/kit/database/postgres.ts';
import { type Subgraph, defineSubgraph } from '../../subgraphs/kit/define-subgraph.ts';
import {
  type RunningSubgraph,
  type ServeOptions,
  serveSubgraph,
} from '../../subgraphs/kit/serve-subgraph.ts';

const parent = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331' };
const traceparent = `00-${parent.traceId}-${parent.spanId}-01`;

const postgres = defineSubgraph<PrismaClient>({
  name: 'accounts',
  typeDefs: parse(`
    extend schema @link(url: "https://specs.apollo.dev/federation/v2.7", import: ["@key"])
    type Query { users(name: String!): Int inTransaction: Int sleep(seconds: Float!): Int held: Int deadlock: Int unprintable: Raw }
    scalar Raw
  `),
  entities: {},
  resolvers: {
    Query: {
      users: (_source, { name }: { readonly name: string }, { database }) =>
        database.user.count({ where: { username: name } }),
      inTransaction: (_source, _args, { database }) =>
        database.$transaction(async (transaction) => await transaction.user.count()),
      async sleep(_source, { seconds }: { readonly seconds: number }, { database }) {
        await database.$executeRaw`SELECT pg_sleep(${seconds})`;
        return 1;
      },
      async held(_source, _args, { database }) {
        await database.$executeRaw`SELECT pg_advisory_xact_lock(1)`;
        return 1;
      },
      // JSON knows no such number, and the request fails as a whole.
      unprintable: () => 1n,
      deadlock: (_source, _args, { database }) =>
        database.$executeRaw`DO $$ BEGIN RAISE EXCEPTION 'deadlock' USING ERRCODE = '40P01'; END $$`,
    },
  },
  openDatabase: openPrisma((options) => new PrismaClient(options)),
});

const mongo = defineSubgraph<Db>({
  name: 'reviews',
  typeDefs: parse(`
    extend schema @link(url: "https://specs.apollo.dev/federation/v2.7", import: ["@key"])
    type Query { reviews(rating: Int!): Int }
  `),
  entities: {},
  resolvers: {
    Query: {
      async reviews(_source, { rating }: { readonly rating: number }, { database }) {
        const found = await runRead((options) =>
          database.collection('reviews').find({ rating }, options).toArray(),
        );
        return found.length;
      },
    },
  },
  openDatabase: openMongo,
});

let lines: { readonly msg: string; readonly [key: string]: unknown }[];
let service: RunningSubgraph | undefined;

beforeEach(() => {
  lines = [];
});

afterEach(async () => {
  await service?.close();
  service = undefined;
});

async function serve<ClientType>(
  subgraph: Subgraph<ClientType>,
  databaseUrl: string,
  options: Partial<ServeOptions> = {},
): Promise<string> {
  const log = pino({ level: 'warn' }, { write: (line: string) => void lines.push(JSON.parse(line)) });
  service = await serveSubgraph(subgraph, { databaseUrl, port: 0, log, noticeMs: 0, ...options });
  return service.url;
}

const readMetrics = async (url: string): Promise<string> => (await fetch(new URL('/metrics', url))).text();

function askPlain(url: string, query: string, headers: Record<string, string> = {}) {
  return askSubgraph(url, query, {}, headers);
}

describe('a service on PostgreSQL', () => {
  let database: ServiceDatabaseUnderTest;
  let owner: Client;

  beforeAll(async () => {
    database = await openServiceDatabase('accounts', 0);
    owner = new Client({ connectionString: database.ownerUrl });
    await owner.connect();
  });

  afterAll(async () => {
    await owner?.end();
    await database?.close();
  });

  const countHeld = async (): Promise<number> => {
    const { rows } = await owner.query<{ count: number }>(
      `SELECT count(*)::int AS count FROM pg_stat_activity WHERE wait_event_type = 'Lock'`,
    );
    return rows[0]?.count ?? 0;
  };

  test('logs a slow statement: who, why, how long, and never a value', async () => {
    const url = await serve(postgres, database.url, { slowStatementMs: 1 });
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', traceparent },
      body: JSON.stringify({
        query: 'query Slow($name: String!) { sleep(seconds: 0.01) users(name: $name) }',
        operationName: 'Slow',
        variables: { name: 'a secret name' },
      }),
    });
    expect(await response.json()).toEqual({ data: { sleep: 1, users: 0 } });
    const slow = lines.find(({ cause }) => cause === 'Query.sleep');
    expect(slow).toMatchObject({
      msg: 'a slow statement',
      service: 'accounts',
      operation: 'Slow',
      traceId: parent.traceId,
      rows: 1,
      batchSize: 1,
      text: 'SELECT pg_sleep($1)',
    });
    expect(slow?.['durationMs']).toBeGreaterThanOrEqual(10);
    expect(JSON.stringify(lines)).not.toContain('secret');
  });

  test('logs nothing below the threshold, and nothing at 0', async () => {
    const quick = await serve(postgres, database.url, { slowStatementMs: 60_000 });
    await askPlain(quick, '{ sleep(seconds: 0.05) }');
    await service?.close();
    const off = await serve(postgres, database.url, { slowStatementMs: 0 });
    await askPlain(off, '{ sleep(seconds: 0.05) }');
    expect(lines.filter(({ msg }) => msg === 'a slow statement')).toEqual([]);
  });

  test('counts what ends a transaction as a statement, and sends it whatever the limit', async () => {
    const limit = { statementsMax: 2, statementsOver: 'warn' } as const;
    const warns = await serve(postgres, database.url, { statementLimit: limit });
    const { statements } = await askPlain(warns, '{ inTransaction }');
    expect(statements.map(({ text }) => text.split(' ')[0])).toEqual(['BEGIN', 'SELECT', 'COMMIT']);
    expect(lines.map(({ msg }) => msg)).toContain('a request sends more statements than statementsMax');
    await service?.close();
    const refuses = await serve(postgres, database.url, {
      statementLimit: { ...limit, statementsOver: 'refuse' },
    });
    expect((await askPlain(refuses, '{ inTransaction }')).data).toEqual({ inTransaction: 0 });
  });

  test('says that its pool is full within the deadline, for a transaction too, and tells the wait', async () => {
    const url = await serve(postgres, database.url, {
      metrics: true,
      database: { connectionsMax: 1, connectionWaitMs: 60_000 },
    });
    await owner.query('SELECT pg_advisory_lock(1)');
    const held = askPlain(url, '{ held }');
    await expect.poll(countHeld, { interval: 10 }).toBe(1);
    const waiting = askPlain(url, '{ users(name: "a") }');
    for (const query of ['{ users(name: "a") }', '{ inTransaction }']) {
      const { errors } = await askPlain(url, query, { 'freehold-deadline-ms': '4000' });
      expect(errors).toMatchObject([{ extensions: { code: 'DATABASE_BUSY' } }]);
      // Some of the time is left for the answer.
      expect(errors[0]?.message).toMatch(
        /^The database of accounts is busy: all 1 connections are in use, and none became free within ([1-3]?\d{1,3}) ms\.$/,
      );
    }
    expect(await readMetrics(url)).toMatch(/^freehold_connections_awaited\{service="accounts"\} [1-3]$/m);
    await owner.query('SELECT pg_advisory_unlock(1)');
    await held;
    const [statement] = (await waiting).statements;
    // As long as the other two waited, which is no time of its own.
    expect(statement?.waitMs).toBeGreaterThan(4000);
    expect(statement?.durationMs).toBeLessThan(4000);
    const metrics = await readMetrics(url);
    expect(metrics).toContain('freehold_connections{state="max",service="accounts"} 1');
    expect(metrics).toContain('freehold_connections_refused_total{service="accounts"} 2');
    expect(metrics).toContain('freehold_connection_wait_seconds_count{service="accounts"} 2');
    expect(metrics).toContain('freehold_connection_wait_seconds_bucket{le="1",service="accounts"} 1');
    expect(metrics).toContain(
      'freehold_statement_duration_seconds_count{service="accounts",cause="Query.held"} 1',
    );
  });

  test('counts a statement that was given up for another, and not as a connection', async () => {
    const url = await serve(postgres, database.url, { metrics: true });
    expect((await askPlain(url, '{ deadlock }')).errors[0]?.extensions.code).toBe('DATABASE_BUSY');
    const metrics = await readMetrics(url);
    expect(metrics).toContain('freehold_statements_given_up_total{service="accounts"} 1');
    expect(metrics).toContain('freehold_connections_refused_total{service="accounts"} 0');
  });

  test('has no metrics unless asked to', async () => {
    const url = await serve(postgres, database.url);
    expect((await fetch(new URL('/metrics', url))).status).toBe(404);
  });
});

describe('spans of a service', () => {
  let database: ServiceDatabaseUnderTest;
  let collector: OtlpCollector;

  beforeAll(async () => {
    database = await openServiceDatabase('accounts', 0);
  });

  beforeEach(async () => {
    collector = await startOtlpCollector();
  });

  afterEach(() => collector.close());

  afterAll(() => database?.close());

  test('hang under the caller’s: request, then statement, whose comment names the request', async () => {
    const url = await serve(postgres, database.url, { otlpEndpoint: collector.endpoint });
    await askPlain(url, '{ users(name: "a") }', { traceparent });
    await service?.close();
    const [statement, request] = collector.spans;
    expect(collector.spans).toHaveLength(2);
    expect(request).toMatchObject({
      service: 'accounts',
      traceId: parent.traceId,
      parentSpanId: parent.spanId,
    });
    expect(statement).toMatchObject({
      service: 'accounts',
      name: 'Query.users',
      traceId: parent.traceId,
      parentSpanId: request?.spanId,
      attributes: { 'db.system.name': 'postgresql', 'db.response.returned_rows': 1 },
    });
    const owner = new Client({ connectionString: database.ownerUrl });
    await owner.connect();
    const { rows } = await owner.query<{ query: string }>(
      `SELECT query FROM pg_stat_statements WHERE query LIKE '%' || $1 || '%'`,
      [`traceparent='00-${parent.traceId}-${request?.spanId}-01'`],
    );
    await owner.end();
    expect(rows).toHaveLength(1);
  });

  test('say that the service failed', async () => {
    const url = await serve(postgres, database.url, { otlpEndpoint: collector.endpoint });
    await askPlain(url, '{ unprintable }', { traceparent });
    await service?.close();
    expect(collector.spans).toMatchObject([
      { name: 'request', hasFailed: true, attributes: { 'http.response.status_code': 500 } },
    ]);
  });

  test('are not made for a request without a recorded trace', async () => {
    const url = await serve(postgres, database.url, { otlpEndpoint: collector.endpoint });
    await askPlain(url, '{ users(name: "a") }');
    await askPlain(url, '{ users(name: "a") }', { traceparent: traceparent.replace(/01$/, '00') });
    await service?.close();
    expect(collector.spans).toEqual([]);
  });
});

describe('a service on MongoDB', () => {
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

  const holdFinds = (times: number, blockTimeMS: number) =>
    owner.db('admin').command({
      configureFailPoint: 'failCommand',
      mode: { times },
      data: { failCommands: ['find'], blockConnection: true, blockTimeMS },
    });

  test('sends its comment along, which the profiler keeps', async () => {
    const url = await serve(mongo, database.url);
    await owner.db().command({ profile: 2 });
    await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', traceparent },
      body: JSON.stringify({ query: 'query Five { reviews(rating: 5) }', operationName: 'Five' }),
    });
    await owner.db().command({ profile: 0 });
    const noted = await owner.db().collection('system.profile').find({ op: 'query' }).toArray();
    expect(noted.map(({ command }) => command.comment)).toContain(
      `operation='Five',service='reviews',traceparent='${traceparent}'`,
    );
  });

  test('tells the wait of who waited, and says within the deadline that the pool is full', async () => {
    const url = await serve(mongo, database.url, {
      metrics: true,
      database: { connectionsMax: 1, connectionWaitMs: 60_000 },
    });
    await askPlain(url, '{ reviews(rating: 1) }');
    await holdFinds(1, 8_000);
    const held = askPlain(url, '{ reviews(rating: 1) }');
    const used = 'freehold_connections{state="used",service="reviews"} 1';
    await expect.poll(() => readMetrics(url), { interval: 10 }).toContain(used);
    const waiting = askPlain(url, '{ reviews(rating: 2) }');
    const { errors } = await askPlain(url, '{ reviews(rating: 3) }', { 'freehold-deadline-ms': '3000' });
    expect(errors).toMatchObject([{ extensions: { code: 'DATABASE_BUSY' } }]);
    expect(errors[0]?.message).toMatch(/all 1 connections are in use, and none became free within \d+ ms/);
    const waitedMs = (await waiting).statements[0]?.waitMs ?? 0;
    expect(waitedMs).toBeGreaterThan(500);
    expect((await held).statements[0]?.waitMs).toBeLessThan(waitedMs);
    expect(await readMetrics(url)).toContain('freehold_connections_refused_total{service="reviews"} 1');
  });

  test('ends a read in the database at the deadline and when the client leaves', async () => {
    const url = await serve(mongo, database.url);
    const service = await new MongoClient(database.url).connect();
    const countHeld = async (): Promise<number> =>
      (
        await service
          .db('admin')
          .aggregate([{ $currentOp: {} }, { $match: { 'command.find': 'reviews' } }])
          .toArray()
      ).length;
    const waitInVain = async (): Promise<number> => {
      await holdFinds(1, 60_000);
      const { errors } = await askPlain(url, '{ reviews(rating: 1) }', { 'freehold-deadline-ms': '500' });
      const answered = performance.now();
      expect(errors).toMatchObject([{ extensions: { code: 'DEADLINE_EXCEEDED' } }]);
      await expect.poll(countHeld, { interval: 10 }).toBe(0);
      return performance.now() - answered;
    };
    const leave = async (): Promise<number> => {
      await holdFinds(1, 60_000);
      const client = new AbortController();
      const asked = fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query: '{ reviews(rating: 1) }' }),
        signal: client.signal,
      });
      await expect.poll(countHeld, { interval: 10 }).toBe(1);
      const left = performance.now();
      client.abort();
      await expect(asked).rejects.toThrow('aborted');
      await expect.poll(countHeld, { interval: 10 }).toBe(0);
      return performance.now() - left;
    };
    try {
      expect(await measureShortest(200, waitInVain)).toBeLessThan(200);
      expect(await measureShortest(200, leave)).toBeLessThan(200);
    } finally {
      await service.close();
    }
  });
});
