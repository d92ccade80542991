import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { json } from 'node:stream/consumers';

import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { loadBudgetOperations } from './load-budget-operations.ts';
import { runBudget } from './run-budget.ts';

const project = {
  name: 'small',
  supergraph: 'supergraph.graphql',
  gateway: { port: 4000 },
  subgraphs: [{ name: 'books', database: 'postgres' }],
};
const oneEach = { fetches: { books: 1 }, statements: { books: 1 } };

let root: string;
let server: Server;
let url: string;
/** Operations that the gateway was asked, by the first word after their kind. */
let asked: string[];
let askedHeaders: unknown[];

beforeEach(async () => {
  root = await mkdtemp(path.join(os.tmpdir(), 'freehold-budget-'));
  await mkdir(path.join(root, 'operations'));
  await write('freehold.json', project);
  asked = [];
  askedHeaders = [];
  server = createServer((request, response) => {
    void json(request).then((body) => {
      const name = /\w+ (\w+)/.exec((body as { query: string }).query)?.[1] ?? '';
      asked.push(name);
      askedHeaders.push(request.headers['freehold-explain-token']);
      response.end(JSON.stringify(answerOf(name)));
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`;
  vi.spyOn(console, 'log').mockReturnValue();
});

afterEach(async () => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  server.closeAllConnections();
  server.close();
  await rm(root, { recursive: true });
});

/** What a gateway answers; a name says what becomes of its operation. */
function answerOf(name: string): object {
  if (name.startsWith('Invalid')) return { errors: [{ message: 'No such field.' }] };
  const services = { books: { fetches: 1, statements: 1 } };
  return {
    data: {},
    ...(name.startsWith('Failing') && { errors: [{ message: 'Books are closed.' }] }),
    extensions: { freehold: { version: 1, totals: { services } } },
  };
}

async function write(file: string, content: string | object): Promise<void> {
  const text = typeof content === 'string' ? content : JSON.stringify(content);
  await writeFile(path.join(root, file), text);
}

const run = (options: { readonly isUpdate?: boolean; readonly withMutations?: boolean } = {}) =>
  runBudget({ isUpdate: false, withMutations: false, url, headers: {}, ...options }, root);

test('operations that cannot be measured are told together, by their names, beside what the others need', async () => {
  await write('operations/a.graphql', 'query Failing { a }');
  await write('operations/b.graphql', 'query Invalid { a }');
  await write('operations/c.graphql', 'query Large { a }');
  await write('operations/budgets.json', { Large: { fetches: {}, statements: {} } });
  const failure = (await run().then(
    () => undefined,
    (error: Error) => error,
  ))!;
  expect(failure.name).toBe('BudgetError');
  expect(failure.message).toContain('Failing (operations/a.graphql) was answered with errors');
  expect(failure.message).toContain('Books are closed.');
  expect(failure.message).toContain('Invalid (operations/b.graphql): The operation was not run:\n  No such');
  expect(failure.message).toMatch(/Large +books +> 1/);
});

test('an update writes what could be measured, keeps the rest, and fails', async () => {
  await write('operations/a.graphql', 'query Failing { a }');
  await write('operations/b.graphql', 'query Small { a }');
  const old = { fetches: { books: 7 }, statements: {} };
  await write('operations/budgets.json', { Failing: old });
  await expect(run({ isUpdate: true })).rejects.toThrow('Failing (operations/a.graphql)');
  const written = await readFile(path.join(root, 'operations/budgets.json'), 'utf8');
  expect(JSON.parse(written)).toEqual({ Failing: old, Small: oneEach });
});

test('a gateway that does not answer is told once', async () => {
  await write('operations/a.graphql', 'query One { a }');
  await write('operations/b.graphql', 'query Two { a }');
  await new Promise((resolve) => server.close(resolve));
  const failure = await run().catch((error: Error) => error.message);
  expect(failure).toMatch(/^No gateway answers at /);
});

test('budgets that cannot be read are told before anything is run', async () => {
  await write('operations/a.graphql', 'mutation Buy { a }');
  await write('operations/budgets.json', { Buy: [] });
  await expect(run({ withMutations: true })).rejects.toThrow('cannot be used');
  expect(asked).toEqual([]);
});

test('a mutation without a budget is told, also where mutations are not run', async () => {
  await write('operations/a.graphql', 'mutation Buy { a }');
  await write('operations/b.graphql', 'query Small { a }');
  await write('operations/budgets.json', { Small: oneEach });
  await expect(run()).rejects.toThrow(
    'Operations without a budget: Buy.\nIf that is meant: npx freehold budget --update --mutations',
  );
  expect(asked).toEqual(['Small']);
});

test('the secret of those who may ask in production goes along', async () => {
  vi.stubEnv('FREEHOLD_EXPLAIN_TOKEN', 'a secret');
  await write('operations/a.graphql', 'query Small { a }');
  await write('operations/budgets.json', { Small: oneEach });
  await run();
  expect(askedHeaders).toEqual(['a secret']);
});

test('a document goes before the manifest, which tells what it was when it was published', async () => {
  await write('operations/a.graphql', 'query Small { a }');
  await write('operations/manifest.json', {
    format: 'apollo-persisted-query-manifest',
    version: 1,
    operations: [
      { id: '1', name: 'Small', type: 'query', body: 'query Small { a b }' },
      { id: '2', name: 'Other', type: 'query', body: 'query Other { b }' },
    ],
  });
  const operations = await loadBudgetOperations(root);
  expect(operations.map(({ name, file }) => [name, file])).toEqual([
    ['Small', 'operations/a.graphql'],
    ['Other', 'operations/manifest.json'],
  ]);
});

test('two documents with operations of one name are told with their files', async () => {
  await write('operations/a.graphql', 'query Small { a }');
  await write('operations/b.graphql', 'query Small { b }');
  await expect(loadBudgetOperations(root)).rejects.toThrow(
    'Two operations are named Small, in operations/a.graphql and operations/b.graphql',
  );
});
