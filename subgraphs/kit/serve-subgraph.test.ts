import { Agent, request } from 'node:http';
import { type Server, type Socket, connect, createServer } from 'node:net';
import { text as readText } from 'node:stream/consumers';

import { parse } from 'graphql';
import { Client } from 'pg';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';

import { askSubgraph } from '../../tests/support/ask-subgraph.ts';
import { makeTestKeys, signAs } from '../../tests/support/signed-caller.ts';
import { type ServiceDatabaseUnderTest, openServiceDatabase } from '../../tests/support/service-database.ts';
import { RecordedPool } from './database/postgres-pool.ts';
import { defineSubgraph } from './define-subgraph.ts';
import { type RunningSubgraph, type ServeOptions, serveSubgraph } from './serve-subgraph.ts';

const typeDefs = parse(`
  extend schema @link(url: "https://specs.apollo.dev/federation/v2.7", import: ["@key"])
  type Query { sleep(seconds: Float!): Boolean held: Boolean one: Int wrong: Int broken: Int inner: Inner }
  type Inner { one: Int lazy: Int }
`);

const subgraph = defineSubgraph<RecordedPool>({
  name: 'sample',
  typeDefs,
  entities: {},
  resolvers: {
    Query: {
      async sleep(_source, args: { readonly seconds: number }, context) {
        await context.database.query({ text: 'SELECT pg_sleep($1)', values: [args.seconds] });
        return true;
      },
      async held(_source, _args, context) {
        await context.database.query({ text: 'SELECT pg_advisory_xact_lock_shared(1)' });
        return true;
      },
      async one(_source, _args, context) {
        const { rows } = await context.database.query<{ one: number }>({ text: 'SELECT 1 AS one' });
        return rows[0]?.one;
      },
      wrong: (_source, _args, context) => context.database.query({ text: 'SELECT secret FROM nowhere' }),
      broken() {
        throw new Error('a secret of the service');
      },
      async inner(_source, _args, context) {
        await context.database.query({ text: 'SELECT 2' });
        return {};
      },
    },
    Inner: {
      async one(_source, _args, context) {
        const { rows } = await context.database.query<{ one: number }>({ text: 'SELECT 1 AS one' });
        return rows[0]?.one;
      },
      // Prisma's calls are like this: they send nothing before somebody waits for them.
      lazy: (_source, _args, { database: { query } }) => ({
        // oxlint-disable-next-line unicorn/no-thenable -- as above
        then: (resolve: (count: number | null) => void, reject: () => void) =>
          query({ text: 'SELECT 3' }).then(({ rowCount }) => resolve(rowCount), reject),
      }),
    },
  },
  openDatabase(settings) {
    const pool = new RecordedPool(settings);
    return { client: pool, check: () => pool.ping(), close: () => pool.end() };
  },
});

let database: ServiceDatabaseUnderTest;
const closers: (() => Promise<unknown>)[] = [];

async function serve(options: Partial<ServeOptions> = {}): Promise<RunningSubgraph> {
  const running = await serveSubgraph(subgraph, {
    databaseUrl: database.url,
    port: 0,
    log: pino({ level: 'silent' }),
    // Who asked here asks no more when it is closed; the tests of closing give their own.
    noticeMs: 0,
    ...options,
  });
  closers.push(() => running.close());
  return running;
}

/** Well below the 30 s that a statement sleeps or may take, and above what a busy machine may stand still. */
const patienceMs = 20_000;

/** Waits for something that happens in another process, in which no test can wait for an event. */
async function until(what: () => Promise<boolean>): Promise<void> {
  const began = performance.now();
  while (!(await what())) {
    if (performance.now() - began > patienceMs) throw new Error(`It did not happen within ${patienceMs} ms.`);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** Lets the field `held` wait in the database until it is released. */
async function holdField(): Promise<{ readonly release: () => Promise<void> }> {
  const client = new Client(database.url);
  await client.connect();
  await client.query('SELECT pg_advisory_lock(1)');
  let released: Promise<void> | undefined;
  const release = () => (released ??= client.end());
  closers.push(release);
  return { release };
}

const isReady = async (url: string) => (await fetch(new URL('/ready', url))).status === 200;

async function readRunning(): Promise<string[]> {
  const client = new Client(database.ownerUrl);
  await client.connect();
  try {
    const { rows } = await client.query<{ query: string }>(
      "SELECT query FROM pg_stat_activity WHERE state = 'active' AND query ~ '^SELECT pg_(sleep|advisory_xact_lock)'",
    );
    return rows.map((row) => row.query);
  } finally {
    await client.end();
  }
}

beforeAll(async () => {
  database = await openServiceDatabase('accounts', 0);
});

afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

afterAll(async () => {
  await database?.close();
});

describe('a service', () => {
  test('tells that it lives, that it is ready, and what else it has', async () => {
    const { url } = await serve();
    const get = (path: string) => fetch(new URL(path, url));
    await until(() => isReady(url));
    expect(await (await get('/health')).json()).toEqual({ status: 'ok', service: 'sample' });
    expect(await (await get('/ready')).json()).toEqual({
      status: 'ready',
      service: 'sample',
      database: 'ready',
    });
    expect((await get('/other')).status).toBe(404);
    const invalid = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{',
    });
    expect(invalid.status).toBe(400);
  });

  test('reads UTF-8, with a byte order mark too, and refuses what is said to be in another charset', async () => {
    const { url } = await serve();
    const ask = async (type: string, body: string): Promise<unknown> => {
      const answer = await fetch(url, { method: 'POST', headers: { 'content-type': type }, body });
      return [answer.status, await answer.json()];
    };
    const query = '{"query":"{ one }"}';
    expect(await ask('application/json;charset="UTF-8"', `\uFEFF${query}`)).toEqual([
      200,
      { data: { one: 1 } },
    ]);
    expect(await ask('application/json; charset=latin1', query)).toMatchObject([
      415,
      { errors: [{ extensions: { code: 'UNSUPPORTED_MEDIA_TYPE' } }] },
    ]);
  });

  test('answers a request for a whole URL, as proxies send it, and a signature of its path', async () => {
    const { url, port } = await serve({ signingKeys: makeTestKeys('sample') });
    const body = JSON.stringify({ query: '{ one }' });
    const headers = { 'content-type': 'application/json', ...signAs('sample', undefined, body) };
    const [status, text] = await new Promise<[number | undefined, string]>((resolve, reject) => {
      const sent = request({ port, method: 'POST', path: url, headers }, (response) => {
        void readText(response).then((answered) => resolve([response.statusCode, answered]), reject);
      });
      sent.once('error', reject).end(body);
    });
    expect([status, JSON.parse(text)]).toEqual([200, { data: { one: 1 } }]);
  });

  test('keeps its own faults to itself', async () => {
    const { url } = await serve();
    for (const field of ['wrong', 'broken']) {
      const { errors } = await askSubgraph(url, `{ ${field} }`);
      expect(errors[0]?.extensions.code).toBe('INTERNAL_SERVER_ERROR');
      expect(JSON.stringify(errors)).not.toMatch(/secret|nowhere|stack/);
    }
  });

  test('tells its statements only to those who ask', async () => {
    const { url } = await serve();
    expect((await askSubgraph(url, '{ one }')).statements).toMatchObject([
      { service: 'sample', cause: 'Query.one', text: 'SELECT 1 AS one', rows: 1, batchSize: 1 },
    ]);
    const silent = await askSubgraph(url, '{ one }', {}, { 'freehold-explain': '0' });
    expect(silent).toMatchObject({ data: { one: 1 }, statements: [] });
  });

  test('tells the statements of fields below the root, under the field that sent them', async () => {
    const { url } = await serve({ statementLimit: { statementsMax: 2, statementsOver: 'refuse' } });
    const { data, statements } = await askSubgraph(url, '{ inner { one } }');
    expect(data).toEqual({ inner: { one: 1 } });
    expect((await askSubgraph(url, '{ inner { lazy } }')).statements).toMatchObject([
      { cause: 'Query.inner' },
      { cause: 'Inner.lazy', text: 'SELECT 3' },
    ]);
    expect(statements).toMatchObject([
      { cause: 'Query.inner', text: 'SELECT 2' },
      { cause: 'Inner.one', text: 'SELECT 1 AS one' },
    ]);
    const { errors } = await askSubgraph(url, '{ inner { a: one b: one } }');
    expect(errors).toMatchObject([{ extensions: { code: 'STATEMENT_LIMIT' } }]);
  });

  test('tells how many statements there were, also where there were more than it tells of', async () => {
    const { url } = await serve();
    const fields = Array.from({ length: 1100 }, (_, index) => `f${index}: one`);
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'freehold-explain': '1' },
      body: JSON.stringify({ query: `{ ${fields.join(' ')} }` }),
    });
    const { extensions } = (await response.json()) as {
      extensions: { freehold: { statements: unknown[]; statementCount: number } };
    };
    expect(extensions.freehold.statementCount).toBe(1100);
    expect(extensions.freehold.statements).toHaveLength(1000);
  });

  test('refuses a statement above its limit: the field fails, and nothing reaches the database', async () => {
    const { url } = await serve({ statementLimit: { statementsMax: 2, statementsOver: 'refuse' } });
    const { data, errors, statements } = await askSubgraph(url, '{ a: one b: one c: one }');
    // The three run side by side, so it is the last to get a connection that fails.
    expect(Object.values<number | null>(data).filter((one) => one === null)).toHaveLength(1);
    expect(errors).toMatchObject([{ extensions: { code: 'STATEMENT_LIMIT' } }]);
    expect(statements).toHaveLength(2);
    expect((await askSubgraph(url, '{ one }')).data).toEqual({ one: 1 });
  });

  test('warns of more statements than its limit once a request, and answers', async () => {
    const lines: string[] = [];
    const log = pino({ level: 'warn' }, { write: (line: string) => void lines.push(line) });
    const { url } = await serve({ log, statementLimit: { statementsMax: 1, statementsOver: 'warn' } });
    expect((await askSubgraph(url, '{ a: one b: one c: one }')).data).toEqual({ a: 1, b: 1, c: 1 });
    expect(lines.filter((line) => line.includes('more statements than statementsMax'))).toHaveLength(1);
  });
});

describe('a request that is over', () => {
  test('has its statement cancelled in the database at its deadline', async () => {
    const { url } = await serve();
    // So that there is a connection, and the deadline comes in the midst of the statement.
    expect((await askSubgraph(url, '{ one }')).data).toEqual({ one: 1 });
    const { errors } = await askSubgraph(
      url,
      '{ sleep(seconds: 30) }',
      {},
      { 'freehold-deadline-ms': '150' },
    );
    expect(errors).toMatchObject([{ extensions: { code: 'DEADLINE_EXCEEDED' } }]);
    await until(async () => (await readRunning()).length === 0);
    expect((await askSubgraph(url, '{ one }')).data).toEqual({ one: 1 });
  });

  test('has its statement cancelled when the client leaves, and the statement says whose it is', async () => {
    const { url } = await serve();
    const client = new AbortController();
    const answer = fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
      },
      body: JSON.stringify({ query: 'query Slow { sleep(seconds: 30) }', operationName: 'Slow' }),
      signal: client.signal,
    });
    await until(async () => (await readRunning()).length === 1);
    expect(await readRunning()).toEqual([
      "SELECT pg_sleep($1) /*operation='Slow',service='sample',traceparent='00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'*/",
    ]);
    client.abort();
    await expect(answer).rejects.toThrow('aborted');
    await until(async () => (await readRunning()).length === 0);
  });

  test('must name its deadline in milliseconds', async () => {
    const { url } = await serve();
    const { errors } = await askSubgraph(url, '{ one }', {}, { 'freehold-deadline-ms': 'soon' });
    expect(errors[0]?.message).toBe(
      'The header freehold-deadline-ms is "soon"; expected a whole number of milliseconds above 0.',
    );
  });
});

describe('a database that cannot answer', () => {
  test('is said to be busy when no connection becomes free in time', async () => {
    const { release } = await holdField();
    // A connection that is to be made may take no longer either.
    const { url } = await serve({ database: { connectionsMax: 1, connectionWaitMs: 2_000 } });
    const slow = askSubgraph(url, '{ held }');
    await until(async () => (await readRunning()).length === 1);
    const { errors } = await askSubgraph(url, '{ one }');
    expect(errors[0]).toMatchObject({
      message:
        'The database of sample is busy: all 1 connections are in use, and none became free within 2000 ms.',
      extensions: { code: 'DATABASE_BUSY' },
    });
    await until(() => isReady(url));
    expect(await readRunning()).toHaveLength(1);
    await release();
    expect((await slow).data).toEqual({ held: true });
  });

  test('is waited for, and used again when it is back', async () => {
    const proxy = await openProxy(new URL(database.url));
    closers.push(() => proxy.close());
    const { url } = await serve({ databaseUrl: proxy.url });
    const readReady = async () => {
      const response = await fetch(new URL('/ready', url));
      return { status: response.status, body: await response.json() };
    };
    expect((await askSubgraph(url, '{ one }')).data).toEqual({ one: 1 });
    await proxy.close();
    expect((await askSubgraph(url, '{ one }')).errors).toMatchObject([
      { message: 'The database of sample cannot be reached.', extensions: { code: 'DATABASE_UNAVAILABLE' } },
    ]);
    expect(await readReady()).toEqual({
      status: 503,
      body: {
        status: 'not ready',
        service: 'sample',
        database: 'unavailable',
        reason: 'The database of sample cannot be reached.',
      },
    });
    expect((await fetch(new URL('/health', url))).status).toBe(200);
    await proxy.open();
    expect((await askSubgraph(url, '{ one }')).data).toEqual({ one: 1 });
    await until(() => isReady(url));
  });
});

describe('a database that stops in the midst of a statement', () => {
  test('costs the statement and not the process', async () => {
    const { release } = await holdField();
    const proxy = await openProxy(new URL(database.url));
    closers.push(() => proxy.close());
    const { url } = await serve({ databaseUrl: proxy.url });
    const answer = askSubgraph(url, '{ held }');
    await until(async () => (await readRunning()).length === 1);
    await proxy.close();
    expect((await answer).errors).toMatchObject([{ extensions: { code: 'DATABASE_UNAVAILABLE' } }]);
    await proxy.open();
    expect((await askSubgraph(url, '{ one }')).data).toEqual({ one: 1 });
    // The database did not notice, and is at it still.
    expect(await readRunning()).toHaveLength(1);
    await release();
    await until(async () => (await readRunning()).length === 0);
  });

  test('holds no connection longer than the request, and is used again when it answers', async () => {
    const proxy = await openProxy(new URL(database.url));
    closers.push(() => proxy.close());
    const { url } = await serve({ databaseUrl: proxy.url, database: { connectionsMax: 1 } });
    expect((await askSubgraph(url, '{ one }')).data).toEqual({ one: 1 });
    await until(() => isReady(url));
    // These connections never answer again, those made after it do.
    proxy.freeze();
    const began = performance.now();
    const lost = await askSubgraph(url, '{ one }', {}, { 'freehold-deadline-ms': '200' });
    expect(lost.errors).toMatchObject([{ extensions: { code: 'DEADLINE_EXCEEDED' } }]);
    expect(performance.now() - began).toBeLessThan(patienceMs);
    await until(() => isReady(url));
    expect((await askSubgraph(url, '{ one }')).data).toEqual({ one: 1 });
  });
});

describe('closing', () => {
  test('drops no request of clients that keep their connections', async () => {
    // Within this time each client must have read one more answer.
    const running = await serve({ noticeMs: 3_000 });
    const agent = new Agent({ keepAlive: true, maxSockets: 8 });
    closers.push(() => Promise.resolve(agent.destroy()));
    const outcomes: string[] = [];
    // Each asks until it is told to go elsewhere.
    const ask = async (): Promise<string> => {
      for (;;) {
        const { outcome, isLast } = await askOverAgent(running.url, agent);
        outcomes.push(outcome);
        if (isLast) return outcome;
      }
    };
    const clients = Promise.all(Array.from({ length: 8 }, ask));
    await until(async () => outcomes.length > 50);
    const closed = running.close();
    expect(await clients).toEqual(Array.from({ length: 8 }, () => '200'));
    await closed;
    expect(new Set(outcomes)).toEqual(new Set(['200']));
  });

  test('lets a request in flight end and refuses the next', async () => {
    const { release } = await holdField();
    const running = await serve({ noticeMs: 50, drainMs: 60_000 });
    const slow = askSubgraph(running.url, '{ held }');
    await until(async () => (await readRunning()).length === 1);
    const closed = running.close();
    // New connections are refused while it is at it still.
    await until(() =>
      fetch(new URL('/health', running.url)).then(
        () => false,
        () => true,
      ),
    );
    await release();
    expect((await slow).data).toEqual({ held: true });
    await closed;
    await expect(askSubgraph(running.url, '{ one }')).rejects.toThrow('fetch failed');
    await running.close();
  });

  test('cancels the statement of a request that takes longer than it waits', async () => {
    const running = await serve({ drainMs: 100 });
    const slow = askSubgraph(running.url, '{ sleep(seconds: 30) }');
    await until(async () => (await readRunning()).length === 1);
    // The connection over which statements are cancelled is there: a cancelled request has a second to answer.
    await until(() => isReady(running.url));
    await running.close();
    expect((await slow).errors[0]?.extensions.code).toBe('DEADLINE_EXCEEDED');
    expect(await readRunning()).toEqual([]);
  });
});

/** The status of the answer, or the code of the failure; and whether the connection is at its end. */
function askOverAgent(url: string, agent: Agent): Promise<{ outcome: string; isLast: boolean }> {
  return new Promise((resolve) => {
    const headers = { 'content-type': 'application/json' };
    const sent = request(url, { method: 'POST', agent, headers }, (response) => {
      const isLast = response.headers.connection === 'close';
      response.resume();
      response.on('end', () => resolve({ outcome: String(response.statusCode), isLast }));
    });
    sent.on('error', ({ code, message }: NodeJS.ErrnoException) =>
      resolve({ outcome: code ?? message, isLast: true }),
    );
    sent.end('{"query":"{ one }"}');
  });
}

/** A way to the database that can be closed and opened again on the same port. */
async function openProxy(target: URL) {
  const sockets = new Set<Socket>();
  let server: Server | undefined;
  let port = 0;
  const open = () =>
    new Promise<void>((resolve, reject) => {
      server = createServer((socket) => {
        const upstream = connect(Number(target.port), target.hostname);
        for (const end of [socket, upstream]) {
          sockets.add(end);
          end.on('error', () => end.destroy());
          end.on('close', () => sockets.delete(end));
        }
        socket.pipe(upstream).pipe(socket);
      });
      server.once('error', reject);
      server.listen(port, '127.0.0.1', () => {
        const address = server?.address();
        if (typeof address === 'object' && address) port = address.port;
        resolve();
      });
    });
  await open();
  const url = new URL(target);
  url.host = `127.0.0.1:${port}`;
  return {
    url: url.href,
    open,
    /** The connections that are open forward nothing any more. */
    freeze() {
      for (const socket of sockets) socket.unpipe().pause();
    },
    close: () =>
      new Promise<void>((resolve) => {
        for (const socket of sockets) socket.destroy();
        server?.close(() => resolve());
      }),
  };
}
