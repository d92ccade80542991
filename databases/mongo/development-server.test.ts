import { type ChildProcess, spawn } from 'node:child_process';
import { appendFile, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';

import { type Db, MongoClient } from 'mongodb';
import { pino } from 'pino';
import { afterEach, describe, expect, test } from 'vitest';

import { findProjectRoot } from './project-root.ts';
import { FolderInUseError } from './server/storage/lock-file.ts';
import { DamagedFolderError } from './server/storage/record-file.ts';
import { type RunningMongoServer, startMongoServer } from './server/start-mongo-server.ts';

interface Row {
  _id: number;
  n?: number;
  a?: number;
  b?: number;
}

const cleanups: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function makeFolder(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'freehold-mongo-'));
  cleanups.push(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

async function start(folder: string): Promise<RunningMongoServer> {
  const server = await startMongoServer({
    folder,
    host: '127.0.0.1',
    port: 0,
    replicaSet: 'rs0',
    users: [{ user: 'root', db: 'admin', password: 'secret', roles: [{ role: 'root', db: 'admin' }] }],
    log: pino({ level: 'silent' }),
    onFault(error) {
      throw error;
    },
  });
  cleanups.push(() => server.close());
  return server;
}

async function connectTo(
  port: number,
  user = 'root:secret',
  source = 'admin',
  serverSelectionTimeoutMS = 30_000,
): Promise<MongoClient> {
  const client = new MongoClient(
    `mongodb://${user}@127.0.0.1:${port}/shop?authSource=${source}&directConnection=true`,
    { serverSelectionTimeoutMS },
  );
  cleanups.push(() => client.close());
  return await client.connect();
}

interface ServerProcess {
  readonly child: ChildProcess;
  readonly port: number;
}

async function spawnServer(folder: string): Promise<ServerProcess> {
  const child = spawn(
    process.execPath,
    [
      path.join(findProjectRoot(), 'bin', 'freehold.js'),
      'mongo-server',
      '--folder',
      folder,
      '--service',
      'shop',
      '--port',
      '0',
      '--supervised',
    ],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  );
  const ended = new Promise((resolve) => child.once('exit', resolve));
  cleanups.push(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  child.stdin.write('{"owner":"secret","service":"other"}\n');
  for await (const line of createInterface({ input: child.stdout })) {
    const { event, port } = JSON.parse(line);
    if (event === 'listening') return { child, port };
  }
  throw new Error('The server ended before it listened');
}

function ended(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => child.once('exit', () => resolve()));
}

describe('durability', () => {
  test('a kill -9 during a stream of writes loses nothing that was acknowledged', async () => {
    const folder = await makeFolder();
    const first = await spawnServer(folder);
    // Each writer looks for the killed server for that long.
    const client = await connectTo(first.port, 'shop_owner:secret', 'shop', 5_000);
    await client.db().createCollection('rows');
    const acknowledged = new Set<number>();
    const transferred = new Set<number>();
    let next = 0;
    const write = async (): Promise<void> => {
      for (;;) {
        next += 1;
        const _id = next;
        try {
          if (_id % 10 === 0) {
            await client.withSession((session) =>
              session.withTransaction(async () => {
                await client.db().collection<Row>('rows').insertOne({ _id: -_id }, { session });
                await client.db().collection<Row>('rows').insertOne({ _id, n: 1 }, { session });
              }),
            );
            transferred.add(_id);
          } else {
            await client.db().collection<Row>('rows').insertOne({ _id, n: 1 });
            acknowledged.add(_id);
          }
        } catch {
          return;
        }
        if (acknowledged.size === 400) first.child.kill('SIGKILL');
      }
    };
    await Promise.all([ended(first.child), ...Array.from({ length: 8 }, write)]);
    await client.close();
    const second = await spawnServer(folder);
    const again = await connectTo(second.port, 'shop_owner:secret', 'shop');
    const found = new Set((await again.db().collection<Row>('rows').find().toArray()).map(({ _id }) => _id));
    expect(acknowledged.size).toBeGreaterThanOrEqual(400);
    for (const _id of acknowledged) expect(found).toContain(_id);
    for (const _id of transferred) expect(found).toContain(_id);
    // Of a transaction there is all or nothing.
    const halves = [...found].filter((_id) => _id > 0 && _id % 10 === 0 && !found.has(-_id));
    expect(halves).toEqual([]);
  });

  test('what was written is there after a stop: documents, indexes, validators, users', async () => {
    const folder = await makeFolder();
    const first = await start(folder);
    const client = await connectTo(first.port);
    const db = client.db('shop');
    await db.createCollection('rows', { validator: { n: { $gte: 0 } } });
    await db.collection<Row>('rows').createIndex({ n: 1 }, { unique: true });
    await db.collection<Row>('rows').insertMany(Array.from({ length: 1500 }, (_, _id) => ({ _id, n: _id })));
    await db.collection<Row>('rows').deleteMany({ _id: { $gte: 1000 } });
    await db.command({ createUser: 'reader', pwd: 'read', roles: ['read'] });
    await client.close();
    await first.close();
    const second = await start(folder);
    const again = await connectTo(second.port, 'reader:read', 'shop');
    const rows = again.db().collection<Row>('rows');
    expect(await rows.countDocuments()).toBe(1000);
    expect(await rows.findOne({ n: 999 })).toEqual({ _id: 999, n: 999 });
    const owner = (await connectTo(second.port)).db('shop').collection<Row>('rows');
    await expect(owner.insertOne({ _id: 5000, n: 1 })).rejects.toMatchObject({ code: 11000 });
    await expect(owner.insertOne({ _id: 5000, n: -1 })).rejects.toMatchObject({ code: 121 });
  });

  /** What a restart finds in `shop` after `work`. */
  async function afterRestart(work: (client: MongoClient) => Promise<void>): Promise<Db> {
    const folder = await makeFolder();
    const first = await start(folder);
    const client = await connectTo(first.port);
    await work(client);
    await client.close();
    await first.close();
    return (await connectTo((await start(folder)).port)).db('shop');
  }

  test('writes that waited for a transaction are in the journal in the order in which they were made', async () => {
    let made: unknown;
    const db = await afterRestart(async (client) => {
      const rows = client.db('shop').collection<Row>('rows');
      await rows.insertOne({ _id: 1 });
      const waiting = async (): Promise<number> =>
        (
          await client
            .db('admin')
            .aggregate([{ $currentOp: {} }, { $match: { ns: 'shop.rows' } }])
            .toArray()
        ).length;
      await client.withSession(async (session) => {
        session.startTransaction();
        await rows.updateOne({ _id: 1 }, { $set: { n: 1 } }, { session });
        const updated = rows.updateOne({ _id: 1 }, { $inc: { a: 1 } });
        await expect.poll(waiting).toBe(1);
        const found = rows.findOneAndUpdate({ _id: 1 }, { $inc: { b: 1 } });
        await expect.poll(waiting).toBe(2);
        await session.commitTransaction();
        await Promise.all([updated, found]);
      });
      made = await rows.findOne();
      expect(made).toEqual({ _id: 1, n: 1, a: 1, b: 1 });
    });
    expect(await db.collection<Row>('rows').findOne()).toEqual(made);
  });

  test('two drops that waited for a transaction leave a folder that opens', async () => {
    const db = await afterRestart(async (client) => {
      const shop = client.db('shop');
      const rows = shop.collection<Row>('rows');
      await shop.collection<Row>('others').insertOne({ _id: 1 });
      await rows.insertOne({ _id: 1 });
      const waiting = async (): Promise<number> =>
        (
          await client
            .db('admin')
            .aggregate([{ $currentOp: {} }, { $match: { op: 'command', ns: /^shop/ } }])
            .toArray()
        ).length;
      await client.withSession(async (session) => {
        session.startTransaction();
        await rows.updateOne({ _id: 1 }, { $set: { n: 1 } }, { session });
        const drops = [rows.drop(), rows.drop(), shop.dropDatabase()];
        await expect.poll(waiting).toBe(drops.length);
        await session.commitTransaction();
        await Promise.all(drops);
      });
      await rows.insertOne({ _id: 2 });
    });
    expect(await db.collection<Row>('rows').find().toArray()).toEqual([{ _id: 2 }]);
  });

  test('a findAndModify that fails leaves a folder that opens, and what came after it', async () => {
    const db = await afterRestart(async (client) => {
      const rows = client.db('shop').collection<Row>('rows');
      const upsert = client.db('shop').command({
        findAndModify: 'rows',
        query: { _id: { $eq: [1] } },
        update: { $set: { n: 1 } },
        upsert: true,
      });
      await expect(upsert).rejects.toMatchObject({ code: 53 });
      await rows.insertOne({ _id: 2 });
    });
    expect(await db.collection<Row>('rows').find().toArray()).toEqual([{ _id: 2 }]);
  });

  test('an index on the profile is refused, for no file knows that collection', async () => {
    const db = await afterRestart(async (client) => {
      const shop = client.db('shop');
      await shop.command({ profile: 2 });
      await shop.collection<Row>('rows').insertOne({ _id: 1 });
      await expect(shop.collection('system.profile').createIndex({ ts: 1 })).rejects.toMatchObject({
        code: 13,
      });
    });
    expect(await db.collection<Row>('rows').countDocuments()).toBe(1);
  });

  test('a journal that has grown is folded into a snapshot', async () => {
    const folder = await makeFolder();
    const first = await start(folder);
    const client = await connectTo(first.port);
    const text = 'x'.repeat(1_000_000);
    const rows = client.db('shop').collection<{ _id: number; text: string }>('rows');
    for (let round = 0; round < 9; round++) {
      await rows.replaceOne({ _id: 1 }, { text: text + String(round) }, { upsert: true });
    }
    await client.close();
    await first.close();
    const second = await start(folder);
    expect((await readdir(folder)).filter((name) => name.endsWith('.freehold')).sort()).toEqual([
      'journal-00000002.freehold',
      'snapshot-00000002.freehold',
    ]);
    const again = await connectTo(second.port);
    const found = await again
      .db('shop')
      .collection<{ _id: number; text: string }>('rows')
      .findOne({ _id: 1 });
    expect(found?.text.endsWith('x8')).toBe(true);
    await again.db('shop').collection<Row>('rows').insertOne({ _id: 2 });
    await again.close();
    await second.close();
    const third = await connectTo((await start(folder)).port);
    expect(await third.db('shop').collection('rows').countDocuments()).toBe(2);
  });
});

describe('a data folder', () => {
  const fill = async (folder: string): Promise<string> => {
    const server = await start(folder);
    const client = await connectTo(server.port);
    for (let _id = 0; _id < 5; _id++) await client.db('shop').collection<Row>('rows').insertOne({ _id });
    await client.close();
    await server.close();
    return path.join(folder, 'journal-00000001.freehold');
  };

  test('whose last write was cut off opens without it', async () => {
    const folder = await makeFolder();
    const file = await fill(folder);
    const bytes = await readFile(file);
    await writeFile(file, bytes.subarray(0, -3));
    const client = await connectTo((await start(folder)).port);
    expect(await client.db('shop').collection('rows').countDocuments()).toBe(4);
  });

  test('with rubbish after its last write opens', async () => {
    const folder = await makeFolder();
    await appendFile(await fill(folder), Buffer.alloc(100, 7));
    const client = await connectTo((await start(folder)).port);
    expect(await client.db('shop').collection('rows').countDocuments()).toBe(5);
  });

  test('that is damaged in the middle is refused with its place', async () => {
    const folder = await makeFolder();
    const file = await fill(folder);
    const bytes = await readFile(file);
    bytes[60] = (bytes[60] ?? 0) ^ 0xff;
    await writeFile(file, bytes);
    await expect(start(folder)).rejects.toThrow(DamagedFolderError);
    await expect(start(folder)).rejects.toThrow(/damaged at byte 16.*Restore the folder from a copy/);
  });

  test('of another version is refused with both versions', async () => {
    const folder = await makeFolder();
    const file = await fill(folder);
    const bytes = await readFile(file);
    bytes.writeUInt32LE(99, 8);
    await writeFile(file, bytes);
    await expect(start(folder)).rejects.toThrow(/format version 99, and this server reads 1/);
  });

  test('is opened by one server only', async () => {
    const folder = await makeFolder();
    await start(folder);
    await expect(start(folder)).rejects.toThrow(FolderInUseError);
  });

  test('is taken over from a server that died', async () => {
    const folder = await makeFolder();
    const first = await spawnServer(folder);
    const end = ended(first.child);
    first.child.kill('SIGKILL');
    await end;
    expect(await readdir(folder)).toContain('lock');
    await start(folder);
  });
});

describe('the process', () => {
  test('ends cleanly when its supervisor is gone', async () => {
    const folder = await makeFolder();
    const { child } = await spawnServer(folder);
    const end = new Promise((resolve) => child.once('exit', (code) => resolve(code)));
    child.stdin?.end();
    expect(await end).toBe(0);
    expect(await readdir(folder)).not.toContain('lock');
  });

  test('finds 50 ids among 10,000 documents without looking at the others', async () => {
    const server = await start(await makeFolder());
    const client = await connectTo(server.port);
    const rows = client.db('shop').collection<Row>('rows');
    await rows.insertMany(Array.from({ length: 10_000 }, (_, _id) => ({ _id, n: _id })));
    const $in = Array.from({ length: 50 }, (_, index) => index * 199);
    const timeOf = async (filter: object): Promise<number> => {
      const before = performance.now();
      expect(await rows.find(filter).toArray()).toHaveLength(50);
      return performance.now() - before;
    };
    const [byId, byScan]: [number[], number[]] = [[], []];
    for (let round = 0; round < 20; round++) {
      byId.push(await timeOf({ _id: { $in } }));
      byScan.push(await timeOf({ n: { $in } }));
    }
    const { executionStats } = await rows.find({ _id: { $in } }).explain();
    expect(executionStats).toMatchObject({ nReturned: 50, totalDocsExamined: 50 });
    // Side by side, so that a busy machine is slow for both.
    expect(Math.min(...byId)).toBeLessThan(Math.min(...byScan));
  });
});

describe('hostile bytes', () => {
  async function send(port: number, bytes: Buffer): Promise<void> {
    await new Promise<void>((resolve) => {
      const socket: Socket = connect(port, '127.0.0.1', () => socket.end(bytes));
      socket.on('data', () => undefined);
      socket.on('error', () => resolve());
      socket.on('close', () => resolve());
    });
  }

  const header = (length: number, operation: number): Buffer => {
    const bytes = Buffer.alloc(16);
    bytes.writeInt32LE(length, 0);
    bytes.writeInt32LE(1, 4);
    bytes.writeInt32LE(operation, 12);
    return bytes;
  };

  test.each<[string, Buffer]>([
    ['a negative length', header(-1, 2013)],
    ['a length below a header', header(5, 2013)],
    ['a length beyond 48 MB', header(48_000_001, 2013)],
    ['an unknown operation', Buffer.concat([header(26, 999), Buffer.alloc(10)])],
    ['half a message', Buffer.concat([header(100, 2013), Buffer.alloc(10)])],
    ['an unknown section', Buffer.concat([header(26, 2013), Buffer.from([0, 0, 0, 0, 9, 5, 0, 0, 0, 0])])],
    [
      'an unknown required flag',
      Buffer.concat([header(26, 2013), Buffer.from([8, 0, 0, 0, 0, 5, 0, 0, 0, 0])]),
    ],
    [
      'a wrong checksum',
      Buffer.concat([header(30, 2013), Buffer.from([1, 0, 0, 0, 0, 5, 0, 0, 0, 0, 1, 2, 3, 4])]),
    ],
    [
      'a query that is no hello',
      Buffer.concat([
        header(39, 2004),
        Buffer.from([0, 0, 0, 0]),
        Buffer.from('a.b\0'),
        Buffer.alloc(8),
        Buffer.from([5, 0, 0, 0, 0, 0, 0]),
      ]),
    ],
  ])('%s ends its connection and no other', async (_name, bytes) => {
    const server = await start(await makeFolder());
    const client = await connectTo(server.port);
    await send(server.port, bytes);
    expect(await client.db('admin').command({ ping: 1 })).toMatchObject({ ok: 1 });
  });

  test('thousands of random messages leave it serving', async () => {
    const server = await start(await makeFolder());
    const client = await connectTo(server.port);
    // A linear congruential generator: the same messages at every run.
    let seed = 20_260_101;
    const random = (below: number): number => {
      seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
      return Math.floor((seed / 2 ** 32) * below);
    };
    const message = (): Buffer => {
      const body = Buffer.from(Array.from({ length: random(120) }, () => random(256)));
      // Some are nearly right, so that they come further than the first check.
      if (body.length > 30 && random(2) === 0) {
        body.writeUInt32LE(0, 0);
        body[4] = random(3);
        body.writeInt32LE(body.length - 5, 5);
        body[9] = random(20);
      }
      return Buffer.concat([header(16 + body.length, random(8) === 0 ? random(3000) : 2013), body]);
    };
    for (let round = 0; round < 60; round++) {
      await Promise.all(Array.from({ length: 50 }, () => send(server.port, message())));
    }
    expect(await client.db('admin').command({ ping: 1 })).toMatchObject({ ok: 1 });
  });
});

describe('a command that waits', () => {
  /** Holds the next find for as long as the test allows, and says when it has begun and ended. */
  async function block(client: MongoClient): Promise<{ readonly running: () => Promise<number[]> }> {
    await client.db('admin').command({
      configureFailPoint: 'failCommand',
      mode: { times: 1 },
      data: { failCommands: ['find'], blockConnection: true, blockTimeMS: 60_000 },
    });
    const pipeline = [{ $currentOp: {} }, { $match: { 'command.comment': 'held' } }];
    return {
      running: async () => {
        const found = await client.db('admin').aggregate(pipeline).toArray();
        return found.map(({ opid }) => Number(opid));
      },
    };
  }
  const hold = { comment: 'held' };
  const failureOf = (action: Promise<unknown>): Promise<unknown> => action.catch((error: unknown) => error);

  test('is shown, and ended by killOp', async () => {
    const client = await connectTo((await start(await makeFolder())).port);
    const { running } = await block(client);
    const found = client.db().collection('rows').find({}, hold).toArray();
    const failed = failureOf(found);
    await expect.poll(running).toHaveLength(1);
    const [op] = await running();
    await client.db('admin').command({ killOp: 1, op });
    expect(await failed).toMatchObject({ code: 11_601, codeName: 'Interrupted' });
    expect(await running()).toEqual([]);
  });

  test('ends at its maxTimeMS', async () => {
    const client = await connectTo((await start(await makeFolder())).port);
    const { running } = await block(client);
    const found = client
      .db()
      .collection('rows')
      .find({}, { ...hold, maxTimeMS: 50 });
    await expect(found.toArray()).rejects.toMatchObject({ code: 50, codeName: 'MaxTimeMSExpired' });
    expect(await running()).toEqual([]);
    expect(await client.db().collection('rows').find({}, hold).toArray()).toEqual([]);
  });

  test('ends when its client goes away', async () => {
    const { port } = await start(await makeFolder());
    const [client, leaver] = [await connectTo(port), await connectTo(port)];
    const { running } = await block(client);
    const left = new AbortController();
    const found = leaver
      .db()
      .collection('rows')
      .find({}, { ...hold, signal: left.signal })
      .toArray();
    const failed = failureOf(found);
    await expect.poll(running).toHaveLength(1);
    left.abort();
    expect(await failed).toMatchObject({ name: 'AbortError' });
    await expect.poll(running).toEqual([]);
  });

  test('is nobody else’s to see or to end, without the privilege', async () => {
    const { port } = await start(await makeFolder());
    const client = await connectTo(port);
    await client.db().command({ createUser: 'reader', pwd: 'secret', roles: ['read'] });
    const reader = await connectTo(port, 'reader:secret', 'shop');
    const { running } = await block(client);
    const found = client.db().collection('rows').find({}, hold).toArray();
    const ended = failureOf(found);
    await expect.poll(running).toHaveLength(1);
    const [op] = await running();
    const seen = await reader
      .db('admin')
      .aggregate([{ $currentOp: {} }, { $match: { opid: op } }])
      .toArray();
    expect(seen).toEqual([]);
    await reader.db('admin').command({ killOp: 1, op });
    expect(await running()).toEqual([op]);
    await expect(
      reader.db('admin').command({ configureFailPoint: 'failCommand', mode: 'off' }),
    ).rejects.toMatchObject({ codeName: 'Unauthorized' });
    await client.db('admin').command({ killOp: 1, op });
    expect(await ended).toMatchObject({ codeName: 'Interrupted' });
  });
});
