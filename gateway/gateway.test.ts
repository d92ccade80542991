import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, request as openRequest, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { json } from 'node:stream/consumers';

import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';

import { composeSubgraphs } from '../tests/support/compose-subgraphs.ts';
import { stopClock } from '../tests/support/stop-clock.ts';
import { startSubgraphHost, type SubgraphHost } from '../tests/support/subgraph-host.ts';
import type { GatewayConfigInput } from './config/gateway-config.ts';
import { listen, type ListeningGateway } from './http/listen.ts';
import { createGateway, type Gateway } from './index.ts';

const link = 'extend schema @link(url: "https://specs.apollo.dev/federation/v2.7", import: ["@key"])';
const sdlByName = {
  books: `${link} type Query { books(shelf: Shelf): [Book!]! slow: String rated(above: Float): Int } enum Shelf { LEFT RIGHT } type Book @key(fields: "id") { id: ID! title: String }`,
  stars: `${link} type Book @key(fields: "id") { id: ID! stars: Int }`,
};
const data = {
  books: { Query: { books: [{ id: '1', title: 'Emma' }], slow: 'done' }, Book: [{ id: '1', title: 'Emma' }] },
  stars: { Book: [{ id: '1', stars: 5 }] },
};
const log = pino({ level: 'silent' });

let folder: string;
let subgraphs: SubgraphHost;
let supergraphFile: string;
const open: ListeningGateway[] = [];

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'freehold-gateway-'));
  subgraphs = await startSubgraphHost(sdlByName);
  supergraphFile = path.join(folder, 'supergraph.graphql');
});

afterEach(async () => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  subgraphs.interfere(undefined);
  await Promise.all(open.splice(0).map((gateway) => gateway.stop()));
});

afterAll(async () => {
  await subgraphs.close();
  await rm(folder, { recursive: true });
});

async function start(
  input: Partial<GatewayConfigInput> = {},
  sdls: Readonly<Record<string, string>> = sdlByName,
): Promise<ListeningGateway & { gateway: Gateway }> {
  subgraphs.load(data);
  await writeFile(supergraphFile, composeSubgraphs(sdls, subgraphs.urls));
  const gateway = await createGateway({ supergraphFile, port: 0, watchSupergraph: false, ...input }, log);
  const listening = await listen(gateway, log);
  open.push(listening);
  return { ...listening, gateway };
}

async function post(url: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
}

async function readCode(response: Response): Promise<unknown> {
  const body = (await response.json()) as { errors: { extensions: { code: string } }[] };
  return body.errors[0]?.extensions.code;
}

describe('the gateway answers', () => {
  test('a query that crosses subgraphs, at /graphql and at / where Sandbox sends it', async () => {
    const { url } = await start();
    const query = '{ books { title stars } }';
    const expected = { data: { books: [{ title: 'Emma', stars: 5 }] } };
    expect(await (await post(url, { query })).json()).toEqual(expected);
    const atRoot = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query }),
    });
    expect(await atRoot.json()).toEqual(expected);
  });

  test.each([
    ['/graphql?', 'the path'],
    ['http://proxied.example/graphql?', 'a whole URL'],
    ['HTTP://127.0.0.1:4000?', 'a whole URL without a path'],
  ])('a request for %s, which is %s', async (target) => {
    const { url } = await start();
    const query = encodeURIComponent('{ books { title } }');
    const asking = openRequest(url, {
      path: `${target}query=${query}`,
      headers: { 'apollo-require-preflight': 'yes' },
    });
    asking.end();
    const [answer] = (await once(asking, 'response')) as [IncomingMessage];
    expect(await json(answer)).toEqual({ data: { books: [{ title: 'Emma' }] } });
  });

  test('a GET whose operationName is empty, as one without', async () => {
    const { url } = await start();
    const ask = (operationName: string): Promise<Response> =>
      fetch(`${url}/graphql?${new URLSearchParams({ query: '{ books { title } }', operationName })}`, {
        headers: { 'apollo-require-preflight': '1' },
      });
    expect(await (await ask('')).json()).toEqual({ data: { books: [{ title: 'Emma' }] } });
    expect(await readCode(await ask('Books'))).toBe('OPERATION_RESOLUTION_FAILURE');
  });

  test.each(['compiled', 'apollo'] as const)(
    'a second time as the first time, whatever became of it (%s engine)',
    async (engine) => {
      const { url, gateway } = await start({ engine });
      const query = 'query Books($wants: Boolean!) { books { title stars @include(if: $wants) } }';
      const ask = async (variables: unknown, accept = '*/*'): Promise<unknown> => {
        const response = await post(url, { query, variables }, { accept });
        const headers = Object.fromEntries(response.headers);
        delete headers['date'];
        return { status: response.status, headers, body: await response.json() };
      };
      for (const variables of [{ wants: true }, { wants: false }, { wants: 'perhaps' }, {}, [], null])
        expect(await ask(variables)).toEqual(await ask(variables));
      expect(await ask({ wants: true }, 'application/graphql-response+json')).toMatchObject({
        headers: { 'content-type': 'application/graphql-response+json; charset=utf-8' },
      });
      expect(await ask({ wants: true }, 'text/css')).toMatchObject({ status: 406 });
      await gateway.reload();
      expect(await ask({ wants: true })).toMatchObject({
        body: { data: { books: [{ title: 'Emma', stars: 5 }] } },
      });
    },
  );

  test.each(['compiled', 'apollo'] as const)(
    'without the inside of a subgraph in production, and with it in development (%s engine)',
    async (engine) => {
      const secret = 'connect ECONNREFUSED 10.0.0.7:5432';
      const query = '{ books { title stars } }';
      const tell = async (mode: 'production' | 'development'): Promise<string> => {
        const { url } = await start({ engine, mode });
        subgraphs.load({ ...data, stars: { Book: [{ id: '1', stars: 5, __error: secret }] } });
        return (await post(url, { query })).text();
      };
      const masked = await tell('production');
      expect(masked).toContain('The subgraph \\"stars\\" reported an internal error.');
      expect(masked).toContain('"title":"Emma","stars":null');
      expect(masked).not.toContain('10.0.0.7');
      expect(await tell('development')).toContain(secret);
    },
  );

  test('ready: yes with its services, no when it drains, while it answers until it is closed', async () => {
    const { url, gateway } = await start();
    // Each service has its time to answer, which is not the matter here.
    vi.spyOn(AbortSignal, 'timeout').mockImplementation(() => new AbortController().signal);
    const ready = await fetch(`${url}/ready`);
    expect(ready.status).toBe(200);
    expect(await ready.json()).toEqual({
      status: 'ready',
      services: { books: { status: 'ready' }, stars: { status: 'ready' } },
    });
    gateway.drain();
    const draining = await fetch(`${url}/ready`);
    expect([draining.status, await draining.json()]).toEqual([503, { status: 'stopping' }]);
    expect((await fetch(`${url}/health`)).status).toBe(200);
    expect(await (await post(url, { query: '{ __typename }' })).json()).toEqual({
      data: { __typename: 'Query' },
    });
    await gateway.close();
    const refused = await post(url, { query: '{ __typename }' });
    expect(refused.status).toBe(503);
    expect(await readCode(refused)).toBe('NOT_READY');
  });

  test('a browser with Apollo Sandbox, whose origins may call in development alone', async () => {
    const { url } = await start();
    const page = await fetch(url, { headers: { accept: 'text/html' } });
    expect(await page.text()).toContain('embeddable-sandbox');
    const origin = 'https://studio.apollographql.com';
    const allowed = await post(url, { query: '{ __typename }' }, { origin });
    expect(allowed.headers.get('access-control-allow-origin')).toBe(origin);

    const production = await start({ mode: 'production' });
    const refused = await post(production.url, { query: '{ __typename }' }, { origin });
    expect(refused.headers.get('access-control-allow-origin')).toBeNull();
    const introspection = await post(production.url, { query: '{ __schema { queryType { name } } }' });
    expect(introspection.status).toBe(400);
    expect((await fetch(`${production.url}/graphiql`)).status).toBe(404);
  });
});

describe('the gateway refuses', () => {
  const cases: readonly [
    what: string,
    status: number,
    code: string,
    request: (url: string) => Promise<Response>,
  ][] = [
    ['a body that is not JSON', 400, 'INVALID_JSON', (url) => post(url, '{"query":')],
    [
      'another content type',
      415,
      'UNSUPPORTED_MEDIA_TYPE',
      (url) => post(url, '{ __typename }', { 'content-type': 'text/plain' }),
    ],
    [
      'a compressed body',
      415,
      'UNSUPPORTED_MEDIA_TYPE',
      (url) => post(url, { query: '{ __typename }' }, { 'content-encoding': 'gzip' }),
    ],
    [
      'a number that no variable could have',
      400,
      'OPERATION_PLAN_FAILED',
      (url) => post(url, { query: '{ rated(above: 1e400) }' }),
    ],
    [
      'a body over the limit',
      413,
      'BODY_TOO_LARGE',
      (url) => post(url, { query: `{ __typename } #${'x'.repeat(2000)}` }),
    ],
    [
      'another method',
      405,
      'METHOD_NOT_ALLOWED',
      (url) => fetch(`${url}/graphql`, { method: 'PUT', body: '{}' }),
    ],
    ['another path', 404, 'NOT_FOUND', (url) => fetch(`${url}/grahpql`)],
    [
      'an operation that is no GraphQL',
      400,
      'GRAPHQL_PARSE_FAILED',
      (url) => post(url, { query: '{ books {' }),
    ],
    [
      'a field that does not exist',
      400,
      'GRAPHQL_VALIDATION_FAILED',
      (url) => post(url, { query: '{ bookz }' }),
    ],
  ];
  test.each(cases)('%s with %i %s', async (_what, status, code, request) => {
    const { url } = await start({ bodyBytesMax: 1000 });
    const response = await request(url);
    expect(response.status).toBe(status);
    expect(await readCode(response)).toBe(code);
  });

  test('in the type that the client accepts, whoever refuses: guards and server alike', async () => {
    const { url } = await start({ depthMax: 2 });
    const ask = async (query: string, accept: string): Promise<string | null> => {
      const response = await post(url, { query }, { accept });
      expect(response.status).toBe(400);
      return response.headers.get('content-type');
    };
    const both = 'application/graphql-response+json, application/json;q=0.9';
    for (const query of ['{ books { title', '{ books { id { id } } }']) {
      expect(await ask(query, both)).toBe('application/graphql-response+json; charset=utf-8');
      expect(await ask(query, '*/*')).toBe('application/json; charset=utf-8');
    }
  });

  test.each(['compiled', 'apollo'] as const)(
    'subscriptions, and no query beside them (%s engine)',
    async (engine) => {
      const books = `${sdlByName.books} type Subscription { sold: Book }`;
      const { url } = await start({ engine }, { ...sdlByName, books });
      const query = 'query Slow { slow } subscription Sold { sold { id } }';
      const beside = await post(url, { query, operationName: 'Slow' });
      expect(await beside.json()).toEqual({ data: { slow: 'done' } });
      const refused = await post(url, { query, operationName: 'Sold' });
      expect(refused.status).toBe(400);
      expect(await readCode(refused)).toBe('SUBSCRIPTION_NOT_SUPPORTED');
    },
  );

  test('a wrong variable without a suggestion in production, and with one in development', async () => {
    const query = 'query ($shelf: Shelf) { books(shelf: $shelf) { title } }';
    const tell = async (mode: 'production' | 'development'): Promise<string> => {
      const { url } = await start({ mode });
      const refused = await post(url, { query, variables: { shelf: 'LEFTY' } });
      expect(refused.status).toBe(400);
      return refused.text();
    };
    expect(await tell('development')).toContain('Did you mean the enum value');
    expect(await tell('production')).toContain('Value \\"LEFTY\\" does not exist in \\"Shelf\\" enum."');
  });

  test.each(['mutation', 'subscription'])('a %s that the schema has no root type for', async (kind) => {
    const { url } = await start();
    const refused = await post(url, { query: `${kind} { sold { id } }` });
    expect(refused.status).toBe(400);
    expect(await refused.json()).toMatchObject({
      errors: [{ message: `The schema has no ${kind}s.`, extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }],
    });
  });

  test.each([
    '{ books { id @skip(if: $x) } }',
    '{ __typename @include(if: $x) }',
    '{ __schema @skip(if: $x) { __typename } }',
    '{ __schema { __typename @skip(if: $x) } }',
  ])('null for the condition in %s, as any other wrong variable', async (selection) => {
    const { url } = await start();
    const query = `query ($x: Boolean = true) ${selection}`;
    for (const x of [null, 7, null]) {
      const refused = await post(url, { query, variables: { x } });
      expect(refused.status).toBe(400);
      expect(await readCode(refused)).toBe('BAD_USER_INPUT');
    }
    const answered = await post(url, { query, variables: { x: false } });
    expect(answered.status).toBe(200);
  });

  test('to wait longer than requestTimeoutMs: the stock engine loses the whole answer', async () => {
    stopClock();
    const { url } = await start({ requestTimeoutMs: 100, engine: 'apollo' });
    const { arrived } = hangFetches(1, 'books');
    const asked = post(url, { query: '{ slow }' });
    await arrived;
    vi.advanceTimersByTime(100);
    const response = await asked;
    expect(response.status).toBe(504);
    expect(await readCode(response)).toBe('REQUEST_TIMEOUT');
  });

  test('to wait longer than requestTimeoutMs: the compiled engine loses what is late', async () => {
    stopClock();
    const { url } = await start({ requestTimeoutMs: 500 });
    const { arrived } = hangFetches(1, 'stars');
    const asked = post(url, { query: '{ books { title stars } }' });
    await arrived;
    vi.advanceTimersByTime(500);
    expect(await (await asked).json()).toMatchObject({
      data: { books: [{ title: 'Emma', stars: null }] },
      errors: [{ path: ['books', 0, 'stars'], extensions: { code: 'REQUEST_TIMEOUT', service: 'stars' } }],
    });
  });
});

describe('a subgraph that hangs', () => {
  test('is not asked for a while, also where requestTimeoutMs is below subgraphTimeoutMs', async () => {
    stopClock();
    const timeouts = { requestTimeoutMs: 1000, subgraphTimeoutMs: 10_000 };
    const { url } = await start({ ...timeouts, forwardHeaders: ['x-caller'] });
    // Each is another request to the subgraph: what is the same is shared.
    const ask = (caller: number) => post(url, { query: '{ slow }' }, { 'x-caller': String(caller) });
    expect(await (await ask(0)).json()).toEqual({ data: { slow: 'done' } });
    const { arrived } = hangFetches(20, 'books');
    const hanging = Promise.all(Array.from({ length: 20 }, (_, caller) => ask(caller)));
    await arrived;
    vi.advanceTimersByTime(1000);
    for (const answer of await hanging) expect(await readCode(answer)).toBe('REQUEST_TIMEOUT');
    expect(await readCode(await ask(20))).toBe('SUBGRAPH_CIRCUIT_OPEN');
  });
});

/** Lets a subgraph answer nothing more; `arrived` when so many requests hang there. */
function hangFetches(count: number, name: string): { arrived: Promise<void> } {
  let hanging = 0;
  const arrived = new Promise<void>((resolve) => {
    subgraphs.interfere(({ subgraph }) => {
      if (subgraph !== name) return false;
      hanging += 1;
      if (hanging === count) resolve();
      return true;
    });
  });
  return { arrived };
}

/** Lets subgraphs answer these queries only when the test says so; `arrived` when the first one is there. */
function holdFetches(isHeld: (query: string) => boolean): { arrived: Promise<void>; letGo: () => void } {
  let letGo: () => void = () => undefined;
  const held = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  const arrived = new Promise<void>((resolve) => {
    subgraphs.interfere(async ({ query }, response, answer) => {
      if (!isHeld(query)) return false;
      resolve();
      await held;
      response.setHeader('content-type', 'application/json');
      response.end(await answer());
      return true;
    });
  });
  return { arrived, letGo };
}

describe('a supergraph that changes', () => {
  test('is exchanged, and requests in flight end on the old one', async () => {
    const { url, gateway } = await start();
    const { arrived, letGo } = holdFetches((query) => query.includes('slow'));
    const inFlight = post(url, { query: '{ slow }' });
    await arrived;
    const next = {
      ...sdlByName,
      books: sdlByName.books.replace('slow: String', 'fresh: String slow: String'),
    };
    await writeFile(supergraphFile, composeSubgraphs(next, subgraphs.urls));
    expect((await gateway.reload()).kind).toBe('exchanged');
    expect((await gateway.reload()).kind).toBe('unchanged');
    letGo();
    expect(await (await inFlight).json()).toEqual({ data: { slow: 'done' } });
    const schema = await post(url, { query: '{ __type(name: "Query") { fields { name } } }' });
    expect(JSON.stringify(await schema.json())).toContain('fresh');
  });

  test('keeps the engine open of a request whose body came slowly, after two exchanges too', async () => {
    const { url, gateway } = await start();
    const exchange = async (field: string): Promise<void> => {
      const books = sdlByName.books.replace('slow: String', `${field}: String slow: String`);
      await writeFile(supergraphFile, composeSubgraphs({ ...sdlByName, books }, subgraphs.urls));
      expect((await gateway.reload()).kind).toBe('exchanged');
    };
    const { arrived, letGo } = holdFetches((query) => query.includes('books'));
    const upload = openRequest(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', expect: '100-continue' },
    });
    const answered = once(upload, 'response') as Promise<[IncomingMessage]>;
    upload.flushHeaders();
    // The gateway has begun with the request, and waits for its body.
    await once(upload, 'continue');
    await exchange('first');
    upload.end(JSON.stringify({ query: '{ books { title stars } }' }));
    await arrived;
    await exchange('second');
    letGo();
    const [answer] = await answered;
    expect(await json(answer)).toEqual({ data: { books: [{ title: 'Emma', stars: 5 }] } });
  });

  test('is refused when it is broken, and the old one goes on', async () => {
    const { url, gateway } = await start();
    await writeFile(supergraphFile, 'type Query { broken');
    const outcome = await gateway.reload();
    expect(outcome).toMatchObject({
      kind: 'refused',
      reason: expect.stringContaining(supergraphFile) as string,
    });
    expect(await (await post(url, { query: '{ books { title } }' })).json()).toEqual({
      data: { books: [{ title: 'Emma' }] },
    });
  });
});

describe('a gateway that cannot start says why', () => {
  test('all problems of its configuration together', async () => {
    const input = { supergraphFile: '', port: 70_000, colour: 'red' } as GatewayConfigInput;
    await expect(createGateway(input, log)).rejects.toThrow(/supergraphFile[\s\S]*port[\s\S]*colour/);
    const contradictory: GatewayConfigInput = {
      supergraphFile,
      authentication: 'required',
      trustedDocuments: 'enforce',
    };
    await expect(createGateway(contradictory, log)).rejects.toThrow(/jwks[\s\S]*trustedDocumentsFile/);
  });

  test('a supergraph file that is missing, or holds a subgraph', async () => {
    const missing = path.join(folder, 'missing.graphql');
    await expect(createGateway({ supergraphFile: missing }, log)).rejects.toThrow(
      `${missing} does not exist`,
    );
    const subgraph = path.join(folder, 'subgraph.graphql');
    await writeFile(subgraph, sdlByName.books);
    await expect(createGateway({ supergraphFile: subgraph }, log)).rejects.toThrow('freehold compose');
  });

  test('a taken port', async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    const { port } = taken.address() as AddressInfo;
    await writeFile(supergraphFile, composeSubgraphs(sdlByName, subgraphs.urls));
    const gateway = await createGateway({ supergraphFile, port, watchSupergraph: false }, log);
    await expect(listen(gateway, log)).rejects.toThrow(`Port ${port} on 127.0.0.1 is taken`);
    await gateway.close();
    await new Promise((resolve) => taken.close(resolve));
  });
});
