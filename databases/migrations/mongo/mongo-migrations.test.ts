import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { MongoClient, type Db } from 'mongodb';
import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';

import { bundleProgram } from '../../../tests/support/bundle-program.ts';
import type { RunningDatabase } from '../../database.ts';
import { openDatabase } from '../../open-database.ts';
import { applyMigrations, createMigration, diagnoseMigrations } from '../migrate-database.ts';
import { MigrationError } from '../migration-error.ts';
import type { MigrationTarget } from '../migration-target.ts';

const log = pino({ level: 'silent' });
const byName = { key: { name: 1 }, name: 'by_name', unique: true };
const validator = { $jsonSchema: { required: ['name'], properties: { name: { bsonType: 'string' } } } };

let root: string;
let database: RunningDatabase;
let client: MongoClient;
let db: Db;
let target: MigrationTarget;

async function declare(collections: object): Promise<void> {
  await writeFile(path.join(target.folder, 'collections.json'), JSON.stringify({ collections }));
}

async function write(name: string, ...commands: object[]): Promise<string> {
  const folder = path.join(target.folder, 'migrations', name);
  await mkdir(folder, { recursive: true });
  const file = path.join(folder, 'migration.json');
  await writeFile(file, JSON.stringify({ commands }));
  return file;
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
  root = await mkdtemp(path.join(tmpdir(), 'freehold-mongo-migrations-'));
  const folder = path.join(root, 'data');
  database = await openDatabase({ service: 'notes', kind: 'mongo', folder, environment: {}, log });
  client = await new MongoClient(database.ownerUrl).connect();
  db = client.db();
});

afterAll(async () => {
  await client.close();
  await database.close();
  await rm(root, { recursive: true, force: true });
});

beforeEach(async () => {
  for (const { name } of await db.listCollections().toArray()) await db.collection(name).drop();
  const folder = await mkdtemp(path.join(root, 'prisma-'));
  target = { service: 'notes', kind: 'mongo', folder, ownerUrl: database.ownerUrl, log };
  await declare({ notes: { validator, indexes: [byName] } });
});

describe('MongoDB migrations', () => {
  test('are written from the declared collections, applied once and recorded', async () => {
    const created = await createMigration({ ...target, name: 'init', now: new Date('2026-01-01T00:00:00Z') });
    expect(created?.name).toBe('20260101000000_init');
    expect(await createMigration({ ...target, name: 'nothing' })).toBeUndefined();
    expect((await applyMigrations({ ...target, dryRun: true })).pending).toEqual(['20260101000000_init']);
    expect((await applyMigrations(target)).applied).toEqual(['20260101000000_init']);
    expect(await applyMigrations(target)).toEqual({
      applied: [],
      pending: [],
      alreadyApplied: ['20260101000000_init'],
    });
    const notes = db.collection('notes');
    await notes.insertOne({ name: 'one' });
    await expect(notes.insertOne({ name: 'one' })).rejects.toMatchObject({ code: 11_000 });
    await expect(notes.insertOne({ name: 1 })).rejects.toMatchObject({ code: 121 });
    const record = await db.collection('_freehold_migrations').findOne();
    expect(record).toMatchObject({
      migration_name: '20260101000000_init',
      applied_steps_count: 2,
      logs: null,
    });
    expect(await diagnoseMigrations(target)).toEqual({
      pending: [],
      edited: [],
      failed: [],
      unknown: [],
      undeclared: undefined,
    });
  });

  test('follow a changed declaration', async () => {
    await createMigration({ ...target, name: 'init', now: new Date('2026-01-01T00:00:00Z') });
    await applyMigrations(target);
    await declare({ notes: { indexes: [{ key: { name: -1 }, name: 'by_name' }] }, tags: {} });
    expect((await diagnoseMigrations(target)).undeclared).toContain('dropIndexes');
    await createMigration({ ...target, name: 'change' });
    expect((await applyMigrations(target)).applied).toHaveLength(1);
    await db.collection('notes').insertMany([{ name: 1 }, { name: 1 }]);
    const indexes = await db.collection('notes').indexes();
    expect(indexes.find((index) => index.name === 'by_name')?.key).toEqual({ name: -1 });
    const names = (await db.listCollections().toArray()).map((collection) => collection.name);
    expect(names).toContain('tags');
  });

  test('by two processes at once are applied once', async () => {
    await createMigration({ ...target, name: 'init' });
    const program = await bundleProgram(path.join(import.meta.dirname, '../fixtures/apply.ts'));
    try {
      const outputs = await Promise.all(
        [1, 2].map(async () => {
          const child = spawn(process.execPath, [program.file, target.folder, target.ownerUrl, 'mongo'], {
            stdio: ['ignore', 'pipe', 'inherit'],
          });
          let output = '';
          child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
          await once(child, 'close');
          return Number(output);
        }),
      );
      expect(outputs.sort((one, other) => one - other)).toEqual([0, 1]);
      expect(await db.collection('_freehold_migrations').countDocuments()).toBe(1);
      expect(await db.collection('_freehold_migrations_lock').countDocuments()).toBe(0);
    } finally {
      await program.remove();
    }
  });

  test('that fail half-way say where, and go on from there when mended', async () => {
    await declare({ notes: { indexes: [byName] } });
    const create = { create: 'notes' };
    const insert = {
      insert: 'notes',
      documents: [
        { _id: 1, name: 'a' },
        { _id: 2, name: 'a' },
      ],
    };
    const index = { createIndexes: 'notes', indexes: [byName] };
    const file = await write('20260101000000_init', create, insert, index);
    const message = await failureOf(applyMigrations(target));
    expect(message).toContain('notes: the migration 20260101000000_init failed: ');
    expect(message).toContain(`file: ${file}`);
    expect(message).toContain('command 3 of 3: {"createIndexes":"notes"');
    expect(message).toContain('The 2 commands before it are in the database');
    expect((await diagnoseMigrations(target)).failed).toEqual(['20260101000000_init']);

    await write('20260101000000_init', insert, index);
    expect(await failureOf(applyMigrations(target))).toContain('the first 2 commands');

    const mend = { delete: 'notes', deletes: [{ q: { _id: 2 }, limit: 1 }] };
    await write('20260101000000_init', create, insert, mend, index);
    expect((await applyMigrations(target)).applied).toEqual(['20260101000000_init']);
    expect(await db.collection('notes').countDocuments()).toBe(1);
    expect((await diagnoseMigrations(target)).edited).toEqual([]);
  });

  test('whose documents are refused leave no part of the command behind', async () => {
    const insert = { insert: 'notes', documents: [{ _id: 1 }, { _id: 1 }] };
    await write('20260101000000_init', { create: 'notes' }, insert);
    expect(await failureOf(applyMigrations(target))).toContain('E11000');
    expect(await db.collection('notes').countDocuments()).toBe(0);
  });

  test('whose process was killed between a command and its record are resumed', async () => {
    await write('20260101000000_init', { create: 'notes' }, { createIndexes: 'notes', indexes: [byName] });
    const before = await failureOf(
      applyMigrations({ ...target, signal: AbortSignal.abort(new MigrationError('stopped')) }),
    );
    expect(before).toBe('stopped');
    await db.createCollection('notes');
    await write('20260101000000_init', { create: 'notes' }, { createIndexes: 'notes', indexes: [byName] });
    // As the killed process would have left it: begun, and no command recorded.
    const [first] = await db.collection('_freehold_migrations').find().toArray();
    expect(first?.['applied_steps_count']).toBe(0);
    expect((await applyMigrations(target)).applied).toEqual(['20260101000000_init']);
  });

  test('that were changed after they were applied are refused', async () => {
    await write('20260101000000_init', { create: 'notes' });
    await applyMigrations(target);
    await write('20260101000000_init', { create: 'others' });
    expect((await diagnoseMigrations(target)).edited).toEqual(['20260101000000_init']);
    expect(await failureOf(applyMigrations(target))).toContain('restore the files');
  });

  test('take over the lock of a process that was killed', async () => {
    await write('20260101000000_init', { create: 'notes' });
    await db
      .collection<{ _id: string; owner: string; expires_at: Date }>('_freehold_migrations_lock')
      .insertOne({ _id: 'migrate', owner: 'gone', expires_at: new Date(Date.now() + 300) });
    expect((await applyMigrations(target)).applied).toHaveLength(1);
  });

  test('leave the service without the right to change collections', async () => {
    await createMigration({ ...target, name: 'init' });
    await applyMigrations(target);
    const service = await new MongoClient(database.url).connect();
    try {
      await service.db().collection('notes').insertOne({ name: 'mine' });
      await expect(service.db().collection('notes').dropIndex('by_name')).rejects.toMatchObject({ code: 13 });
    } finally {
      await service.close();
    }
  });
});
