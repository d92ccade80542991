import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

import { Client } from 'pg';
import { pino } from 'pino';
import { describe, expect, onTestFinished, test } from 'vitest';

import type { RunningDatabase } from '../../database.ts';
import { openPostgresDatabase } from '../open-postgres-database.ts';
import { describePostgresContract } from './postgres-contract.ts';

async function openIn(folder: string): Promise<RunningDatabase> {
  const log = pino({ level: 'silent' });
  return await openPostgresDatabase({ service: 'shelf', kind: 'postgres', folder, environment: {}, log });
}

describePostgresContract('embedded', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'freehold-contract-data-'));
  const database = await openIn(folder);
  return {
    url: database.url,
    ownerUrl: database.ownerUrl,
    async close() {
      await database.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
});

describe('acknowledged writes of the embedded PostgreSQL', () => {
  /** Writes one number after the other until the connection breaks; answers the last acknowledged one. */
  async function writeUntilBroken(url: string, onStarted: () => void): Promise<number> {
    const client = new Client({ connectionString: url });
    client.on('error', () => undefined);
    await client.connect();
    let acknowledged = 0;
    try {
      for (;;) {
        await client.query('INSERT INTO written VALUES ($1)', [acknowledged + 1]);
        acknowledged += 1;
        if (acknowledged === 20) onStarted();
      }
    } catch {
      return acknowledged;
    } finally {
      await client.end().catch(() => undefined);
    }
  }

  async function readMax(url: string): Promise<{ rows: number; max: number } | undefined> {
    const client = new Client({ connectionString: url });
    // A server that has not yet seen that it crashed takes connections, and ends them in the midst.
    client.on('error', () => undefined);
    await client.connect();
    try {
      const { rows } = await client.query<{ rows: number; max: number }>(
        'SELECT count(*)::int AS rows, max(n) AS max FROM written',
      );
      return rows[0];
    } finally {
      await client.end().catch(() => undefined);
    }
  }

  async function start() {
    const folder = await mkdtemp(path.join(tmpdir(), 'freehold-durable-'));
    const database = await openIn(folder);
    onTestFinished(async () => {
      await database.close();
      await rm(folder, { recursive: true, force: true });
    });
    const owner = new Client({ connectionString: database.ownerUrl });
    await owner.connect();
    await owner.query('CREATE TABLE written (n int PRIMARY KEY)');
    await owner.end();
    const server = Number.parseInt(await readFile(path.join(folder, 'cluster/postmaster.pid'), 'utf8'), 10);
    return { folder, database, server };
  }

  /** The server's processes: one for each session, and its helpers. */
  async function listChildren(server: number): Promise<number[]> {
    const { stdout } = await promisify(execFile)('ps', ['-A', '-o', 'pid=,ppid=']);
    return stdout
      .split('\n')
      .map((line) => line.trim().split(/\s+/).map(Number))
      .flatMap(([pid, parent]) => (pid !== undefined && parent === server ? [pid] : []));
  }

  /** A child may have ended since it was listed: by itself, or because its server was killed a moment before. */
  function killIfThere(pid: number): void {
    try {
      process.kill(pid, 'SIGKILL');
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
    }
  }

  test('survive kill -9 of all its processes at once', async () => {
    const { folder, database, server } = await start();
    let begin: () => void = () => undefined;
    const started = new Promise<void>((resolve) => {
      begin = resolve;
    });
    const writing = writeUntilBroken(database.url, begin);
    await started;
    for (const pid of [server, ...(await listChildren(server))]) killIfThere(pid);
    const acknowledged = await writing;
    expect((await database.died).signal).toBe('SIGKILL');
    const again = await openIn(folder);
    onTestFinished(async () => await again.close());
    const found = await readMax(again.url);
    // The last one may have been written and its acknowledgement lost.
    expect(found?.max).toBeGreaterThanOrEqual(acknowledged);
    expect(found?.rows).toBe(found?.max);
  });

  test('survive kill -9 of one session, after which the server recovers by itself', async () => {
    const { database } = await start();
    let begin: () => void = () => undefined;
    const started = new Promise<void>((resolve) => {
      begin = resolve;
    });
    const writing = writeUntilBroken(database.url, begin);
    await started;
    const asker = new Client({ connectionString: database.url });
    asker.on('error', () => undefined);
    await asker.connect();
    const { rows } = await asker.query<{ pid: number }>(
      `SELECT pid FROM pg_stat_activity WHERE query LIKE 'INSERT INTO written%' AND pid <> pg_backend_pid()`,
    );
    const [session] = rows;
    if (!session) throw new Error('no session writes');
    process.kill(session.pid, 'SIGKILL');
    const acknowledged = await writing;
    await asker.end().catch(() => undefined);
    let found: { rows: number; max: number } | undefined;
    // Connections are refused while it recovers; the test's own limit bounds this.
    while (!found) found = await readMax(database.url).catch(() => undefined);
    expect(found.max).toBeGreaterThanOrEqual(acknowledged);
    expect(found.rows).toBe(found.max);
  });
});
