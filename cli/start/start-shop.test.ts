import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

import { pino } from 'pino';
import { afterEach, beforeEach, expect, test } from 'vitest';

import { loadProject } from '../project.ts';
import { silentReporter } from './start-reporter.ts';
import { startShop } from './start-shop.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'freehold-start-shop-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

test('keys that cannot be made end the start before anything is brought up', async () => {
  const root = path.join(folder, 'a-file');
  await writeFile(root, '');
  const dataFolder = path.join(folder, 'data');
  const started = startShop({
    project: { ...(await loadProject()), root },
    dataFolder,
    gatewayPort: 0,
    gatewayHost: '127.0.0.1',
    engine: 'compiled',
    scale: 0,
    environment: process.env,
    reporter: silentReporter,
    log: pino({ level: 'silent' }),
    signal: new AbortController().signal,
  });
  await expect(started).rejects.toThrow('The development keys cannot be made in');
  expect(await readdir(folder)).toEqual(['a-file']);
});
