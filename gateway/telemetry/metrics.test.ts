import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';

import { composeSubgraphs } from '../../tests/support/compose-subgraphs.ts';
import { startSubgraphHost, type SubgraphHost } from '../../tests/support/subgraph-host.ts';
import type { GatewayConfigInput } from '../config/gateway-config.ts';
import { listen, type ListeningGateway } from '../http/listen.ts';
import { createGateway, type Gateway } from '../index.ts';

const link = 'extend schema @link(url: "https://specs.apollo.dev/federation/v2.7", import: ["@key"])';
const sdlByName = {
  books: `${link} type Query { books: [Book] other: String } type Mutation { lend: String } type Book @key(fields: "id") { id: ID! title: String }`,
  stars: `${link} type Book @key(fields: "id") { id: ID! stars: Int }`,
};
const crossing = '{ books { title stars } }';
const log = pino({ level: 'silent' });
const open: ListeningGateway[] = [];
let folder: string;
let supergraphFile: string;
let subgraphs: SubgraphHost;

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'freehold-metrics-'));
  supergraphFile = path.join(folder, 'supergraph.graphql');
  subgraphs = await startSubgraphHost(sdlByName);
});

afterEach(async () => {
  subgraphs.interfere(undefined);
  await Promise.all(open.splice(0).map((gateway) => gateway.stop()));
});

afterAll(async () => {
  await subgraphs.close();
  await rm(folder, { recursive: true });
});

async function start(input: Partial<GatewayConfigInput> = {}): Promise<{ url: string; gateway: Gateway }> {
  subgraphs.load({
    books: { Query: { books: [{ id: '1', title: 'Emma' }], other: 'o' }, Mutation: { lend: 'lent' } },
    stars: { Book: [{ id: '1', stars: 5 }] },
  });
  await writeFile(supergraphFile, composeSubgraphs(sdlByName, subgraphs.urls));
  const config = { supergraphFile, port: 0, watchSupergraph: false, metrics: true, ...input };
  const gateway = await createGateway(config, log);
  const listening = await listen(gateway, log);
  open.push(listening);
  return { url: listening.url, gateway };
}

async function send(url: string, query: string): Promise<unknown> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query }),
  });
  return response.json();
}

/** The lines of /metrics that have a sample of one of these names, without times. */
async function read(url: string, ...names: readonly string[]): Promise<string[]> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return text.split('\n').filter((line) => names.some((name) => new RegExp(`^${name}[{ ]`).test(line)));
}

test('each fetch is counted by subgraph and outcome, and each look at the plan cache', async () => {
  const { url } = await start();
  await send(url, crossing);
  await send(url, crossing);
  expect(await read(url, 'freehold_fetch_duration_seconds_count')).toEqual([
    'freehold_fetch_duration_seconds_count{subgraph="books",outcome="200"} 2',
    'freehold_fetch_duration_seconds_count{subgraph="stars",outcome="200"} 2',
  ]);
  expect(
    await read(url, 'freehold_plan_cache_lookups_total', 'freehold_planning_duration_seconds_count'),
  ).toEqual([
    'freehold_plan_cache_lookups_total{result="miss"} 1',
    'freehold_plan_cache_lookups_total{result="hit"} 1',
    'freehold_planning_duration_seconds_count{result="planned"} 1',
  ]);
});

test('operations are counted by kind, and by whether their answers have errors', async () => {
  const { url } = await start();
  await send(url, crossing);
  await send(url, 'mutation { lend }');
  subgraphs.interfere(({ subgraph }, response) => subgraph === 'stars' && response.end('no JSON') !== null);
  await send(url, crossing);
  expect(await read(url, 'freehold_operations_total')).toEqual([
    'freehold_operations_total{kind="query",outcome="clean"} 1',
    'freehold_operations_total{kind="mutation",outcome="clean"} 1',
    'freehold_operations_total{kind="query",outcome="partial"} 1',
  ]);
});

test('a request whose client has left before its answer is counted as that', async () => {
  const { url } = await start();
  const client = new AbortController();
  let isHeld = (): void => undefined;
  const held = new Promise<void>((resolve) => {
    isHeld = resolve;
  });
  subgraphs.interfere(() => {
    isHeld();
    return new Promise(() => undefined);
  });
  const answer = fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: crossing }),
    signal: client.signal,
  });
  await held;
  client.abort();
  await expect(answer).rejects.toThrow('aborted');
  await expect
    .poll(() => read(url, 'freehold_operations_total', 'freehold_request_duration_seconds_count'))
    .toEqual([
      'freehold_request_duration_seconds_count{status="499"} 1',
      'freehold_operations_total{kind="query",outcome="failed"} 1',
    ]);
});

test('retries, and circuits that open, are counted', async () => {
  const { url } = await start({
    subgraphRetriesMax: 1,
    subgraphRetryDelayMs: 0,
    subgraphBreakerFailures: 4,
    subgraphBreakerOpenMs: 60_000,
  });
  subgraphs.interfere(({ subgraph }, response) => {
    if (subgraph !== 'stars') return false;
    response.writeHead(503).end();
    return true;
  });
  for (let count = 0; count < 3; count += 1) await send(url, crossing);
  expect(subgraphs.requests.filter(({ subgraph }) => subgraph === 'stars')).toHaveLength(4);
  expect(
    await read(
      url,
      'freehold_fetch_duration_seconds_count',
      'freehold_fetch_retries_total',
      'freehold_circuit_openings_total',
    ),
  ).toEqual([
    'freehold_fetch_duration_seconds_count{subgraph="books",outcome="200"} 3',
    'freehold_fetch_duration_seconds_count{subgraph="stars",outcome="503"} 2',
    'freehold_fetch_duration_seconds_count{subgraph="stars",outcome="SUBGRAPH_CIRCUIT_OPEN"} 1',
    'freehold_fetch_retries_total{subgraph="books"} 0',
    'freehold_fetch_retries_total{subgraph="stars"} 2',
    'freehold_circuit_openings_total{subgraph="books"} 0',
    'freehold_circuit_openings_total{subgraph="stars"} 1',
  ]);
});

test('one subgraph may have limits of its own', async () => {
  const { url } = await start({
    subgraphRetriesMax: 2,
    subgraphRetryDelayMs: 0,
    subgraphOptions: { stars: { retriesMax: 0 } },
  });
  subgraphs.interfere((_request, response) => {
    response.writeHead(503).end();
    return true;
  });
  await send(url, '{ other }');
  subgraphs.interfere(({ subgraph }, response) => {
    if (subgraph === 'books') return false;
    response.writeHead(503).end();
    return true;
  });
  await send(url, crossing);
  expect(await read(url, 'freehold_fetch_retries_total')).toEqual([
    'freehold_fetch_retries_total{subgraph="books"} 2',
    'freehold_fetch_retries_total{subgraph="stars"} 0',
  ]);
});

test('requests that share, wait and are in flight are seen while they are', async () => {
  const { url } = await start({ subgraphRequestsMax: 1 });
  let release = (): void => undefined;
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  subgraphs.interfere(() => held.then(() => false));
  const answers = [crossing, crossing, '{ other }'].map((query) => send(url, query));
  const names = ['freehold_fetches_shared_total', 'freehold_fetches_in_flight', 'freehold_fetches_waiting'];
  const readBooks = async (): Promise<string[]> =>
    (await read(url, ...names)).filter((line) => line.includes('"books"'));
  await expect
    .poll(readBooks)
    .toEqual([
      'freehold_fetches_in_flight{subgraph="books"} 1',
      'freehold_fetches_waiting{subgraph="books"} 1',
      'freehold_fetches_shared_total{subgraph="books"} 1',
    ]);
  release();
  await Promise.all(answers);
  expect(await readBooks()).toEqual([
    'freehold_fetches_in_flight{subgraph="books"} 0',
    'freehold_fetches_waiting{subgraph="books"} 0',
    'freehold_fetches_shared_total{subgraph="books"} 1',
  ]);
});

test('the supergraph in use is named, and each time that it was read again is counted', async () => {
  const { url, gateway } = await start();
  const [before] = await read(url, 'freehold_supergraph_info');
  await gateway.reload();
  await writeFile(supergraphFile, 'type');
  await gateway.reload();
  expect(await read(url, 'freehold_supergraph_info')).toEqual([before]);
  const next = {
    ...sdlByName,
    books: sdlByName.books.replace('other: String', 'other: String more: String'),
  };
  await writeFile(supergraphFile, composeSubgraphs(next, subgraphs.urls));
  await gateway.reload();
  const after = await read(url, 'freehold_supergraph_info');
  expect(after).toEqual([expect.stringMatching(/^freehold_supergraph_info\{id="[0-9a-f]{12}"\} 1$/)]);
  expect(after).not.toEqual([before]);
  expect(await read(url, 'freehold_supergraph_loads_total')).toEqual([
    'freehold_supergraph_loads_total{outcome="unchanged"} 1',
    'freehold_supergraph_loads_total{outcome="refused"} 1',
    'freehold_supergraph_loads_total{outcome="exchanged"} 1',
  ]);
});

test('the process tells of its heap and its event loop', async () => {
  const { url } = await start();
  expect(await read(url, 'nodejs_eventloop_lag_p99_seconds', 'process_cpu_seconds_total')).toHaveLength(2);
});

test('the stock engine tells of operations alone', async () => {
  const { url } = await start({ engine: 'apollo' });
  await send(url, crossing);
  expect(await read(url, 'freehold_operations_total', 'freehold_fetch_duration_seconds_count')).toEqual([
    'freehold_operations_total{kind="query",outcome="clean"} 1',
  ]);
});
