import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

import { MongoClient } from 'mongodb';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { type OtlpCollector, startOtlpCollector } from '../support/otlp-collector.ts';
import { measureShortest } from '../support/measure-shortest.ts';
import { ask, startFreehold, type RunningCommand } from '../support/run-freehold.ts';

// The shop with a deadline that a test can wait for, and that even a slow machine needs to come to the database; and with
// spans.
const requestTimeoutMs = 4000;
/** How long a database may be at work for nobody, in milliseconds. */
const endMs = 200;

let dataFolder: string;
let collector: OtlpCollector;
let shop: RunningCommand;
let url: string;
let inventory: { readonly lock: Client; readonly watch: Client } | undefined;
let reviews: { readonly owner: MongoClient; readonly service: MongoClient } | undefined;

beforeAll(async () => {
  dataFolder = await mkdtemp(path.join(os.tmpdir(), 'freehold-cancel-'));
  collector = await startOtlpCollector();
  const config = path.join(dataFolder, 'gateway.json');
  await writeFile(config, JSON.stringify({ requestTimeoutMs }));
  shop = startFreehold([
    'start',
    '--port=0',
    `--data=${dataFolder}`,
    `--gateway-config=${config}`,
    `--otlp-endpoint=${collector.endpoint}`,
  ]);
  ({ url } = await shop.ready);
  const connectionString = (await readRunningFile('inventory')).ownerUrl;
  const clients = { lock: new Client({ connectionString }), watch: new Client({ connectionString }) };
  await Promise.all([clients.lock.connect(), clients.watch.connect()]);
  inventory = clients;
  const running = await readRunningFile('reviews');
  reviews = {
    owner: await new MongoClient(running.ownerUrl).connect(),
    service: await new MongoClient(running.url).connect(),
  };
});

afterAll(async () => {
  await Promise.all([inventory?.lock.end(), inventory?.watch.end()]);
  await Promise.all([reviews?.owner.close(), reviews?.service.close()]);
  shop.kill('SIGTERM');
  await shop.ended;
  await collector.close();
  await rm(dataFolder, { recursive: true, force: true });
});

async function readRunningFile(
  service: string,
): Promise<{ readonly url: string; readonly ownerUrl: string }> {
  const text = await readFile(path.join(dataFolder, service, 'running.json'), 'utf8');
  return JSON.parse(text) as { url: string; ownerUrl: string };
}

/** A database in which an operation's statement waits. */
interface HeldDatabase {
  readonly service: string;
  readonly query: string;
  /** Why it cannot be held here; undefined where it can. */
  hold(): Promise<string | undefined>;
  /** How many statements of the operation the database is running. */
  running(): Promise<number>;
  release(): Promise<void>;
}

const databases: readonly (readonly [string, HeldDatabase])[] = [
  [
    'PostgreSQL',
    {
      service: 'inventory',
      query: 'query WaitsForStock { product(id: "product-1") { name inStock } }',
      async hold() {
        await inventory?.lock.query('BEGIN; LOCK TABLE stock_levels IN ACCESS EXCLUSIVE MODE');
        return undefined;
      },
      async running() {
        const found = await inventory?.watch.query<{ count: number }>(
          `SELECT count(*)::int AS count FROM pg_stat_activity WHERE wait_event_type = 'Lock'`,
        );
        return found?.rows[0]?.count ?? 0;
      },
      async release() {
        await inventory?.lock.query('ROLLBACK');
      },
    },
  ],
  [
    'MongoDB',
    {
      service: 'reviews',
      query: 'query WaitsForReview { review(id: "review-1") { rating } }',
      async hold() {
        const info = await reviews?.owner.db('admin').command({ buildInfo: 1 });
        if (!String(info?.['modules']).includes('freehold'))
          return 'a mongod has no fail points unless it was started with them';
        const data = { failCommands: ['find'], blockConnection: true, blockTimeMS: 60_000 };
        await reviews?.owner
          .db('admin')
          .command({ configureFailPoint: 'failCommand', mode: 'alwaysOn', data });
        return undefined;
      },
      async running() {
        const found = await reviews?.service
          .db('admin')
          .aggregate([{ $currentOp: {} }, { $match: { 'command.find': { $exists: true } } }])
          .toArray();
        return found?.length ?? 0;
      },
      async release() {
        await reviews?.owner.db('admin').command({ configureFailPoint: 'failCommand', mode: 'off' });
      },
    },
  ],
];

describe.each(databases)('a statement that %s is busy with', (_name, database) => {
  beforeAll(async () => {
    // Planned and connected, so that it comes to the database well before the deadline.
    await ask(url, database.query);
  });

  /** Sends the operation and leaves when the database is at it; how long it goes on there, in milliseconds. */
  async function leave(): Promise<number> {
    const client = new AbortController();
    const answer = fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: database.query }),
      signal: client.signal,
    });
    const ending = answer.then(
      () => 'answered',
      (error: Error) => error.name,
    );
    await expect.poll(() => database.running(), { interval: 10 }).toBe(1);
    const left = performance.now();
    client.abort();
    expect(await ending).toBe('AbortError');
    await expect.poll(() => database.running(), { interval: 10 }).toBe(0);
    return performance.now() - left;
  }

  test('is gone within 200 ms after the client of the gateway left', async (context) => {
    const reason = await database.hold();
    try {
      if (reason !== undefined) context.skip(reason);
      expect(await measureShortest(endMs, leave)).toBeLessThan(endMs);
    } finally {
      await database.release();
    }
  });

  /** Waits for the answer of the operation; how long the database is at it after that, in milliseconds. */
  async function waitInVain(): Promise<number> {
    const answer = await ask(url, database.query);
    const answered = performance.now();
    expect(answer.errors).toMatchObject([{ extensions: { service: database.service } }]);
    await expect.poll(() => database.running(), { interval: 10 }).toBe(0);
    return performance.now() - answered;
  }

  test('is gone within 200 ms after the deadline passed, and its field says whose time was up', async (context) => {
    const reason = await database.hold();
    try {
      if (reason !== undefined) context.skip(reason);
      expect(await measureShortest(endMs, waitInVain)).toBeLessThan(endMs);
    } finally {
      await database.release();
    }
  });
});

test('every statement hangs under its fetch, and every fetch under the request of the client', async () => {
  const query = 'query Spans { product(id: "product-1") { name inStock rating { average } } }';
  const { data } = await ask(url, query);
  expect(data.product).not.toBeNull();
  const findRoot = () =>
    collector.spans.find(({ name, parentSpanId }) => name.includes('Spans') && parentSpanId === '');
  await expect.poll(findRoot).toBeDefined();
  const root = findRoot();
  const ofTrace = () => collector.spans.filter(({ traceId }) => traceId === root?.traceId);
  const services = ['catalog', 'inventory', 'reviews'];
  // A statement's span is the lowest: nothing has it as its parent.
  const listLeaves = () => {
    const parents = new Set(ofTrace().map(({ parentSpanId }) => parentSpanId));
    return ofTrace().filter(({ spanId, service }) => !parents.has(spanId) && service !== root?.service);
  };
  await expect
    .poll(() => services.filter((name) => listLeaves().some(({ service }) => service.includes(name))))
    .toEqual(services);
  const byId = new Map(ofTrace().map((span) => [span.spanId, span]));
  for (const leaf of listLeaves()) {
    let span = leaf;
    for (let up = byId.get(span.parentSpanId); up !== undefined; up = byId.get(span.parentSpanId)) span = up;
    expect(span.spanId).toBe(root?.spanId);
  }
});
