import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

import { afterEach, beforeEach, expect, test } from 'vitest';

import { openLog } from './open-log.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'freehold-log-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

// Whatever is written to this device meets a full disk.
test.skipIf(!existsSync('/dev/full'))('a full disk does not end the supervisor', async () => {
  await mkdir(path.join(folder, 'logs'));
  await symlink('/dev/full', path.join(folder, 'logs', 'freehold.log'));
  const log = openLog(folder);
  expect(() => {
    log.error('the database ended by itself and is opened again');
    log.error('the database cannot be opened yet');
  }).not.toThrow();
});
