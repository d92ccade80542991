import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

import { MongoClient } from 'mongodb';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { readBudgets, type Budget, type Budgets } from '../../cli/budget/budgets-file.ts';
import { compareBudgets } from '../../cli/budget/compare-budgets.ts';
import { loadBudgetOperations } from '../../cli/budget/load-budget-operations.ts';
import { measureOperation } from '../../cli/budget/measure-operation.ts';
import { loadProject, type ProjectSubgraph } from '../../cli/project.ts';
import { signIn } from '../../cli/sign-in.ts';
import { measureShortest } from '../support/measure-shortest.ts';
import { findQuietPort } from '../support/quiet-port.ts';
import { ask, runFreehold, signInAs, startFreehold, type RunningCommand } from '../support/run-freehold.ts';

/** Counts, by the database itself, the statements that its service has sent so far. */
interface StatementCounter {
  readonly service: string;
  count(): Promise<number>;
  close(): Promise<void>;
}

// One shop for this file, whose databases count beside its services.
const project = await loadProject();
const operations = await loadBudgetOperations(project.root);
let dataFolder: string;
let shop: RunningCommand;
let url: string;
let counters: readonly StatementCounter[];

beforeAll(async () => {
  dataFolder = await mkdtemp(path.join(os.tmpdir(), 'freehold-truth-'));
  shop = startFreehold(['start', '--port', '0', '--data', dataFolder]);
  url = `${(await shop.ready).url}/graphql`;
  counters = await Promise.all(project.subgraphs.map(openCounter));
});

afterAll(async () => {
  await Promise.all((counters ?? []).map((counter) => counter.close()));
  shop.kill('SIGTERM');
  await shop.ended;
  await rm(dataFolder, { recursive: true, force: true });
});

async function openCounter({ name, database }: ProjectSubgraph): Promise<StatementCounter> {
  const file = path.join(dataFolder, name, 'running.json');
  const { ownerUrl } = JSON.parse(await readFile(file, 'utf8')) as { ownerUrl: string };
  return database === 'postgres' ? openPostgresCounter(name, ownerUrl) : openMongoCounter(name, ownerUrl);
}

async function openPostgresCounter(service: string, ownerUrl: string): Promise<StatementCounter> {
  const client = new Client({ connectionString: ownerUrl });
  await client.connect();
  return {
    service,
    async count() {
      // What the owner asks, and the probes for health, no request caused.
      const { rows } = await client.query<{ calls: string }>(
        `SELECT coalesce(sum(calls), 0) AS calls FROM pg_stat_statements
         WHERE userid <> (SELECT oid FROM pg_roles WHERE rolname = current_user)
           AND dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
           AND query NOT IN ('SELECT $1', 'SELECT 1')`,
      );
      return Number(rows[0]?.calls);
    },
    close: () => client.end(),
  };
}

async function openMongoCounter(service: string, ownerUrl: string): Promise<StatementCounter> {
  const client = await new MongoClient(ownerUrl).connect();
  const database = client.db();
  await database.command({ profile: 2 });
  return {
    service,
    // A command that a request caused carries its comment.
    count: () => database.collection('system.profile').countDocuments({ 'command.comment': /service=/ }),
    async close() {
      await database.command({ profile: 0 });
      await client.close();
    },
  };
}

async function countAll(): Promise<ReadonlyMap<string, number>> {
  return new Map(
    await Promise.all(counters.map(async (counter) => [counter.service, await counter.count()] as const)),
  );
}

/** Runs an operation: what explain tells of its statements, and what the databases saw meanwhile. */
async function measureTwice(name: string): Promise<{ told: Budget; seen: Record<string, number> }> {
  const operation = operations.find((entry) => entry.name === name);
  if (operation === undefined) throw new Error(`There is no operation ${name}`);
  const before = await countAll();
  const told = await measureOperation(url, operation, await signIn(project, operation.caller));
  const after = await countAll();
  const seen = [...after].map(([service, count]) => [service, count - (before.get(service) ?? 0)] as const);
  return { told, seen: Object.fromEntries(seen.filter(([, count]) => count > 0)) };
}

describe('explain tells the truth, and no operation needs more than its budget', () => {
  const measured: Record<string, Budget> = {};

  test.each(operations.map(({ name }) => name))(
    '%s: the databases saw the statements that explain tells',
    async (name) => {
      const { told, seen } = await measureTwice(name);
      measured[name] = told;
      const statements = Object.entries(told.statements).filter(([, count]) => count > 0);
      expect(Object.fromEntries(statements)).toEqual(seen);
    },
  );

  test('all operations are within operations/budgets.json', async () => {
    const budgets: Budgets = await readBudgets(project.root);
    const names = operations.map(({ name }) => name);
    const { over, unknown, left } = compareBudgets(measured, budgets, names);
    expect({ over, unknown, left }).toEqual({ over: [], unknown: [], left: [] });
  });
});

describe('a list of 50 products', () => {
  const query = `query List($first: NonNegativeInt!) { products(first: $first) { nodes { name inStock shippingEstimate { amount }
    rating { average } reviews(first: 3) { nodes { author { name orders(first: 2) { nodes { number } } } } } } } }`;

  test.each([1, 10, 50])(
    'costs one statement a fetch, with the rating in that of the reviews, with %d of them',
    async (first) => {
      const before = await countAll();
      const { extensions, errors } = await ask(
        url.replace('/graphql', ''),
        query,
        { first },
        { 'freehold-explain': '1', ...(await signInAs({ user: 'clerk', scopes: ['orders:read:all'] })) },
      );
      const after = await countAll();
      expect(errors).toBeUndefined();
      const seen = [...after].map(([service, count]) => [service, count - (before.get(service) ?? 0)]);
      expect(Object.fromEntries(seen)).toEqual({
        accounts: 1,
        catalog: 1,
        inventory: 1,
        orders: 1,
        reviews: 1,
      });
      expect(extensions.freehold.totals.statements).toBe(5);
    },
  );
});

describe('a statement that runs when its request is over', () => {
  /** Holds a lock on the orders, so that whoever reads them waits in the database. */
  async function lockOrders(): Promise<{ waiting(): Promise<number>; release(): Promise<void> }> {
    const file = path.join(dataFolder, 'orders', 'running.json');
    const { ownerUrl } = JSON.parse(await readFile(file, 'utf8')) as { ownerUrl: string };
    const [lock, watch] = [ownerUrl, ownerUrl].map((connectionString) => new Client({ connectionString }));
    await Promise.all([lock!.connect(), watch!.connect()]);
    await lock!.query('BEGIN; LOCK TABLE orders IN ACCESS EXCLUSIVE MODE');
    return {
      async waiting() {
        const { rows } = await watch!.query<{ count: number }>(
          `SELECT count(*)::int AS count FROM pg_stat_activity
           WHERE wait_event_type = 'Lock' AND query LIKE '%Waits\\_\\_orders%'`,
        );
        return rows[0]?.count ?? 0;
      },
      async release() {
        await lock!.query('ROLLBACK');
        await Promise.all([lock!.end(), watch!.end()]);
      },
    };
  }
  const query = 'query Waits { user(id: "user-1") { orders(first: 1) { nodes { number } } } }';

  test('is gone from the database within 200 ms after the client of the gateway left', async () => {
    const lock = await lockOrders();
    const headers = { 'content-type': 'application/json', ...(await signInAs({ user: 'user-1' })) };
    const leave = async (): Promise<number> => {
      const client = new AbortController();
      const answer = fetch(url, {
        method: 'POST',
        headers,
        body: JSON.stringify({ query }),
        signal: client.signal,
      });
      const ending = answer.then(
        () => 'answered',
        (error: Error) => error.name,
      );
      await expect.poll(() => lock.waiting(), { interval: 10 }).toBe(1);
      const left = performance.now();
      client.abort();
      expect(await ending).toBe('AbortError');
      await expect.poll(() => lock.waiting(), { interval: 10 }).toBe(0);
      return performance.now() - left;
    };
    try {
      expect(await measureShortest(200, leave)).toBeLessThan(200);
    } finally {
      await lock.release();
    }
  });
});

test('freehold explain prints the tree, and freehold budget says that all is well', async () => {
  const sample = path.join(project.root, 'operations', 'sample.graphql');
  const explained = await runFreehold(['explain', sample, '--url', url]);
  expect(explained).toMatchObject({ code: 0, stderr: '' });
  expect(explained.stdout).toMatch(/^query Sample {2}\d+ fetches, \d+ statements, [\d.]+ ms$/m);
  expect(explained.stdout).toMatch(/▪ Product\.rating, Product\.reviews/);
  expect(Math.max(...explained.stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(110);
  const own = path.join(project.root, 'operations', 'me.graphql');
  const signedIn = await runFreehold(['explain', own, '--url', url, '--user', 'user-1']);
  expect(signedIn).toMatchObject({ code: 0, stderr: '' });
  expect(signedIn.stdout).toMatch(/▪ User\.orders/);
  const budget = await runFreehold(['budget', '--url', url]);
  expect(budget).toMatchObject({ code: 0, stderr: '' });
  expect(budget.stdout).toContain('operations are within their budgets');
});

test('freehold explain says what is wrong', async () => {
  const missing = await runFreehold(['explain', 'no-such-file.graphql', '--url', url]);
  expect(missing).toMatchObject({
    code: 1,
    stderr: 'freehold: Cannot read the document no-such-file.graphql: ENOENT.\n',
  });
  const sample = path.join(project.root, 'operations', 'sample.graphql');
  const unused = `http://127.0.0.1:${await findQuietPort()}/graphql`;
  const unreachable = await runFreehold(['explain', sample, '--url', unused]);
  expect(unreachable.code).toBe(1);
  expect(unreachable.stderr).toContain(`No gateway answers at ${unused} (ECONNREFUSED).`);
  const list = path.join(project.root, 'operations', 'storefront', 'category-page.graphql');
  const malformed = await runFreehold(['explain', sample, '--url', '127.0.0.1:4000/graphql']);
  expect(malformed.code).not.toBe(0);
  expect(malformed.stderr).toContain('expected a URL such as http://127.0.0.1:4000/graphql.');
  const broken = path.join(dataFolder, 'broken.graphql');
  await writeFile(broken, 'query Broken {\n  product(id: \n}\n');
  const unreadable = await runFreehold(['explain', broken, '--url', url]);
  expect(unreadable.code).toBe(1);
  expect(unreadable.stderr).toMatch(/Syntax Error: .* \(line 3, column 1; GRAPHQL_PARSE_FAILED\)/);
  const withoutVariables = await runFreehold(['explain', list, '--url', url]);
  expect(withoutVariables.code).toBe(1);
  expect(withoutVariables.stderr).toContain('The operation was not run:');
});

test('freehold explain explains what was answered with errors, and does not end as if all were well', async () => {
  const own = path.join(project.root, 'operations', 'me.graphql');
  const nobody = await runFreehold(['explain', own, '--url', url]);
  expect(nobody.code).toBe(1);
  expect(nobody.stdout).toContain('0 fetches, 0 statements');
  expect(nobody.stderr).toMatch(/^The answer has errors:\n {2}me: /);
});
