import { cp, mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

import { parseSync } from 'oxc-parser';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { parse } from 'yaml';

import { applyMigrations, diagnoseMigrations } from '../../databases/migrations/migrate-database.ts';
import { openDatabase } from '../../databases/open-database.ts';
import { findProjectRoot } from '../../gateway/project-root.ts';
import { loadProject, ProjectError } from '../project.ts';
import { runNewSubgraph } from './run-new-subgraph.ts';
import { nameParts } from './service-names.ts';

const log = pino({ level: 'silent' });
const composeFiles = ['docker-compose.yml', 'docker-compose.development-mongo.yml'];
let root: string;

// The shop as far as a new service meets it.
beforeEach(async () => {
  root = await mkdtemp(path.join(os.tmpdir(), 'freehold-new-'));
  const shop = findProjectRoot();
  for (const file of [
    'freehold.json',
    'supergraph.graphql',
    '.prettierrc.json',
    'operations/budgets.json',
    ...composeFiles,
  ]) {
    await mkdir(path.dirname(path.join(root, file)), { recursive: true });
    await cp(path.join(shop, file), path.join(root, file));
  }
  for (const { name, schemaFile } of (await loadProject()).subgraphs)
    await cp(schemaFile, path.join(root, 'subgraphs', name, 'schema.graphql'));
  vi.spyOn(console, 'log').mockImplementation(() => {});
});

afterEach(async () => {
  vi.restoreAllMocks();
  await rm(root, { recursive: true, force: true });
});

test.each([
  ['gift-cards', undefined, { type: 'GiftCard', one: 'giftCard', many: 'giftCards', table: 'gift_cards' }],
  ['categories', undefined, { type: 'Category', one: 'category', many: 'categories', table: 'categories' }],
  ['press', undefined, { type: 'Press', one: 'press', many: 'presses', types: 'Presses' }],
  ['loyalty', 'Badge', { type: 'Badge', one: 'badge', many: 'badges', table: 'badges' }],
])('the parts of %s are named after it', (service, type, names) => {
  expect(nameParts(service, type)).toMatchObject({ service, ...names });
});

describe.each(['postgres', 'mongo'] as const)('a new service on %s', (database) => {
  test('joins the project and the graph, with a budget, and its sources are TypeScript', async () => {
    await runNewSubgraph({ name: 'gift-cards', database, type: undefined, root });
    const project = await loadProject(root);
    expect(project.subgraphs.at(-1)).toMatchObject({ name: 'gift-cards', database });
    const supergraph = await readFile(project.supergraphFile, 'utf8');
    expect(supergraph).toContain('type GiftCard');
    expect(supergraph).toContain('giftCards(first: Int! = 20): [GiftCard!]!');
    const budgets = JSON.parse(await readFile(path.join(root, 'operations/budgets.json'), 'utf8')) as object;
    expect(budgets).toHaveProperty('GiftCardList', {
      fetches: { 'gift-cards': 1 },
      statements: { 'gift-cards': 1 },
    });
    const folder = path.join(root, 'subgraphs/gift-cards');
    const sources = (await readdir(folder)).filter((file) => file.endsWith('.ts'));
    expect(sources).toHaveLength(4);
    for (const file of sources)
      expect(parseSync(file, await readFile(path.join(folder, file), 'utf8')).errors).toEqual([]);
  });

  test('gets containers beside the others, whose lines stay as they are', async () => {
    await runNewSubgraph({ name: 'gift-cards', database, type: undefined, root });
    for (const file of composeFiles) {
      const before = await readFile(path.join(findProjectRoot(), file), 'utf8');
      const after = await readFile(path.join(root, file), 'utf8');
      const kept = after.split('\n').filter((line) => before.includes(line));
      expect(before.split('\n').filter((line) => !kept.includes(line))).toEqual([]);
    }
    const text = await readFile(path.join(root, 'docker-compose.yml'), 'utf8');
    const { services, networks, volumes } = parse(text, { merge: true });
    expect(services.gateway.depends_on['gift-cards']).toEqual({ condition: 'service_healthy' });
    expect(services.secrets.volumes).toContain('gift-cards-owner:/secrets/gift-cards/owner');
    expect(services['gift-cards']).toMatchObject({
      image: 'freehold',
      environment: { GIFT_CARDS_DATABASE_URL_FILE: '/secrets/service/url' },
      networks: ['services', 'gift-cards'],
    });
    expect(services['gift-cards-database']).toMatchObject({
      image: services[database === 'mongo' ? 'reviews-database' : 'orders-database'].image,
      environment: { SERVICE: 'gift-cards' },
      networks: ['gift-cards'],
    });
    expect(networks['gift-cards']).toEqual({ internal: true });
    expect(Object.keys(volumes)).toEqual(expect.arrayContaining(['gift-cards-data', 'gift-cards-secret']));
  });

  test('has a migration that makes what its schema declares', async () => {
    await runNewSubgraph({ name: 'gift-cards', database, type: undefined, root });
    const opened = await openDatabase({
      service: 'gift-cards',
      kind: database,
      folder: path.join(root, 'database'),
      environment: {},
      log,
    });
    try {
      const migration = {
        service: 'gift-cards',
        kind: database,
        folder: path.join(root, 'prisma/gift-cards'),
        ownerUrl: opened.ownerUrl,
        log,
      };
      await applyMigrations(migration);
      expect(await diagnoseMigrations(migration)).toMatchObject({ pending: [], undeclared: undefined });
    } finally {
      await opened.close();
    }
  });
});

test('a service whose name begins with that of another keeps its containers to itself', async () => {
  await runNewSubgraph({ name: 'accounts-archive', database: 'postgres', type: undefined, root });
  await runNewSubgraph({ name: 'gift-cards', database: 'postgres', type: undefined, root });
  const text = await readFile(path.join(root, 'docker-compose.yml'), 'utf8');
  const { services, networks, volumes } = parse(text, { merge: true });
  const names = [services, networks, volumes].flatMap((part: object) => Object.keys(part));
  expect(names.filter((name) => name.startsWith('gift-cards'))).toEqual([
    'gift-cards',
    'gift-cards-prepare',
    'gift-cards-database',
    'gift-cards',
    'gift-cards-data',
    'gift-cards-owner',
    'gift-cards-secret',
  ]);
});

test.each([
  ['orders', undefined, '"orders" is already the name'],
  ['Gift Cards', undefined, 'expected lower-case words'],
  ['3d-prints', undefined, 'beginning with a letter'],
  ['people', 'User', 'The graph has a root field user already; choose another name with --entity.'],
  ['prices', 'Money', 'The graph has a type Money already; choose another with --entity.'],
  ['texts', 'String', 'GraphQL has a type String of its own; choose another with --entity.'],
  ['events', 'Subscription', 'GraphQL has a type Subscription of its own; choose another with --entity.'],
  ['clients', 'PrismaClient', 'Prisma has a PrismaClient of its own; choose another with --entity.'],
  ['amounts', 'Decimal', 'Prisma has a Decimal of its own; choose another with --entity.'],
  ['seed-runs', undefined, 'keeps its runs of sample data in seed_runs; choose another with --entity.'],
  ['steps', 'Then', 'may have a then of its own; choose another with --entity.'],
  ['builders', 'Constructor', 'may have a constructor of its own; choose another with --entity.'],
  ['kit', 'Tool', 'subgraphs/kit is there already; expected a name that nothing bears.'],
  ['gateway', 'Way', 'docker-compose.yml has gateway already'],
  ['orders-database', 'Row', 'docker-compose.yml has orders-database already'],
  ['default', 'Preset', 'docker-compose.yml has default already'],
  ['user', 'Person', 'user is a reserved word of PostgreSQL; expected a name for a database.'],
  ['postgres', 'Row', 'Every server has a database postgres of its own'],
  ['pg-notes', undefined, 'PostgreSQL keeps names that begin with "pg_"'],
  ['letters', 'A'.repeat(40), 'has 80 characters; expected at most 58.'],
])('the name %s with the type %s is refused, and nothing is written', async (name, type, message) => {
  await mkdir(path.join(root, 'subgraphs/kit'), { recursive: true });
  const before = await readdir(root, { recursive: true });
  const refused = runNewSubgraph({ name, database: 'postgres', type, root });
  await expect(refused).rejects.toThrow(ProjectError);
  await expect(refused).rejects.toThrow(message);
  expect(await readdir(root, { recursive: true })).toEqual(before);
});

test('the name of a database that MongoDB keeps for itself is refused', async () => {
  const refused = runNewSubgraph({ name: 'admin', database: 'mongo', type: 'Clerk', root });
  await expect(refused).rejects.toThrow(
    'Every server has a database admin of its own; expected another name.',
  );
});

test.each([
  ['x', undefined],
  ['web3-nodes', undefined],
  ['user', 'Person'],
  ['lessons', 'Class'],
  ['days', 'Date'],
])('the name %s with the type %s can be had on MongoDB', async (name, type) => {
  await runNewSubgraph({ name, database: 'mongo', type, root });
  expect((await loadProject(root)).subgraphs.at(-1)).toMatchObject({ name });
});
