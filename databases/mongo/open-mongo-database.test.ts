import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { MongoClient } from 'mongodb';
import { pino } from 'pino';
import { afterEach, describe, expect, test } from 'vitest';

import { timeEmptyProcess } from '../../tests/support/time-empty-process.ts';
import { DatabaseError } from '../database-error.ts';
import type { DatabaseOptions, RunningDatabase } from '../database.ts';
import { openMongoDatabase } from './open-mongo-database.ts';

const folders: string[] = [];
const open: RunningDatabase[] = [];

async function makeFolder(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'freehold-mongo-'));
  folders.push(folder);
  return folder;
}

function optionsFor(
  folder: string,
  environment: Record<string, string> = { FREEHOLD_MONGOD: 'development' },
): DatabaseOptions {
  return { service: 'order-history', kind: 'mongo', folder, environment, log: pino({ level: 'silent' }) };
}

async function openIn(folder: string): Promise<RunningDatabase> {
  const database = await openMongoDatabase(optionsFor(folder));
  open.push(database);
  return database;
}

async function failureOf(action: Promise<unknown>): Promise<string> {
  const error: unknown = await action.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(DatabaseError);
  return error instanceof Error ? error.message : '';
}

async function withClient<Result>(
  url: string,
  use: (client: MongoClient) => Promise<Result>,
): Promise<Result> {
  const client = new MongoClient(url, { serverSelectionTimeoutMS: 30_000 });
  try {
    await client.connect();
    return await use(client);
  } finally {
    await client.close();
  }
}

afterEach(async () => {
  await Promise.all(open.splice(0).map((database) => database.close()));
  await Promise.all(folders.splice(0).map((folder) => rm(folder, { recursive: true, force: true })));
});

describe('the embedded MongoDB of a service', () => {
  test('gives an owner that makes collections and a service that does not', async () => {
    const database = await openIn(await makeFolder());
    expect(database.isNew).toBe(true);
    expect(database.description).toBe('MongoDB development server, embedded');
    await withClient(database.ownerUrl, async (client) => {
      expect(client.db().databaseName).toBe('order_history');
      await client.db().createCollection('events');
    });
    await withClient(database.url, async (client) => {
      await client.db().collection('events').insertOne({ kind: 'placed' });
      expect(await client.db().collection('events').countDocuments()).toBe(1);
      await expect(client.db().createCollection('others')).rejects.toMatchObject({ code: 13 });
      await expect(client.db().collection('new').insertOne({})).rejects.toMatchObject({ code: 13 });
    });
  });

  test('keeps passwords where only their owner can read them', async () => {
    const folder = await makeFolder();
    await openIn(folder);
    expect((await stat(path.join(folder, 'credentials.json'))).mode & 0o777).toBe(0o600);
  });

  test('is there again after a stop, within half a second', async () => {
    const folder = await makeFolder();
    const first = await openIn(folder);
    await withClient(first.ownerUrl, async (client) => {
      await client.db().collection<{ _id: string }>('events').insertOne({ _id: 'kept' });
    });
    await first.close();
    const [empty, starts]: [number[], number[]] = [[], []];
    for (let round = 0; round < 3; round++) {
      empty.push(await timeEmptyProcess());
      const before = performance.now();
      const again = await openIn(folder);
      starts.push(performance.now() - before);
      expect(again.isNew).toBe(false);
      await withClient(again.url, async (client) => {
        const events = client.db().collection<{ _id: string }>('events');
        expect(await events.findOne({ _id: 'kept' })).not.toBeNull();
      });
      await again.close();
    }
    // Half a second alone, ten times an empty process; the bound leaves room for a busy machine.
    expect(Math.min(...starts)).toBeLessThan(Math.max(2_000, 40 * Math.min(...empty)));
  });

  test('tells of its own death and of its last words', async () => {
    const database = await openIn(await makeFolder());
    await withClient(database.url, async (client) => {
      // Nobody may stop it over the wire.
      await expect(client.db('admin').command({ shutdown: 1 })).rejects.toMatchObject({ code: 59 });
    });
    let isDead = false;
    void database.died.then(() => {
      isDead = true;
    });
    await database.close();
    expect(isDead).toBe(false);
    await database.close();
  });

  test('cannot be opened twice at once', async () => {
    const folder = await makeFolder();
    await openIn(folder);
    expect(await failureOf(openMongoDatabase(optionsFor(folder)))).toMatch(
      /order-history does not start: The folder .* is open in the process \d+/,
    );
  });

  test('names a damaged file and what to do', async () => {
    const folder = await makeFolder();
    await (await openIn(folder)).close();
    const data = path.join(folder, 'development');
    const [journal = ''] = (await readdir(data)).filter((name) => name.startsWith('journal'));
    await writeFile(path.join(data, journal), 'this is not a journal at all');
    const message = await failureOf(openMongoDatabase(optionsFor(folder)));
    expect(message).toContain(path.join(data, journal));
    expect(message).toContain('Restore the folder from a copy, or delete it');
  });

  test('refuses passwords that cannot be read', async () => {
    const folder = await makeFolder();
    await writeFile(path.join(folder, 'credentials.json'), '{}');
    expect(await failureOf(openMongoDatabase(optionsFor(folder)))).toContain(
      'credentials.json cannot be read',
    );
  });
});

describe('the choice of a mongod', () => {
  test('refuses a value that it does not know', async () => {
    const folder = await makeFolder();
    const message = await failureOf(openMongoDatabase(optionsFor(folder, { FREEHOLD_MONGOD: 'yes' })));
    expect(message).toBe(
      'FREEHOLD_MONGOD is "yes"; expected download, development, or the absolute path of a mongod.',
    );
  });

  test('names a mongod that is missing', async () => {
    const folder = await makeFolder();
    const environment = { FREEHOLD_MONGOD: path.join(folder, 'no-mongod') };
    expect(await failureOf(openMongoDatabase(optionsFor(folder, environment)))).toContain(
      'no-mongod, which is not there',
    );
  });

  test('names a mongod on PATH that does not work', async () => {
    const folder = await makeFolder();
    await writeFile(path.join(folder, 'mongod'), '#!/bin/sh\necho broken\n', { mode: 0o755 });
    const message = await failureOf(openMongoDatabase(optionsFor(folder, { PATH: folder })));
    expect(message).toContain(`${path.join(folder, 'mongod')} is no mongod that works: it says "broken"`);
    expect(message).toContain('FREEHOLD_MONGOD=development');
  });

  test('gives the last word of a mongod that ends at once', async () => {
    const folder = await makeFolder();
    const script =
      '#!/bin/sh\nif [ "$1" = --version ]; then echo "db version v8.0.4"; exit 0; fi\n' +
      'echo \'{"s":"F","msg":"The data directory is from the future"}\'\nexit 62\n';
    const programs = path.join(await makeFolder(), 'bin');
    await mkdir(programs);
    await writeFile(path.join(programs, 'mongod'), script, { mode: 0o755 });
    const message = await failureOf(openMongoDatabase(optionsFor(folder, { PATH: programs })));
    expect(message).toContain('MongoDB 8.0.4 of order-history does not start');
    expect(message).toContain('The data directory is from the future');
  });

  test('keeps to the server that wrote the folder', async () => {
    const folder = await makeFolder();
    await (await openIn(folder)).close();
    await writeFile(path.join(folder, 'mongod-8'), '#!/bin/sh\necho "db version v8.0.4"\n', { mode: 0o755 });
    const environment = { FREEHOLD_MONGOD: path.join(folder, 'mongod-8') };
    const message = await failureOf(openMongoDatabase(optionsFor(folder, environment)));
    expect(message).toContain('was written by the development server');
  });
});
