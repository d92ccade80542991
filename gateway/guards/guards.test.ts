import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import os from 'node:os';
import path from 'node:path';

import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';

import { composeSubgraphs } from '../../tests/support/compose-subgraphs.ts';
import { stopClock } from '../../tests/support/stop-clock.ts';
import { startSubgraphHost, type SubgraphHost } from '../../tests/support/subgraph-host.ts';
import type { GatewayConfigInput } from '../config/gateway-config.ts';
import { listen, type ListeningGateway } from '../http/listen.ts';
import { createGateway } from '../index.ts';

const sdl =
  'type Query { a(x: Int): Query list(first: Int): [Query] name: String slow: String echo(in: In): String } input In { in: In }';
const log = pino({ level: 'silent' });
const open: ListeningGateway[] = [];
let folder: string;
let subgraphs: SubgraphHost;
let supergraphFile: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'freehold-guards-'));
  supergraphFile = path.join(folder, 'supergraph.graphql');
  subgraphs = await startSubgraphHost({ one: sdl });
  subgraphs.load({ one: { Query: { name: 'n', slow: 's', a: {}, list: [{}] } } });
  await writeFile(supergraphFile, composeSubgraphs({ one: sdl }, subgraphs.urls));
});

afterEach(async () => {
  vi.useRealTimers();
  subgraphs.interfere(undefined);
  await Promise.all(open.splice(0).map((gateway) => gateway.stop()));
});

afterAll(async () => {
  await subgraphs.close();
  await rm(folder, { recursive: true });
});

async function start(input: Partial<GatewayConfigInput> = {}): Promise<string> {
  const config = { supergraphFile, port: 0, watchSupergraph: false, metrics: true, ...input };
  const listening = await listen(await createGateway(config, log), log);
  open.push(listening);
  return listening.url;
}

interface Answer {
  readonly status: number;
  readonly code: string | undefined;
  readonly retryAfter: string | null;
  readonly data: unknown;
}

async function send(url: string, body: unknown, init: RequestInit = {}): Promise<Answer> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: typeof body === 'string' ? body : JSON.stringify(body),
    ...init,
  });
  const { data, errors } = (await response.json()) as {
    data?: unknown;
    errors?: { extensions: { code: string } }[];
  };
  const code = errors?.[0]?.extensions.code;
  return { status: response.status, code, retryAfter: response.headers.get('retry-after'), data };
}

function get(url: string, query: string, headers: Record<string, string> = {}): Promise<Answer> {
  const init = { method: 'GET', body: null, headers };
  return send(`${url}/graphql?query=${encodeURIComponent(query)}#`.replace('/graphql?', '/?'), null, init);
}

async function countRefusals(url: string, guard: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return Number(new RegExp(`freehold_refusals_total\\{guard="${guard}"\\} (\\d+)`).exec(text)?.[1] ?? 0);
}

const bomb = Array.from(
  { length: 20 },
  (_, at) => `fragment F${at} on Query { ...F${at + 1} ...F${at + 1} }`,
);

describe('each guard refuses at its limit, counts the refusal, and can be turned off', () => {
  const cases: readonly [
    guard: string,
    limit: Partial<GatewayConfigInput>,
    off: Partial<GatewayConfigInput>,
    code: string,
    body: unknown,
  ][] = [
    ['tokens', { tokensMax: 5 }, { tokensMax: 0 }, 'TOKEN_LIMIT', { query: '{ a { a { name } } }' }],
    ['depth', { depthMax: 2 }, { depthMax: 0 }, 'DEPTH_LIMIT', { query: '{ a { a { name } } }' }],
    ['aliases', { aliasesMax: 1 }, { aliasesMax: 0 }, 'ALIAS_LIMIT', { query: '{ x: name y: name }' }],
    [
      'rootFields',
      { rootFieldsMax: 1 },
      { rootFieldsMax: 0 },
      'ROOT_FIELD_LIMIT',
      { query: '{ name slow }' },
    ],
    [
      'directives',
      { directivesMax: 1 },
      { directivesMax: 0 },
      'DIRECTIVE_LIMIT',
      { query: '{ name @include(if: true) slow @include(if: true) }' },
    ],
    [
      'selections',
      { selectionsMax: 1000 },
      { selectionsMax: 0, rootFieldsMax: 0 },
      'SELECTION_LIMIT',
      { query: `{ ...F10 } ${bomb.slice(10).join(' ')} fragment F20 on Query { name }` },
    ],
    [
      'variables-depth',
      { variablesDepthMax: 2 },
      { variablesDepthMax: 0 },
      'VARIABLES_DEPTH_LIMIT',
      { query: 'query ($v: In) { echo(in: $v) }', variables: { v: { in: { in: {} } } } },
    ],
    [
      'cost',
      { costMax: 50 },
      { costMax: 0 },
      'COST_LIMIT',
      { query: 'query ($n: Int) { list(first: $n) { name } }', variables: { n: 51 } },
    ],
    ['batch', {}, { batchMax: 2 }, 'BATCH_LIMIT', [{ query: '{ name }' }]],
  ];
  test.each(cases)('%s', async (guard, limit, off, code, body) => {
    const guarded = await start(limit);
    expect(await send(guarded, body)).toMatchObject({ status: 400, code });
    expect(await send(guarded, body)).toMatchObject({ status: 400, code });
    expect(await countRefusals(guarded, guard)).toBe(2);
    expect((await send(await start(off), body)).code).toBeUndefined();
    expect((await send(await start(), guard === 'batch' ? body : { query: '{ name }' })).code).toBe(
      guard === 'batch' ? code : undefined,
    );
  });

  test('body-bytes', async () => {
    const url = await start({ bodyBytesMax: 100 });
    expect(await send(url, { query: `{ name } #${'x'.repeat(200)}` })).toMatchObject({ status: 413 });
    expect(await countRefusals(url, 'body-bytes')).toBe(1);
  });

  test('a batch longer than batchMax', async () => {
    const url = await start({ batchMax: 2 });
    const body = [{ query: '{ name }' }, { query: '{ name }' }, { query: '{ name }' }];
    expect(await send(url, body)).toMatchObject({ code: 'BATCH_LIMIT' });
  });

  test('csrf: a GET that a foreign page could send', async () => {
    const url = await start();
    expect(await get(url, '{ name }')).toMatchObject({ status: 400, code: 'CSRF_PREVENTED' });
    expect(await countRefusals(url, 'csrf')).toBe(1);
    expect(await get(url, '{ name }', { 'apollo-require-preflight': '1' })).toMatchObject({
      data: { name: 'n' },
    });
  });

  test('the document of a GET too', async () => {
    const url = await start({ depthMax: 2 });
    const answer = await get(url, '{ a { a { name } } }', { 'apollo-require-preflight': '1' });
    expect(answer.code).toBe('DEPTH_LIMIT');
  });

  test('introspection in production', async () => {
    const url = await start({ mode: 'production' });
    const answer = await send(url, { query: '{ __schema { queryType { name } } }' });
    expect(answer).toMatchObject({ status: 400, code: 'GRAPHQL_VALIDATION_FAILED' });
    expect(await countRefusals(url, 'introspection')).toBe(1);
  });

  test('rate, with the time after which the client may come again', async () => {
    stopClock();
    const url = await start({ rateLimitPerSecond: 0.01, rateLimitBurst: 1 });
    expect((await send(url, { query: '{ name }' })).status).toBe(200);
    expect(await send(url, { query: '{ name }' })).toMatchObject({
      status: 429,
      code: 'RATE_LIMITED',
      retryAfter: '100',
    });
    expect(await countRefusals(url, 'rate')).toBe(1);
  });
});

describe('overload', () => {
  test('is shed with 503 and Retry-After, and is over when requests have ended', async () => {
    const url = await start({ requestsInFlightMax: 1 });
    let letGo: () => void = () => undefined;
    const held = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    const arrived = new Promise<void>((resolve) => {
      subgraphs.interfere(async () => {
        resolve();
        await held;
        return false;
      });
    });
    const first = send(url, { query: '{ slow }' });
    await arrived;
    expect(await send(url, { query: '{ name }' })).toMatchObject({
      status: 503,
      code: 'OVERLOADED',
      retryAfter: '1',
    });
    expect(await countRefusals(url, 'in-flight')).toBe(1);
    letGo();
    expect((await first).data).toEqual({ slow: 's' });
    expect((await send(url, { query: '{ name }' })).data).toEqual({ name: 'n' });
  });

  test('by clients that send slowly ends with their time: the place is free again', async () => {
    stopClock();
    const url = await start({ requestsInFlightMax: 1, requestTimeoutMs: 100 });
    const headers = { 'content-type': 'application/json', 'content-length': 100, expect: '100-continue' };
    const slow = httpRequest(`${url}/graphql`, { method: 'POST', headers });
    const answered = once(slow, 'response') as Promise<[IncomingMessage]>;
    slow.write('{"query":');
    // The gateway has begun with the request, and waits for the rest of its body.
    await once(slow, 'continue');
    vi.advanceTimersByTime(100);
    const [{ statusCode }] = await answered;
    slow.destroy();
    expect(statusCode).toBe(504);
    expect((await send(url, { query: '{ name }' })).data).toEqual({ name: 'n' });
  });
});

describe('trusted documents', () => {
  const manifest = {
    format: 'apollo-persisted-query-manifest',
    version: 1,
    operations: [{ id: 'name-1', name: 'Name', type: 'query', body: 'query Name { name }' }],
  };
  const byId = { extensions: { persistedQuery: { version: 1, sha256Hash: 'name-1' } } };

  async function startTrusted(
    trustedDocuments: 'log' | 'enforce',
    input: Partial<GatewayConfigInput> = {},
  ): Promise<string> {
    const trustedDocumentsFile = path.join(folder, 'manifest.json');
    await writeFile(trustedDocumentsFile, JSON.stringify(manifest));
    return start({ trustedDocuments, trustedDocumentsFile, ...input });
  }

  test('are answered by id and by text, and nothing else is, when they are enforced', async () => {
    const url = await startTrusted('enforce');
    expect((await send(url, byId)).data).toEqual({ name: 'n' });
    expect((await send(url, { documentId: 'name-1' })).data).toEqual({ name: 'n' });
    expect((await send(url, { query: 'query Name { name }\n' })).data).toEqual({ name: 'n' });
    expect(await send(url, { query: '{ slow }' })).toMatchObject({
      status: 403,
      code: 'QUERY_NOT_IN_SAFELIST',
    });
    expect(await send(url, { documentId: 'other' })).toMatchObject({
      status: 404,
      code: 'PERSISTED_QUERY_NOT_IN_LIST',
    });
    expect(await countRefusals(url, 'trusted-documents')).toBe(2);
  });

  test('let others pass when they are only logged', async () => {
    const url = await startTrusted('log');
    expect((await send(url, { query: '{ slow }' })).data).toEqual({ slow: 's' });
    expect((await send(url, byId)).data).toEqual({ name: 'n' });
  });

  test('may be registered by their hash too (APQ) when they are only logged, and are answered where they may not', async () => {
    const query = 'query Name { name }\n';
    const sha256Hash = createHash('sha256').update(query).digest('hex');
    const extensions = { persistedQuery: { version: 1, sha256Hash } };
    const url = await startTrusted('log');
    expect((await send(url, { extensions })).code).toBe('PERSISTED_QUERY_NOT_FOUND');
    expect((await send(url, { query, extensions })).data).toEqual({ name: 'n' });
    expect((await send(url, { extensions })).data).toEqual({ name: 'n' });
    // The id of the manifest beside the text registers nothing.
    expect((await send(url, { query, ...byId })).data).toEqual({ name: 'n' });
    const off = await startTrusted('log', { automaticPersistedQueries: false });
    expect((await send(off, { query, extensions })).data).toEqual({ name: 'n' });
    const enforced = await startTrusted('enforce');
    expect((await send(enforced, { query, extensions })).data).toEqual({ name: 'n' });
  });

  test('need a manifest that can be read', async () => {
    await expect(start({ trustedDocuments: 'enforce' })).rejects.toThrow('trustedDocumentsFile');
    const trustedDocumentsFile = path.join(folder, 'broken.json');
    await writeFile(trustedDocumentsFile, '{"format":"other"}');
    await expect(start({ trustedDocuments: 'log', trustedDocumentsFile })).rejects.toThrow(
      'apollo-persisted-query-manifest',
    );
  });
});

test('a document is registered by its hash and found by it again (APQ), unless that is off', async () => {
  const query = '{ name }';
  const sha256Hash = createHash('sha256').update(query).digest('hex');
  const extensions = { persistedQuery: { version: 1, sha256Hash } };
  const url = await start();
  expect((await send(url, { extensions })).code).toBe('PERSISTED_QUERY_NOT_FOUND');
  expect((await send(url, { query, extensions })).data).toEqual({ name: 'n' });
  expect((await send(url, { extensions })).data).toEqual({ name: 'n' });
  const off = await start({ automaticPersistedQueries: false });
  expect((await send(off, { query, extensions })).code).toBe('PERSISTED_QUERY_NOT_SUPPORTED');
});

test('metrics are there by option alone, with durations by status', async () => {
  const url = await start();
  await send(url, { query: '{ name }' });
  const text = await (await fetch(`${url}/metrics`)).text();
  expect(text).toContain('freehold_request_duration_seconds_count{status="200"} 1');
  expect(text).toContain('freehold_requests_in_flight 0');
  const limited = await start({ rateLimitPerSecond: 0.001, rateLimitBurst: 1 });
  await send(limited, { query: '{ name }' });
  await send(limited, { query: '{ name }' });
  const refused = await (await fetch(`${limited}/metrics`)).text();
  expect(refused).toContain('freehold_request_duration_seconds_count{status="429"} 1');
  expect((await fetch(`${await start({ metrics: false })}/metrics`)).status).toBe(404);
});
