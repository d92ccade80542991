import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterEach, beforeEach, expect, test } from 'vitest';

import { DatabaseError } from './database-error.ts';
import { lockFolder } from './folder-lock.ts';
import { readRunningFile, removeRunningFile, writeRunningFile } from './running-file.ts';

let folder: string;
const urls = { url: 'postgresql://a', ownerUrl: 'postgresql://b' };

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'freehold-running-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

test('a running database is found by other commands, and only by its owner’s', async () => {
  await writeRunningFile(folder, urls);
  expect(await readRunningFile(folder)).toEqual({ pid: process.pid, ...urls });
  expect((await stat(path.join(folder, 'running.json'))).mode & 0o777).toBe(0o600);
});

test('the file of a process that has ended is ignored, even when its number is in use again', async () => {
  const file = path.join(folder, 'running.json');
  await writeFile(file, JSON.stringify({ pid: 2 ** 30, startedAt: '1', ...urls }));
  expect(await readRunningFile(folder)).toBeUndefined();
  await writeFile(file, JSON.stringify({ pid: process.pid, startedAt: 'another time', ...urls }));
  expect(await readRunningFile(folder)).toBeUndefined();
});

test('a file that is missing, damaged or removed tells of no database', async () => {
  expect(await readRunningFile(folder)).toBeUndefined();
  await writeFile(path.join(folder, 'running.json'), '{');
  expect(await readRunningFile(folder)).toBeUndefined();
  await removeRunningFile(folder);
  await removeRunningFile(folder);
});

test('a folder is locked by one holder, and the lock of an ended process is taken over', async () => {
  await writeFile(path.join(folder, 'lock.json'), JSON.stringify({ pid: process.pid, startedAt: 'before' }));
  const lock = await lockFolder(folder, 'orders');
  await expect(lockFolder(folder, 'orders')).rejects.toThrow(DatabaseError);
  await lock.release();
  await lock.release();
  const again = await lockFolder(folder, 'orders');
  await again.release();
});

test('of many that find a stale lock one gets it', async () => {
  await writeFile(path.join(folder, 'lock.json'), '');
  const results = await Promise.allSettled(Array.from({ length: 8 }, () => lockFolder(folder, 'orders')));
  expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(1);
});
