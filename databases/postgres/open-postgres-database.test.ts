import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { Client } from 'pg';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';

import { bundleProgram, type BundledProgram } from '../../tests/support/bundle-program.ts';
import { listProcesses } from '../../tests/support/process-tree.ts';
import { findQuietPort } from '../../tests/support/quiet-port.ts';
import { timeEmptyProcess } from '../../tests/support/time-empty-process.ts';
import { DatabaseError } from '../database-error.ts';
import type { DatabaseOptions, RunningDatabase } from '../database.ts';
import { hasProcess } from '../process-identity.ts';
import { openPostgresDatabase } from './open-postgres-database.ts';

const opened: RunningDatabase[] = [];
let root: string;

async function open(folder: string, changes: Partial<DatabaseOptions> = {}): Promise<RunningDatabase> {
  const log = pino({ level: 'silent' });
  const options: DatabaseOptions = { service: 'accounts', kind: 'postgres', folder, environment: {}, log };
  const database = await openPostgresDatabase({ ...options, ...changes });
  opened.push(database);
  return database;
}

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

async function readServerPid(folder: string): Promise<number> {
  return Number.parseInt(await readFile(path.join(folder, 'cluster/postmaster.pid'), 'utf8'), 10);
}

async function ended(pid: number): Promise<void> {
  // The end of a process that is not a child can only be looked for; the test's own limit bounds it.
  while (hasProcess(pid)) await delay(10);
}

async function messageOf(action: Promise<unknown>): Promise<string> {
  const error: unknown = await action.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(DatabaseError);
  return error instanceof Error ? error.message : '';
}

beforeAll(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'freehold-postgres-'));
});

afterEach(async () => {
  for (const database of opened.splice(0)) await database.close();
});

afterAll(async () => {
  await rm(root, { recursive: true, force: true });
});

describe('an embedded PostgreSQL', () => {
  test('is made once and keeps its rows and passwords', async () => {
    const folder = path.join(root, 'keeps');
    const first = await open(folder);
    expect(first).toMatchObject({ isNew: true, source: 'embedded', host: '127.0.0.1' });
    await query(first.ownerUrl, 'CREATE TABLE note (text text NOT NULL)');
    await query(first.url, `INSERT INTO note VALUES ('kept')`);
    await first.close();
    await first.close();

    const [empty, starts]: [number[], number[]] = [[], []];
    for (let round = 0; round < 3; round++) {
      empty.push(await timeEmptyProcess());
      const started = performance.now();
      const again = await open(folder);
      starts.push(performance.now() - started);
      expect(again.isNew).toBe(false);
      expect(await query(again.url, 'SELECT text FROM note')).toEqual([{ text: 'kept' }]);
      expect(new URL(again.url).password).toBe(new URL(first.url).password);
      await again.close();
    }
    // Measured 0.15 s alone, four times an empty process; the bound leaves room for a busy machine.
    expect(Math.min(...starts)).toBeLessThan(Math.max(2_000, 40 * Math.min(...empty)));
  });

  test('keeps its passwords in a file for its owner alone', async () => {
    const folder = path.join(root, 'secret');
    await open(folder);
    expect((await stat(path.join(folder, 'credentials.json'))).mode & 0o777).toBe(0o600);
  });

  test('is opened by one holder at a time', async () => {
    const folder = path.join(root, 'once');
    await open(folder);
    expect(await messageOf(open(folder))).toContain(`in use by process ${process.pid}`);
  });

  test('tells of its unexpected death, keeps what was acknowledged and starts again', async () => {
    const folder = path.join(root, 'dies');
    // One that the system gives may be somebody else's by the second start.
    const port = await findQuietPort();
    await mkdir(folder, { mode: 0o711 });
    await writeFile(path.join(folder, 'port'), String(port));
    const first = await open(folder);
    expect(first.port).toBe(port);
    await query(first.ownerUrl, 'CREATE TABLE note (text text NOT NULL)');
    await query(first.url, `INSERT INTO note VALUES ('acknowledged')`);
    process.kill(await readServerPid(folder), 'SIGKILL');
    expect(await first.died).toMatchObject({ exitCode: null, signal: 'SIGKILL' });
    const second = await open(folder);
    // At the same place, so that a service which lost it finds it again.
    expect(second.url).toBe(first.url);
    expect(await query(second.url, 'SELECT text FROM note')).toEqual([{ text: 'acknowledged' }]);
  });

  test('takes another port when its own is taken', async () => {
    const folder = path.join(root, 'port');
    const first = await open(folder);
    await first.close();
    const other = createServer();
    await new Promise<void>((resolve) => {
      // It is taken as well when somebody was faster.
      other.once('error', () => resolve());
      other.listen(first.port, '127.0.0.1', resolve);
    });
    const second = await open(folder);
    other.close();
    expect(second.port).not.toBe(first.port);
    expect(await query(second.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  test('starts over when its set-up was interrupted', async () => {
    const folder = path.join(root, 'interrupted');
    await (await open(folder)).close();
    await writeFile(path.join(folder, 'state.json'), JSON.stringify({ state: 'preparing' }));
    await rm(path.join(folder, 'cluster/global'), { recursive: true });
    expect((await open(folder)).isNew).toBe(true);
  });

  test('starts when the number in a stale postmaster.pid now belongs to another process', async () => {
    const folder = path.join(root, 'stale');
    await (await open(folder)).close();
    const cluster = path.join(folder, 'cluster');
    await writeFile(path.join(cluster, 'postmaster.pid'), `${process.pid}\n${cluster}\n0\n0\n`);
    expect((await open(folder)).isNew).toBe(false);
  });
});

describe('a folder that cannot be used', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(path.join(root, 'unusable-'));
    await (await open(folder)).close();
  });

  test('of another major version is named with both versions', async () => {
    await writeFile(path.join(folder, 'cluster/PG_VERSION'), '12\n');
    const message = await messageOf(open(folder));
    expect(message).toContain(folder);
    expect(message).toContain('belong to PostgreSQL 12');
    expect(message).toContain('Move the folder away');
  });

  test('is reported with what PostgreSQL says of the damage', async () => {
    await rm(path.join(folder, 'cluster/global/pg_control'));
    const message = await messageOf(open(folder));
    expect(message).toContain(folder);
    expect(message).toContain('pg_control');
  });

  test('because its passwords are gone is left untouched', async () => {
    await rm(path.join(folder, 'credentials.json'));
    expect(await messageOf(open(folder))).toContain('credentials.json is missing');
    expect((await stat(path.join(folder, 'cluster/PG_VERSION'))).isFile()).toBe(true);
  });

  test('because its state file is gone is left untouched', async () => {
    await rm(path.join(folder, 'state.json'));
    expect(await messageOf(open(folder))).toContain('state.json');
    expect((await stat(path.join(folder, 'cluster/PG_VERSION'))).isFile()).toBe(true);
  });

  test('because a file stands in its place is named', async () => {
    const file = path.join(root, 'a-file');
    await writeFile(file, '');
    expect(await messageOf(open(path.join(file, 'accounts')))).toContain('cannot be used');
  });

  test('because this user may not write there is named', async (context) => {
    if (process.getuid?.() === 0) context.skip('root may write everywhere');
    await chmod(folder, 0o500);
    expect(await messageOf(open(folder))).toContain('cannot be used');
    await chmod(folder, 0o700);
  });
});

describe('a supervisor killed by SIGKILL', () => {
  let program: BundledProgram;

  beforeAll(async () => {
    program = await bundleProgram(path.join(import.meta.dirname, 'fixtures/hold-open.ts'));
  });

  afterAll(async () => {
    await program.remove();
  });

  async function startSupervisor(folder: string) {
    const child = spawn(process.execPath, [program.file, folder], { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(child.stdout, 'data');
    return { child, serverPid: await readServerPid(folder) };
  }

  test('takes its server along', async () => {
    const folder = path.join(root, 'killed');
    const { child, serverPid } = await startSupervisor(folder);
    child.kill('SIGKILL');
    await ended(serverPid);
    expect((await open(folder)).isNew).toBe(false);
  });

  test('takes along what sets its database up, so that the next start begins anew', async () => {
    const folder = path.join(root, 'half-made');
    const child = spawn(process.execPath, [program.file, folder], { stdio: ['ignore', 'ignore', 'inherit'] });
    let initdb = 0;
    const find = async (): Promise<number> => {
      const running = (await listProcesses()).filter(({ command }) => command.includes(folder));
      return (initdb = running.find(({ command }) => /^\S*\/initdb /.test(command))?.pid ?? 0);
    };
    await expect.poll(find, { timeout: 20_000 }).toBeGreaterThan(0);
    const gone = once(child, 'exit');
    // Held, it would not end by itself.
    process.kill(initdb, 'SIGSTOP');
    child.kill('SIGKILL');
    await gone;
    await ended(initdb);
    expect((await open(folder)).isNew).toBe(true);
  });

  test('and its keeper too leaves a server that the next start takes over', async (context) => {
    if (process.platform !== 'linux') context.skip('finds the keeper in /proc');
    const folder = path.join(root, 'left');
    const { child, serverPid } = await startSupervisor(folder);
    const stat = await readFile(`/proc/${serverPid}/stat`, 'utf8');
    const keeper = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
    // The keeper leads a process group of the server, its reader and itself; stop the first two before the end.
    const members = (await readFile(`/proc/${keeper}/task/${keeper}/children`, 'utf8')).trim().split(' ');
    const reader = members.map(Number).find((pid) => pid !== serverPid);
    const gone = once(child, 'exit');
    for (const pid of [reader, keeper, child.pid]) if (pid) process.kill(pid, 'SIGKILL');
    // Until the system has ended it, the supervisor holds its lock.
    await gone;
    expect(hasProcess(serverPid)).toBe(true);
    const database = await open(folder);
    expect(hasProcess(serverPid)).toBe(false);
    expect(await query(database.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });
});
