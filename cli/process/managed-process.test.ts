import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

import { afterEach, beforeEach, expect, test } from 'vitest';

import { ManagedProcess } from './managed-process.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'freehold-managed-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

// A process that runs and never says that it is ready.
const silentProcess = (): ManagedProcess =>
  new ManagedProcess({
    name: 'The server',
    makeArguments: () => ['mongo-server', '--folder', folder, '--service', 'notes', '--port', '0'],
    makeEnvironment: () => ({
      MONGO_SERVER_OWNER_PASSWORD: 'owner',
      MONGO_SERVER_SERVICE_PASSWORD: 'service',
    }),
    logFile: path.join(folder, 'logs', 'server.log'),
  });

test('is stopped for good when its start is given up', async () => {
  const managed = silentProcess();
  const giveUp = new AbortController();
  const started = managed.start(giveUp.signal);
  giveUp.abort();
  await expect(started).rejects.toThrow(
    /^The server (was ended by SIGTERM|ended with code \d+) before it was ready/,
  );
  await managed.stop(0);
  expect(managed.state).toEqual({ kind: 'stopped' });
});

test('is stopped when its start was given up before it began', async () => {
  const managed = silentProcess();
  await expect(managed.start(AbortSignal.abort())).rejects.toThrow('before it was ready');
  await managed.stop(0);
  expect(managed.state).toEqual({ kind: 'stopped' });
});
