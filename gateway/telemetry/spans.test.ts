import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';

import { composeSubgraphs } from '../../tests/support/compose-subgraphs.ts';
import {
  type CollectedSpan,
  type OtlpCollector,
  startOtlpCollector,
} from '../../tests/support/otlp-collector.ts';
import { ask } from '../../tests/support/run-freehold.ts';
import { startSubgraphHost, type SubgraphHost } from '../../tests/support/subgraph-host.ts';
import type { GatewayConfigInput } from '../config/gateway-config.ts';
import { listen, type ListeningGateway } from '../http/listen.ts';
import { createGateway } from '../index.ts';

const link =
  'extend schema @link(url: "https://specs.apollo.dev/federation/v2.7", import: ["@key"]) type Book @key(fields: "id")';
const sdlByName = {
  books: `${link} { id: ID! title: String } type Query { books: [Book!]! }`,
  stars: `${link} { id: ID! stars: Int }`,
};
const query = 'query Shelf { books { title stars } }';
const parent = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331' };
const traceparent = `00-${parent.traceId}-${parent.spanId}-01`;

let folder: string;
let subgraphs: SubgraphHost;
let supergraphFile: string;
let collector: OtlpCollector;
let gateway: ListeningGateway;
let lines: string[];

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'freehold-spans-'));
  subgraphs = await startSubgraphHost(sdlByName);
  supergraphFile = path.join(folder, 'supergraph.graphql');
  await writeFile(supergraphFile, composeSubgraphs(sdlByName, subgraphs.urls));
});

afterAll(async () => {
  await subgraphs.close();
  await rm(folder, { recursive: true, force: true });
});

beforeEach(async () => {
  collector = await startOtlpCollector();
  lines = [];
  subgraphs.load({
    books: { Query: { books: [{ id: '1', title: 'Emma' }] } },
    stars: { Book: [{ id: '1', stars: 5 }] },
  });
});

afterEach(async () => {
  await gateway.stop();
  await collector.close();
});

async function start(options: Partial<GatewayConfigInput> = {}): Promise<string> {
  const config = { supergraphFile, port: 0, otlpEndpoint: collector.endpoint, ...options };
  const log = pino({ level: 'warn' }, { write: (line: string) => void lines.push(line) });
  gateway = await listen(await createGateway(config, log), log);
  return gateway.url;
}

/**
 * Stops the gateway, which sends the spans that it has. It waits a second for them, and they go on after that: all are
 * there when so many have come. Those that were sent before may come after.
 */
async function stopAndCollect(count: number): Promise<readonly CollectedSpan[]> {
  await gateway.stop();
  await expect.poll(() => collector.spans.length, { timeout: 50_000 }).toBe(count);
  return collector.spans;
}

const isRequest = ({ name }: CollectedSpan): boolean => name === 'query Shelf';

const sentParents = (): (string | undefined)[] =>
  subgraphs.requests.map(({ headers }) => headers['traceparent']?.split('-')[2]);

test('a request begins a trace, its plan and fetches hang under it, and each fetch is the parent of its service', async () => {
  const url = await start();
  expect((await ask(url, query)).extensions).toBeUndefined();
  const spans = await stopAndCollect(4);
  const [plan, books, stars, request] = ['plan', 'fetch books', 'fetch stars', 'query Shelf'].map((name) =>
    spans.find((span) => span.name === name),
  );
  expect(request).toMatchObject({
    service: 'gateway',
    parentSpanId: '',
    attributes: { 'http.request.method': 'POST', 'http.response.status_code': 200 },
  });
  for (const span of [plan, books, stars])
    expect(span).toMatchObject({
      traceId: request?.traceId,
      parentSpanId: request?.spanId,
      hasFailed: false,
    });
  expect(stars?.attributes).toMatchObject({ 'freehold.service': 'stars', 'freehold.representations': 1 });
  expect(sentParents()).toEqual([books?.spanId, stars?.spanId]);
  expect(subgraphs.requests.map(({ headers }) => headers['freehold-explain'])).toEqual([
    undefined,
    undefined,
  ]);
});

test('a client’s trace goes on, with its state', async () => {
  const url = await start();
  await ask(url, query, {}, { traceparent, tracestate: 'shop=1' });
  const request = (await stopAndCollect(4)).find(isRequest);
  expect(request).toMatchObject({ traceId: parent.traceId, parentSpanId: parent.spanId });
  expect(subgraphs.requests[0]?.headers).toMatchObject({ tracestate: 'shop=1' });
});

test('a trace that the client does not want recorded is not, and goes on as it came', async () => {
  const url = await start();
  const unsampled = traceparent.replace(/01$/, '00');
  await ask(url, query, {}, { traceparent: unsampled });
  await gateway.stop();
  expect(collector.spans).toEqual([]);
  expect(subgraphs.requests[0]?.headers['traceparent']).toBe(unsampled);
});

test('where headers of clients are not sent on, the gateway begins its own trace', async () => {
  const url = await start({ forwardHeaders: [] });
  await ask(url, query, {}, { traceparent, tracestate: 'shop=1' });
  const request = (await stopAndCollect(4)).find(isRequest);
  expect(request).toMatchObject({ parentSpanId: '' });
  expect(request?.traceId).not.toBe(parent.traceId);
  expect(subgraphs.requests[0]?.headers['tracestate']).toBeUndefined();
});

test('at 0 percent only those are recorded whose client asks for it', async () => {
  const url = await start({ traceSamplePercent: 0 });
  await ask(url, query);
  expect(sentParents()).toEqual([undefined, undefined]);
  await ask(url, query, {}, { traceparent });
  const spans = await stopAndCollect(4);
  expect(new Set(spans.map(({ traceId }) => traceId))).toEqual(new Set([parent.traceId]));
});

test('with the stock engine services hang under the request', async () => {
  const url = await start({ engine: 'apollo' });
  await ask(url, query);
  const [request] = await stopAndCollect(1);
  expect(request?.name).toBe('query Shelf');
  expect(sentParents()).toEqual([request?.spanId, request?.spanId]);
});

test('the spans of a batch hang under one request, which has the name of none of its operations', async () => {
  const url = await start({ batchMax: 2 });
  await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify([{ query }, { query: 'query Titles { books { title } }' }]),
  });
  const spans = await stopAndCollect(6);
  const request = spans.find(({ parentSpanId }) => parentSpanId === '');
  expect(request?.name).toBe('batch');
  expect(
    spans
      .filter(({ parentSpanId }) => parentSpanId === request?.spanId)
      .map(({ name }) => name)
      .sort(),
  ).toEqual(['fetch books', 'fetch books', 'fetch stars', 'plan', 'plan']);
});

test('a failed fetch and a refused request say so', async () => {
  const url = await start();
  subgraphs.interfere(({ subgraph }, response) => {
    if (subgraph === 'stars') response.writeHead(500).end('no');
    return subgraph === 'stars';
  });
  await ask(url, query);
  subgraphs.interfere(undefined);
  await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{',
  });
  const failed = (await stopAndCollect(5)).filter(({ hasFailed }) => hasFailed);
  expect(failed).toHaveLength(2);
  expect(
    Object.fromEntries(failed.map(({ name, attributes }) => [name, attributes['http.response.status_code']])),
  ).toEqual({ 'fetch stars': 500, request: 400 });
});

test('a collector that is away costs one line in the log, and no answer', async () => {
  await collector.close();
  const url = await start();
  expect((await ask(url, query)).data).toEqual({ books: [{ title: 'Emma', stars: 5 }] });
  await expect.poll(() => lines.length, { timeout: 50_000 }).toBe(1);
  expect(lines[0]).toContain('the collector does not take spans');
});
