import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

import { afterEach, beforeEach, expect, test } from 'vitest';

import { LogFile } from './log-file.ts';

let folder: string;
let file: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'freehold-log-file-'));
  file = path.join(folder, 'logs', 'server.log');
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

test('appends what it is given', async () => {
  const log = new LogFile(file);
  log.write(Buffer.from('one\n'));
  await log.end();
  log.write(Buffer.from('two\n'));
  await log.end();
  expect(await readFile(file, 'utf8')).toBe('one\ntwo\n');
});

// Whatever is written to this device meets a full disk.
test.skipIf(!existsSync('/dev/full'))('goes on after a full disk, and says what that cost', async () => {
  const log = new LogFile(file);
  await symlink('/dev/full', file);
  log.write(Buffer.from('one\n'));
  log.write(Buffer.from('two\n'));
  await log.end();
  await rm(file);
  log.write(Buffer.from('three\n'));
  await log.end();
  expect(await readFile(file, 'utf8')).toBe(
    '[8 bytes of this log could not be written: ENOSPC: no space left on device, write]\nthree\n',
  );
});
