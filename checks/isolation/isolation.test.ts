import { spawn, type ChildProcess } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { checkCompose } from './check-compose.ts';
import { checkPorts } from './check-ports.ts';
import { checkEnvironments, listGatewayUrls, listShopProcesses } from './check-processes.ts';
import { checkSource } from './check-source.ts';
import { checkUrls, portOf } from './check-urls.ts';

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

test('a service whose name begins with that of another is told apart from it', async () => {
  const both = ['orders', 'orders-archive'];
  const compose = (networks: string, secret: string): string => `services:
  orders-archive-database: { networks: [orders-archive], volumes: ['orders-archive-secret:/s'] }
  orders-archive:
    networks: [orders-archive]
    environment: { ORDERS_ARCHIVE_DATABASE_URL_FILE: /s/url }
  orders: { networks: [${networks}], volumes: ['${secret}:/s'] }
`;
  await write('docker-compose.yml', compose('orders', 'orders-secret'));
  expect(await checkCompose(folder, both)).toEqual([]);
  await write('docker-compose.yml', compose('orders-archive', 'orders-archive-secret'));
  expect(names(await checkCompose(folder, both))).toEqual(['COMPOSE_NETWORK', 'COMPOSE_SECRET']);
});

describe('URLs', () => {
  test('of MongoDB with several hosts are read', () => {
    const breaches = checkUrls([
      { service: 'orders', url: 'mongodb://a:1@one.example:27017,two.example:27017/shop' },
      { service: 'reviews', url: 'mongodb://b:2@two.example/shop?replicaSet=rs0' },
    ]);
    expect(breaches).toMatchObject([
      { name: 'SHARED_DATABASE', what: expect.stringContaining('two.example') },
    ]);
  });

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

test('a port that is not named in the URL is that of the kind of database', () => {
  expect(portOf(new URL('postgres://a@127.0.0.1/a'))).toBe(5432);
  expect(portOf(new URL('mongodb://a@127.0.0.1/a'))).toBe(27_017);
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
