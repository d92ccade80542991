import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

import { Client } from 'pg';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';

import type { RunningDatabase } from '../../databases/database.ts';
import { openDatabase } from '../../databases/open-database.ts';
import { tryCredentials } from './check-credentials.ts';
import { checkRoles } from './check-roles.ts';
import { isIsolated, printReport } from './report.ts';
import { runIsolation } from './run-isolation.ts';

const services = ['orders', 'reviews'];
const log = pino({ level: 'silent' });
let data: string;
let orders: RunningDatabase;
let reviews: RunningDatabase;
let databases: { service: string; url: string }[];

beforeAll(async () => {
  data = await mkdtemp(path.join(os.tmpdir(), 'freehold-isolation-data-'));
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

test('a URL that names its user and password in parameters is tried with those of the others', async () => {
  const plain = new URL(orders.url);
  const url = new URL(plain);
  url.searchParams.set('user', plain.username);
  url.searchParams.set('password', plain.password);
  url.username = '';
  url.password = '';
  const report = await runIsolation({
    root: data,
    services,
    databases: [
      { service: 'orders', url: url.href },
      { service: 'reviews', url: reviews.url },
    ],
    supervisorPid: undefined,
  });
  expect(report.attempts.map(({ outcome }) => outcome)).toEqual([
    'own',
    'refused',
    'refused',
    'refused',
    'own',
    'refused',
  ]);
  expect(report.breaches).toEqual([]);
});

test('everybody is let in to the own and refused by every other, and the report says so', async () => {
  const report = await runIsolation({ root: data, services, databases, supervisorPid: undefined });
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
  const report = await runIsolation({ root: data, services, databases: [], supervisorPid: undefined });
  expect(isIsolated(report)).toBe(true);
  expect(printReport(report)).not.toMatch(/^ {2}isolated$/m);
  expect(printReport(report)).toContain('no database was tried, so nothing says that they are isolated');
});

test('where one database was not tried, the others are not called isolated', async () => {
  const report = await runIsolation({
    root: data,
    services: [...services, 'catalog'],
    databases,
    supervisorPid: undefined,
  });
  expect(isIsolated(report)).toBe(false);
  expect(printReport(report)).toMatch(/^ {2}catalog +unknown *$/m);
});

test('a server that asks no password is a breach', async () => {
  const place = path.join(data, 'careless');
  const open = (): Promise<RunningDatabase> =>
    openDatabase({ service: 'careless', kind: 'postgres', folder: place, environment: {}, log });
  await (await open()).close();
  await writeFile(path.join(place, 'cluster', 'pg_hba.conf'), 'host all all 127.0.0.1/32 trust\n');
  const careless = await open();
  try {
    const attempts = await tryCredentials([{ service: 'careless', url: careless.url }], []);
    expect(attempts.map(({ who, outcome }) => `${who} ${outcome}`)).toEqual([
      'careless own',
      'gateway BREACH',
    ]);
  } finally {
    await careless.close();
  }
});

test('a user of MongoDB is sought where it is kept, also on a server that services share', async () => {
  const place = new URL(reviews.url);
  place.pathname = '/catalog';
  // It gets in as the user of reviews, and its own database is another one on the same server.
  const catalog = { service: 'catalog', url: place.href };
  const attempts = await tryCredentials([catalog, databases[1]!], []);
  expect(attempts.map(({ who, database, outcome }) => `${who} ${database} ${outcome}`)).toContain(
    'catalog reviews BREACH',
  );
  place.searchParams.delete('directConnection');
  place.pathname = '/reviews';
  const several = place.href.replace(place.host, `${place.host},127.0.0.1:1`);
  expect(await tryCredentials([{ service: 'reviews', url: several }], [])).toMatchObject([
    { who: 'reviews', outcome: 'own' },
    { who: 'gateway', outcome: 'refused' },
  ]);
});

test('a database that does not answer proves nothing, and is not called isolated', async () => {
  const gone = { service: 'orders', url: 'postgres://a:b@127.0.0.1:1/a' };
  const report = await runIsolation({
    root: data,
    services: ['orders'],
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
