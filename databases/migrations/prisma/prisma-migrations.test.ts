import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { Client } from 'pg';
import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';

import { bundleProgram } from '../../../tests/support/bundle-program.ts';
import type { RunningDatabase } from '../../database.ts';
import { openPostgresDatabase } from '../../postgres/open-postgres-database.ts';
import { applyMigrations, createMigration, diagnoseMigrations } from '../migrate-database.ts';
import { MigrationError } from '../migration-error.ts';
import type { MigrationTarget } from '../migration-target.ts';
import { findLine, isOneTransaction } from './sql-script.ts';

const log = pino({ level: 'silent' });
let root: string;
let database: RunningDatabase;
let target: MigrationTarget;

const header = 'datasource db {\n  provider = "postgresql"\n}\n';
const note = 'model Note {\n  id   Int    @id @default(autoincrement())\n  text String @unique\n}\n';

async function query(sql: string, url = database.ownerUrl): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

async function declare(...models: string[]): Promise<void> {
  await writeFile(path.join(target.folder, 'schema.prisma'), [header, ...models].join('\n'));
}

async function write(name: string, sql: string): Promise<string> {
  const folder = path.join(target.folder, 'migrations', name);
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, 'migration.sql'), sql);
  return path.join(folder, 'migration.sql');
}

async function failureOf(action: Promise<unknown>): Promise<string> {
  const error: unknown = await action.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(MigrationError);
  return error instanceof Error ? error.message : '';
}

beforeAll(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'freehold-migrations-'));
  database = await openPostgresDatabase({
    service: 'notes',
    kind: 'postgres',
    folder: path.join(root, 'data'),
    environment: {},
    log,
  });
});

afterAll(async () => {
  await database.close();
  await rm(root, { recursive: true, force: true });
});

beforeEach(async () => {
  await query(
    'DROP SCHEMA public CASCADE; CREATE SCHEMA public; GRANT USAGE ON SCHEMA public TO notes_service',
  );
  const folder = await mkdtemp(path.join(root, 'prisma-'));
  target = { service: 'notes', kind: 'postgres', folder, ownerUrl: database.ownerUrl, log };
  await declare(note);
});

describe('applying', () => {
  test('brings a database up to date once, in the format of Prisma', async () => {
    const created = await createMigration({ ...target, name: 'init', now: new Date('2026-01-01T00:00:00Z') });
    expect(created?.name).toBe('20260101000000_init');
    expect(await applyMigrations({ ...target, dryRun: true })).toEqual({
      applied: [],
      pending: ['20260101000000_init'],
      alreadyApplied: [],
    });
    expect((await applyMigrations(target)).applied).toEqual(['20260101000000_init']);
    expect(await applyMigrations(target)).toEqual({
      applied: [],
      pending: [],
      alreadyApplied: ['20260101000000_init'],
    });
    const rows = await query(
      'SELECT finished_at IS NOT NULL AS finished, applied_steps_count FROM _prisma_migrations',
    );
    expect(rows).toEqual([{ finished: true, applied_steps_count: 1 }]);
  });

  test('tells of a role that may not migrate, and which variable names another', async () => {
    await createMigration({ ...target, name: 'init' });
    await applyMigrations(target);
    const asService = { ...target, ownerUrl: database.url };
    for (const attempt of [applyMigrations, diagnoseMigrations])
      expect(await failureOf(attempt(asService))).toBe(
        'notes: the role notes_service may not migrate: permission denied for table _prisma_migrations. ' +
          'Set NOTES_DATABASE_OWNER_URL to a URL with the role that owns the tables.',
      );
  });

  test('gives the service the tables, but not the record of migrations', async () => {
    await createMigration({ ...target, name: 'init' });
    await applyMigrations(target);
    await query(`INSERT INTO "Note" (text) VALUES ('mine')`, database.url);
    expect(await query('SELECT text FROM "Note"', database.url)).toEqual([{ text: 'mine' }]);
    await expect(query('SELECT * FROM _prisma_migrations', database.url)).rejects.toThrow(
      'permission denied',
    );
  });

  test('sends functions and strings with semicolons as they are', async () => {
    await write(
      '20260101000000_function',
      `CREATE FUNCTION half(n int) RETURNS int LANGUAGE plpgsql AS $$ BEGIN RETURN n / 2; END; $$;
       CREATE TABLE t (v text DEFAULT 'a;b'); -- and a comment; at the end`,
    );
    await applyMigrations(target);
    expect(await query('SELECT half(8) AS half')).toEqual([{ half: 4 }]);
  });

  test('by two processes at once applies everything once', async () => {
    await createMigration({ ...target, name: 'init' });
    const program = await bundleProgram(path.join(import.meta.dirname, '../fixtures/apply.ts'));
    try {
      const runs = await Promise.all(
        [1, 2].map(async () => {
          const child = spawn(process.execPath, [program.file, target.folder, target.ownerUrl], {
            stdio: ['ignore', 'pipe', 'inherit'],
          });
          let output = '';
          child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
          const [code] = (await once(child, 'close')) as [number];
          return { code, applied: Number(output) };
        }),
      );
      expect(runs.map((run) => run.code)).toEqual([0, 0]);
      expect(runs.reduce((sum, run) => sum + run.applied, 0)).toBe(1);
      expect(await query('SELECT count(*)::int AS rows FROM _prisma_migrations')).toEqual([{ rows: 1 }]);
    } finally {
      await program.remove();
    }
  });
});

describe('a migration that fails half-way', () => {
  test('leaves nothing behind, says where and why, and runs when it is mended', async () => {
    const file = await write('20260101000000_bad', 'CREATE TABLE a (id int);\nCREATE TABEL b (id int);\n');
    const message = await failureOf(applyMigrations(target));
    expect(message).toContain(
      'notes: the migration 20260101000000_bad failed: syntax error at or near "TABEL"',
    );
    expect(message).toContain(`file: ${file}:2`);
    expect(message).toContain('line: CREATE TABEL b (id int);');
    expect(await query(`SELECT to_regclass('a') AS a`)).toEqual([{ a: null }]);

    await write('20260101000000_bad', 'CREATE TABLE a (id int);\nCREATE TABLE b (id int);\n');
    expect((await applyMigrations(target)).applied).toEqual(['20260101000000_bad']);
    expect(await diagnoseMigrations(target)).toMatchObject({ failed: [], edited: [], pending: [] });
  });

  test('stops before the ones after it', async () => {
    await write('20260101000000_first', 'CREATE TABLE a (id int);');
    await write('20260101000001_second', 'SELECT 1 / 0;');
    await write('20260101000002_third', 'CREATE TABLE c (id int);');
    expect(await failureOf(applyMigrations(target))).toContain(
      '20260101000001_second failed: division by zero',
    );
    const { pending } = await applyMigrations({ ...target, dryRun: true });
    expect(pending).toEqual(['20260101000001_second', '20260101000002_third']);
  });

  test('and controls its own transactions is run again only when asked to', async () => {
    const sql = 'BEGIN; CREATE TABLE IF NOT EXISTS a (id int); COMMIT;\n';
    await write('20260101000000_parts', `${sql}SELECT 1 / 0;`);
    expect(await failureOf(applyMigrations(target))).toContain('a part of it may be in the database');
    await write('20260101000000_parts', sql);
    expect(await failureOf(applyMigrations(target))).toContain('--retry');
    expect((await applyMigrations({ ...target, retry: true })).applied).toEqual(['20260101000000_parts']);
  });

  test('because its process was killed runs again', async () => {
    await write('20260101000000_first', 'CREATE TABLE a (id int);');
    await applyMigrations(target);
    await write('20260101000001_second', 'CREATE TABLE b (id int);');
    await query(
      `INSERT INTO _prisma_migrations (id, checksum, migration_name) VALUES ('x', 'y', '20260101000001_second')`,
    );
    expect((await diagnoseMigrations(target)).failed).toEqual(['20260101000001_second']);
    expect((await applyMigrations(target)).applied).toEqual(['20260101000001_second']);
  });

  test('is cancelled by its signal', async () => {
    await write('20260101000000_slow', 'CREATE TABLE a (id int); SELECT pg_sleep(60);');
    const stop = new AbortController();
    const running = applyMigrations({ ...target, signal: stop.signal });
    const asked = `SELECT count(*)::int AS n FROM pg_stat_activity WHERE query LIKE 'CREATE TABLE a%' AND state = 'active'`;
    while ((await query(asked))[0]?.['n'] !== 1);
    stop.abort(new Error('enough'));
    await expect(running).rejects.toThrow('enough');
    expect(await query(`SELECT to_regclass('a') AS a`)).toEqual([{ a: null }]);
  });
});

describe('writing', () => {
  test('a new field becomes the next migration, and no change becomes none', async () => {
    await createMigration({ ...target, name: 'init', now: new Date('2026-01-01T00:00:00Z') });
    expect(await createMigration({ ...target, name: 'nothing' })).toBeUndefined();
    await declare(note.replace('}', '  done Boolean @default(false)\n}'));
    const created = await createMigration({ ...target, name: 'Add "done"!' });
    expect(created?.name).toMatch(/^\d{14}_add_done$/);
    expect(created?.text).toContain('ADD COLUMN     "done" BOOLEAN NOT NULL DEFAULT false');
    expect((await applyMigrations(target)).applied).toHaveLength(2);
    await query('UPDATE "Note" SET done = true');
    expect((await readdir(path.join(target.folder, 'migrations'))).sort()).toHaveLength(3);
    expect(await readFile(path.join(target.folder, 'migrations/migration_lock.toml'), 'utf8')).toContain(
      'provider = "postgresql"',
    );
  });

  test('leaves no shadow database behind', async () => {
    await createMigration({ ...target, name: 'init' });
    await createMigration({ ...target, name: 'again' });
    expect(await query(`SELECT datname FROM pg_database WHERE datname LIKE 'shadow%'`)).toEqual([]);
  });

  test('drops the shadow database of a process that was killed, and none that is in use', async () => {
    await createMigration({ ...target, name: 'init' });
    const left = `shadow_${'0'.repeat(32)}`;
    const inUse = `shadow_${'1'.repeat(32)}`;
    await query(`CREATE DATABASE ${left}`);
    await query(`CREATE DATABASE ${inUse}`);
    const user = new Client({ connectionString: database.ownerUrl });
    await user.connect();
    try {
      await user.query('SELECT pg_advisory_lock(hashtextextended($1, 0))', [inUse]);
      await createMigration({ ...target, name: 'again' });
      expect(await query(`SELECT datname FROM pg_database WHERE datname LIKE 'shadow%'`)).toEqual([
        { datname: inUse },
      ]);
    } finally {
      await user.end();
      await query(`DROP DATABASE ${inUse}`);
    }
  });

  test('a schema that Prisma refuses is reported with its line', async () => {
    await declare('model Note {\n  id Intt @id\n}\n');
    const message = await failureOf(createMigration({ ...target, name: 'init' }));
    expect(message).toContain('Intt');
    expect(message).not.toContain('.rs:');
  });

  test('needs a name, and a time after the last migration', async () => {
    expect(await failureOf(createMigration({ ...target, name: '—' }))).toContain('cannot name a migration');
    await write('29990101000000_future', 'CREATE TABLE a (id int);');
    expect(await failureOf(createMigration({ ...target, name: 'init' }))).toContain('Check the clock');
  });
});

describe('diagnosis', () => {
  test('finds a migration that was changed after it was applied, and applying refuses it', async () => {
    await write('20260101000000_first', 'CREATE TABLE a (id int);\n');
    await applyMigrations(target);
    await write('20260101000000_first', 'CREATE TABLE a (id int);\r\n');
    expect((await diagnoseMigrations(target)).edited).toEqual([]);
    await write('20260101000000_first', 'CREATE TABLE a (id bigint);\n');
    expect((await diagnoseMigrations(target)).edited).toEqual(['20260101000000_first']);
    expect(await failureOf(applyMigrations(target))).toContain('restore the files');
  });

  test('finds what is declared and made by no migration', async () => {
    expect((await diagnoseMigrations(target)).undeclared).toContain('Note');
    await createMigration({ ...target, name: 'init' });
    expect((await diagnoseMigrations(target)).undeclared).toBeUndefined();
  });

  test('finds migrations of a newer version of the code', async () => {
    const file = await write('20260101000000_first', 'CREATE TABLE a (id int);');
    await applyMigrations(target);
    await rm(path.dirname(file), { recursive: true });
    expect((await diagnoseMigrations(target)).unknown).toEqual(['20260101000000_first']);
  });

  test('a database with tables and no record of migrations is refused', async () => {
    await query('CREATE TABLE other (id int)');
    await write('20260101000000_first', 'CREATE TABLE a (id int);');
    expect(await failureOf(applyMigrations(target))).toContain('the database is not empty');
  });
});

describe('a script', () => {
  test.each([
    ['CREATE TABLE a (id int); INSERT INTO a VALUES (1);', true],
    ['-- BEGIN;\nSELECT 1', true],
    [`SELECT 'COMMIT;'`, true],
    ['CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $x$ BEGIN RETURN 1; END; $x$', true],
    ['begin; select 1; commit', false],
    ['CREATE INDEX CONCURRENTLY i ON a (id)', false],
    ['SELECT 1; VACUUM a', false],
  ])('%j is one transaction: %s', (script, expected) => {
    expect(isOneTransaction(script)).toBe(expected);
  });

  test('tells the line of a position', () => {
    expect(findLine('one\n  two\nthree', 7)).toEqual({ number: 2, text: 'two' });
  });
});
