import { spawn, type ChildProcess } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';

import { Client } from 'pg';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';

import type { RunningDatabase } from '../../databases/database.ts';
import { openDatabase } from '../../databases/open-database.ts';
import { checkCompose } from './check-compose.ts';
import { tryCredentials } from './check-credentials.ts';
import { checkPorts } from './check-ports.ts';
import { checkEnvironments, listGatewayUrls, listShopProcesses } from './check-processes.ts';
import { checkRoles } from './check-roles.ts';
import { checkSource } from './check-source.ts';
import { checkUrls } from './check-urls.ts';
import { isIsolated, printReport } from './report.ts';
import { runIsolation } from './run-isolation.ts';

const projectRoot = path.resolve(import.meta.dirname, '../..');
const shop = ['accounts', 'catalog', 'inventory', 'orders', 'reviews'];
const services = ['orders', 'reviews'];
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'freehold-isolation-'));
});

afterEach(() => rm(folder, { recursive: true }));

async function write(file: string, text: string): Promise<void> {
  await mkdir(path.dirname(path.join(folder, file)), { recursive: true });
  await writeFile(path.join(folder, file), text);
}

const names = (breaches: readonly { readonly name: string }[]): string[] => breaches.map(({ name }) => name);

test("this project's source and containers are isolated", async () => {
  expect(await checkSource(projectRoot, shop)).toEqual([]);
  expect(await checkCompose(projectRoot, shop)).toEqual([]);
});

describe('a break in the source is found by name', () => {
  const breaks: readonly [what: string, file: string, text: string, name: string][] = [
    [
      'an import of queries',
      'subgraphs/orders/a.ts',
      "import { q } from '../reviews/queries.ts';",
      'FOREIGN_IMPORT',
    ],
    ['a dynamic import', 'subgraphs/orders/a.ts', "await import('../reviews/x.ts')", 'FOREIGN_IMPORT'],
    ['an export from', 'prisma/orders/seed.ts', "export * from '../reviews/seed.ts';", 'FOREIGN_IMPORT'],
    [
      "another's client",
      'subgraphs/orders/a.ts',
      "import type { P } from '../../prisma/reviews/client/client.ts'",
      'FOREIGN_IMPORT',
    ],
    ["another's variable", 'subgraphs/orders/a.ts', 'process.env.REVIEWS_DATABASE_URL', 'FOREIGN_VARIABLE'],
    ['a database client in the gateway', 'gateway/x.ts', "import { Pool } from 'pg';", 'FOREIGN_CLIENT'],
  ];
  test.each(breaks)('%s', async (_what, file, text, name) => {
    await write(file, text);
    expect(names(await checkSource(folder, services))).toEqual([name]);
  });

  test('what is its own is no break', async () => {
    await write(
      'subgraphs/orders/a.ts',
      "import '../kit/x.ts'; import '../../prisma/orders/client/client.ts';",
    );
    expect(await checkSource(folder, services)).toEqual([]);
  });
});

describe('a break in docker-compose.yml is found by name', () => {
  const breaks: readonly [what: string, from: string, to: string, name: string][] = [
    [
      "the gateway in a database's network",
      'networks: [edge, services]',
      'networks: [edge, services, orders]',
      'COMPOSE_NETWORK',
    ],
    [
      "a service in another's network",
      'networks: [services, orders]',
      'networks: [services, orders, reviews]',
      'COMPOSE_NETWORK',
    ],
    [
      "a database's port",
      '      SERVICE: orders\n',
      "      SERVICE: orders\n    ports: ['5432:5432']\n",
      'COMPOSE_PORT',
    ],
    [
      "another's secret",
      '      - orders-secret:/secrets/service:ro\n    networks: [services',
      '      - reviews-secret:/secrets/service:ro\n    networks: [services',
      'COMPOSE_SECRET',
    ],
    [
      "another's variable",
      'ORDERS_DATABASE_URL_FILE: /secrets/service/url',
      'REVIEWS_DATABASE_URL_FILE: /secrets/service/url',
      'COMPOSE_ENVIRONMENT',
    ],
    [
      'a password in the file',
      'ORDERS_DATABASE_URL_FILE: /secrets/service/url',
      'ORDERS_DATABASE_URL: postgres://o:secret@db/o',
      'COMPOSE_ENVIRONMENT',
    ],
  ];
  test.each(breaks)('%s', async (_what, from, to, name) => {
    await cp(path.join(projectRoot, 'docker-compose.yml'), path.join(folder, 'docker-compose.yml'));
    const text = await readFile(path.join(folder, 'docker-compose.yml'), 'utf8');
    expect(text).toContain(from);
    await write('docker-compose.yml', text.replace(from, to));
    expect(new Set(names(await checkCompose(folder, shop)))).toEqual(new Set([name]));
  });
});

describe('URLs', () => {
  test('that point two services at one database are found, whatever they call this machine', () => {
    const breaches = checkUrls([
      { service: 'orders', url: 'postgres://a:1@localhost:5432/shop' },
      { service: 'reviews', url: 'postgres://b:2@127.0.0.1/shop' },
    ]);
    expect(names(breaches)).toEqual(['SHARED_DATABASE']);
  });

  test('with one password for two services are found', () => {
    const breaches = checkUrls([
      { service: 'orders', url: 'postgres://a:same@localhost:5432/a' },
      { service: 'reviews', url: 'mongodb://b:same@localhost:27017/b' },
    ]);
    expect(names(breaches)).toEqual(['SHARED_CREDENTIALS']);
  });
});

test('a port that listens on all interfaces is found', async () => {
  const listen = (host: string): Promise<Server> =>
    new Promise((resolve) => {
      const server = createServer().listen(0, host, () => resolve(server));
    });
  const servers = [await listen('0.0.0.0'), await listen('127.0.0.1')];
  const [open, shut] = servers.map((server) => (server.address() as AddressInfo).port);
  const breaches = await checkPorts([
    { service: 'orders', url: `postgres://a@127.0.0.1:${open}/a` },
    { service: 'reviews', url: `postgres://a@127.0.0.1:${shut}/a` },
  ]);
  expect(breaches).toMatchObject([{ name: 'PUBLIC_PORT', where: 'the database of orders' }]);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
});

describe('what a process holds', () => {
  const databases = [
    { service: 'orders', url: 'postgres://orders:orders-password@127.0.0.1:5001/orders' },
    { service: 'reviews', url: 'mongodb://reviews:reviews-password@127.0.0.1:5002/reviews' },
  ];
  const children: ChildProcess[] = [];
  afterEach(() => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
  });

  async function run(words: readonly string[], environment: Record<string, string>) {
    const script = "process.stdout.write('up'); setInterval(() => {}, 1000)";
    const child = spawn(process.execPath, ['-e', script, ...words], { env: environment });
    children.push(child);
    await new Promise((resolve) => child.stdout.once('data', resolve));
    const found = await listShopProcesses(process.pid, services);
    return found.filter(({ pid }) => pid === child.pid);
  }

  const breaks: readonly [what: string, words: string[], environment: Record<string, string>][] = [
    ["another's URL", ['service', 'orders'], { X: 'mongodb://x@localhost:5002/reviews' }],
    ["another's password", ['service', 'orders'], { NOTE: 'it is reviews-password' }],
    ['the way of the owner', ['service', 'orders'], { ORDERS_DATABASE_OWNER_URL: 'postgres://o@h/d' }],
    ["the gateway's keys", ['service', 'orders'], { FREEHOLD_SIGNING_KEYS: 'k:x' }],
    ['any database, in the gateway', ['gateway'], { ORDERS_DATABASE_URL: databases[0]!.url }],
  ];
  test.each(breaks)('is found: %s', async (_what, words, environment) => {
    const breaches = checkEnvironments(await run(words, environment), databases);
    expect(names(breaches)).toEqual(['ENVIRONMENT_LEAK']);
    expect(JSON.stringify(breaches)).not.toContain('-password');
  });

  test('is no break when it is its own', async () => {
    const processes = await run(['service', 'orders'], { ORDERS_DATABASE_URL: databases[0]!.url });
    expect(processes).toHaveLength(1);
    expect(checkEnvironments(processes, databases)).toEqual([]);
    expect(listGatewayUrls(processes)).toEqual([]);
  });
});

describe('on running databases', () => {
  let data: string;
  let orders: RunningDatabase;
  let reviews: RunningDatabase;
  let databases: { service: string; url: string }[];

  beforeAll(async () => {
    data = await mkdtemp(path.join(os.tmpdir(), 'freehold-isolation-data-'));
    const log = pino({ level: 'silent' });
    const open = (service: string, kind: 'postgres' | 'mongo'): Promise<RunningDatabase> =>
      openDatabase({ service, kind, folder: path.join(data, service), environment: {}, log });
    [orders, reviews] = await Promise.all([open('orders', 'postgres'), open('reviews', 'mongo')]);
    databases = [
      { service: 'orders', url: orders.url },
      { service: 'reviews', url: reviews.url },
    ];
  });

  afterAll(async () => {
    await Promise.all([orders.close(), reviews.close()]);
    await rm(data, { recursive: true });
  });

  async function asOwner(statement: string): Promise<void> {
    const client = new Client({ connectionString: orders.ownerUrl });
    await client.connect();
    await client.query(statement);
    await client.end();
  }

  test('everybody is let in to the own and refused by every other, and the report says so', async () => {
    const report = await runIsolation({ root: folder, services, databases, supervisorPid: undefined });
    expect(report.attempts.map(({ who, database, outcome }) => `${who} ${database} ${outcome}`)).toEqual([
      'orders orders own',
      'reviews orders refused',
      'gateway orders refused',
      'orders reviews refused',
      'reviews reviews own',
      'gateway reviews refused',
    ]);
    expect(report.breaches).toEqual([]);
    expect(isIsolated(report)).toBe(true);
    expect(printReport(report)).toMatch(/^ {2}isolated$/m);
  });

  test('credentials that open a database of another are a breach', async () => {
    const shared = { service: 'reviews', url: orders.url };
    const attempts = await tryCredentials([databases[0]!, shared], [orders.ownerUrl]);
    expect(attempts.filter(({ outcome }) => outcome === 'BREACH').map(({ who }) => who)).toEqual([
      'reviews',
      'gateway',
      'orders',
      'gateway',
    ]);
  });

  test('where no database was tried, nothing is called isolated', async () => {
    const report = await runIsolation({ root: folder, services, databases: [], supervisorPid: undefined });
    expect(isIsolated(report)).toBe(true);
    expect(printReport(report)).not.toMatch(/^ {2}isolated$/m);
    expect(printReport(report)).toContain('no database was tried, so nothing says that they are isolated');
  });

  test('a database that does not answer proves nothing, and is not called isolated', async () => {
    const gone = { service: 'orders', url: 'postgres://a:b@127.0.0.1:1/a' };
    const report = await runIsolation({
      root: folder,
      services,
      databases: [gone],
      supervisorPid: undefined,
    });
    expect(isIsolated(report)).toBe(false);
    expect(report.attempts.map(({ outcome }) => outcome)).toEqual(['unknown', 'unknown']);
  });

  test('a role that may change the schema, owns tables or has a strong role is found', async () => {
    const role = decodeURIComponent(new URL(orders.url).username);
    expect(await checkRoles(databases)).toEqual([]);
    await asOwner(`GRANT CREATE ON SCHEMA public TO "${role}"`);
    expect(await checkRoles(databases)).toMatchObject([
      { name: 'ROLE_TOO_STRONG', what: expect.stringContaining('make tables') as string },
    ]);
    await asOwner(`REVOKE CREATE ON SCHEMA public FROM "${role}"`);
    const owners = [
      { service: 'orders', url: orders.ownerUrl },
      { service: 'reviews', url: reviews.ownerUrl },
    ];
    const found = await checkRoles(owners);
    expect(found.map(({ where }) => where)).toEqual(expect.arrayContaining(['orders', 'reviews']));
    expect(found.map(({ what }) => what).join()).toContain('may make databases');
  });
});
