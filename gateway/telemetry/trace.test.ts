import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';

import { composeSubgraphs } from '../../tests/support/compose-subgraphs.ts';
import { ask } from '../../tests/support/run-freehold.ts';
import { startSubgraphHost, type SubgraphHost } from '../../tests/support/subgraph-host.ts';
import { ConfigError, type GatewayConfigInput } from '../config/gateway-config.ts';
import { listen, type ListeningGateway } from '../http/listen.ts';
import { createGateway } from '../index.ts';
import { describeSkipped } from './describe-fetch.ts';
import type { TraceReport } from './trace-report.ts';

const link =
  'extend schema @link(url: "https://specs.apollo.dev/federation/v2.7", import: ["@key", "@requires", "@external"])';
const sdlByName = {
  books: `${link} type Query { books: [Book!]! } type Book @key(fields: "id") { id: ID! title: String pages: Int }`,
  post: `${link} type Book @key(fields: "id") { id: ID! pages: Int @external postage: Int @requires(fields: "pages") }`,
  stars: `${link} type Book @key(fields: "id") { id: ID! stars: Int next: Book }`,
};
const books = [
  { id: '1', title: 'Emma', pages: 400, postage: 4, stars: 5 },
  { id: '2', title: 'Ulysses', pages: 800, postage: 8, stars: 3 },
];
const explain = { 'freehold-explain': '1' };
const query = 'query Shelf { books { name: title postage stars } }';

let folder: string;
let subgraphs: SubgraphHost;
let supergraphFile: string;
const open: ListeningGateway[] = [];

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'freehold-trace-'));
  subgraphs = await startSubgraphHost(sdlByName);
  supergraphFile = path.join(folder, 'supergraph.graphql');
  await writeFile(supergraphFile, composeSubgraphs(sdlByName, subgraphs.urls));
});

afterEach(async () => {
  subgraphs.interfere(undefined);
  await Promise.all(open.splice(0).map((gateway) => gateway.stop()));
});

afterAll(async () => {
  await subgraphs?.close();
  await rm(folder, { recursive: true });
});

async function start(input: Partial<GatewayConfigInput> = {}): Promise<string> {
  subgraphs.load({ books: { Query: { books }, Book: books }, post: { Book: books }, stars: { Book: books } });
  const gateway = await createGateway(
    { supergraphFile, port: 0, watchSupergraph: false, ...input },
    pino({ level: 'silent' }),
  );
  const listening = await listen(gateway, pino({ level: 'silent' }));
  open.push(listening);
  return listening.url;
}

async function askReport(url: string, headers: Record<string, string> = explain): Promise<TraceReport> {
  const { data, extensions } = await ask(url, query, {}, headers);
  expect(data.books).toEqual(books.map(({ title, postage, stars }) => ({ name: title, postage, stars })));
  return extensions?.freehold;
}

describe('a traced operation', () => {
  test('tells each fetch with what it waited for, asked for and served', async () => {
    const report = await askReport(await start());
    expect(report).toMatchObject({
      version: 1,
      operation: { kind: 'query', name: 'Shelf' },
      plan: { isCached: false, steps: 3, skipped: [] },
      totals: { fetches: 3, statements: 0, services: { books: { fetches: 1, statements: null } } },
    });
    const [first, ...others] = report.fetches;
    expect(first).toMatchObject({
      service: 'books',
      kind: 'root',
      after: [],
      attempts: 1,
      status: 200,
      error: null,
      representations: null,
      paths: [],
      // The pages are for the postage, and nobody asked for them.
      fields: ['books', 'books.name'],
      statements: null,
    });
    expect(others.map(({ service, kind, after }) => ({ service, kind, after }))).toEqual(
      expect.arrayContaining([
        { service: 'post', kind: 'entities', after: [0] },
        { service: 'stars', kind: 'entities', after: [0] },
      ]),
    );
    expect(others.find(({ service }) => service === 'stars')).toMatchObject({
      representations: 2,
      paths: ['books'],
      fields: ['books.stars'],
    });
  });

  test('has times that fit into one another', async () => {
    const report = await askReport(await start());
    for (const { startMs, waitMs, workMs } of report.fetches) {
      expect(Math.min(startMs, waitMs, workMs)).toBeGreaterThanOrEqual(0);
      expect(startMs + waitMs + workMs).toBeLessThanOrEqual(report.totals.durationMs);
    }
    const [first, second] = report.fetches;
    expect(second?.startMs).toBeGreaterThanOrEqual((first?.startMs ?? 0) + (first?.workMs ?? 0));
  });

  test('lays the statements that a service tells into its working time', async () => {
    const url = await start();
    const statement = { cause: 'Book', text: 'SELECT 1', batchSize: 2, rows: 2, startMs: 0, durationMs: 0.5 };
    subgraphs.interfere(async ({ subgraph }, response, answer) => {
      if (subgraph !== 'stars') return false;
      const freehold = { requestMs: 0.5, statements: [statement, 'nonsense'] };
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ ...JSON.parse(await answer()), extensions: { freehold } }));
      return true;
    });
    const report = await askReport(url);
    const fetch = report.fetches.find(({ service }) => service === 'stars');
    const [told, unreadable] = fetch?.statements ?? [];
    expect(told).toMatchObject({ cause: 'Book', text: 'SELECT 1', batchSize: 2, rows: 2, waitMs: 0 });
    expect(told?.startMs).toBeGreaterThan(fetch?.startMs ?? 0);
    expect(unreadable).toMatchObject({ cause: '', rows: null });
    expect(report.totals).toMatchObject({ statements: 2, rows: 2, services: { stars: { statements: 2 } } });
  });

  test('counts the statements that a service sent, also those that it does not tell of', async () => {
    const url = await start();
    const statement = { cause: 'Book', text: 'SELECT 1', rows: 1, durationMs: 0.5 };
    subgraphs.interfere(async ({ subgraph }, response, answer) => {
      if (subgraph === 'books') return false;
      const freehold =
        subgraph === 'stars'
          ? { statementCount: 5000, statements: Array.from({ length: 1000 }, () => statement) }
          : { statements: Array.from({ length: 1200 }, () => statement) };
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ ...JSON.parse(await answer()), extensions: { freehold } }));
      return true;
    });
    const { fetches, totals } = await askReport(url);
    const counts = fetches.map(({ service, statements, statementCount }) => [
      service,
      [statements?.length, statementCount],
    ]);
    expect(Object.fromEntries(counts)).toEqual({
      books: [undefined, null],
      post: [1000, 1200],
      stars: [1000, 5000],
    });
    expect(totals).toMatchObject({
      statements: 6200,
      services: { post: { statements: 1200 }, stars: { statements: 5000 } },
    });
  });

  test('tells a fetch that failed, and those that had nothing to ask', async () => {
    const url = await start();
    subgraphs.interfere(({ subgraph }, response) => {
      if (subgraph !== 'books') return false;
      response.writeHead(500).end('broken');
      return true;
    });
    const { extensions } = await ask(url, query, {}, explain);
    expect(extensions.freehold.fetches).toMatchObject([
      { service: 'books', status: 500, error: 'SUBGRAPH_BAD_STATUS' },
    ]);
    const { skipped } = extensions.freehold.plan;
    expect(skipped).toHaveLength(2);
    expect(skipped).toContainEqual(
      expect.objectContaining({ service: 'stars', known: 0, paths: ['books'], fields: ['books.stars'] }),
    );
    expect(describeSkipped(skipped[0])).toBe('there was no entity to ask for');
  });

  test('tells why a fetch of the plan was not sent: its service had told the same before', async () => {
    const url = await start();
    const rings = books.map((book, index) => ({ ...book, next: { id: books[1 - index]?.id } }));
    subgraphs.load({ books: { Query: { books }, Book: books }, post: {}, stars: { Book: rings } });
    const { data, extensions } = await ask(url, '{ books { title next { title } } }', {}, explain);
    expect(data.books[0]).toEqual({ title: 'Emma', next: { title: 'Ulysses' } });
    const { plan, fetches } = extensions.freehold as TraceReport;
    expect(fetches).toHaveLength(2);
    expect(plan.skipped).toEqual([
      { id: 2, service: 'books', known: 2, paths: ['books.next'], fields: ['books.next.title'] },
    ]);
    expect(plan.skipped.map(describeSkipped)).toEqual([
      'books had told the same of all 2 objects before, in this query',
    ]);
  });

  test('knows when the plan was there already', async () => {
    const url = await start();
    await askReport(url);
    expect((await askReport(url)).plan.isCached).toBe(true);
  });

  test('shares no request with others', async () => {
    const url = await start();
    await Promise.all([askReport(url), askReport(url), askReport(url)]);
    expect(subgraphs.requests.filter(({ subgraph }) => subgraph === 'books')).toHaveLength(3);
  });
});

test('each operation of a batch tells of itself alone', async () => {
  const url = await start({ batchMax: 2 });
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...explain },
    body: JSON.stringify([{ query }, { query: 'query Titles { books { title } }' }]),
  });
  const answers = (await response.json()) as { extensions: { freehold: TraceReport } }[];
  const reports = answers.map(({ extensions }) => extensions.freehold);
  expect(
    reports.map(({ operation, fetches, totals }) => [operation.name, fetches.length, totals.fetches]),
  ).toEqual([
    ['Shelf', 3, 3],
    ['Titles', 1, 1],
  ]);
  expect(reports[1]?.fetches).toMatchObject([{ service: 'books', fields: ['books', 'books.title'] }]);
});

describe('who may ask for a trace', () => {
  const explainToken = 'a secret of some length';

  test('in production nobody, where no token is configured', async () => {
    const url = await start({ mode: 'production' });
    expect(await askReport(url)).toBeUndefined();
    expect(subgraphs.requests.filter(({ headers }) => headers['freehold-explain'])).toEqual([]);
  });

  test('in production who has the token', async () => {
    const url = await start({ mode: 'production', explainToken });
    expect(await askReport(url)).toBeUndefined();
    expect(await askReport(url, { ...explain, 'freehold-explain-token': 'another' })).toBeUndefined();
    const report = await askReport(url, { ...explain, 'freehold-explain-token': explainToken });
    expect(report.fetches).toHaveLength(3);
    expect(subgraphs.requests.filter(({ headers }) => headers['freehold-explain-token'])).toEqual([]);
  });

  test('never through forwarded headers', async () => {
    const refused = createGateway(
      { supergraphFile, forwardHeaders: ['freehold-explain'] },
      pino({ level: 'silent' }),
    );
    await expect(refused).rejects.toThrow(ConfigError);
  });
});

test('an operation that nobody asked about has no extensions, and its time left goes to every subgraph', async () => {
  const url = await start({ requestTimeoutMs: 60_000, subgraphTimeoutMs: 90_000 });
  const answer = await ask(url, query);
  expect(answer.extensions).toBeUndefined();
  for (const { headers } of subgraphs.requests) {
    expect(headers['freehold-explain']).toBeUndefined();
    // Up to a second more, for those who share the request.
    expect(Number(headers['freehold-deadline-ms'])).toBeGreaterThan(1000);
    expect(Number(headers['freehold-deadline-ms'])).toBeLessThanOrEqual(61_000);
  }
});
