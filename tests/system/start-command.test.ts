import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { createServer as createTcpServer, type AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';

import { afterAll, beforeAll, expect, test } from 'vitest';

import { loadProject } from '../../cli/project.ts';
import { nameVariables } from '../../databases/open-database.ts';
import { runFreehold, startFreehold } from '../support/run-freehold.ts';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'freehold-start-command-'));
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

test('tells that the port is taken before anything is brought up', async () => {
  const holder = createServer();
  await new Promise<void>((resolve) => void holder.listen(0, '127.0.0.1', resolve));
  const { port } = holder.address() as AddressInfo;
  try {
    expect(await runFreehold(['start', '--port', String(port), '--data', folder])).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(
        new RegExp(`^freehold: Port ${port} on 127\\.0\\.0\\.1 is taken by another process\\..*--port.*\\n$`),
      ),
    });
  } finally {
    await new Promise((resolve) => holder.close(resolve));
  }
});

// Where a folder above is there and nothing can be made in it, Node's own recursive mkdir never ends.
test.skipIf(!existsSync('/proc/self'))('tells that the data folder cannot be made', async () => {
  const { code, stderr } = await runFreehold(['start', '--port', '0', '--data', '/proc/freehold']);
  expect(code).toBe(1);
  expect(stderr).toMatch(/^freehold: The data folder \/proc\/freehold cannot be used: ENOENT: .*--data.*\n$/);
});

test('tells that the data folder is none', async () => {
  const file = path.join(folder, 'a-file');
  await writeFile(file, '');
  const { code, stderr } = await runFreehold(['start', '--port', '0', '--data', file]);
  expect(code).toBe(1);
  expect(stderr).toMatch(/^freehold: The data folder .*a-file cannot be used: ENOTDIR: .*--data.*\n$/);
});

test('refuses a scale that seeding would refuse, before anything is brought up', async () => {
  const { code, stdout, stderr } = await runFreehold([
    'start',
    '--port',
    '0',
    '--scale',
    '1001',
    '--data',
    folder,
  ]);
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toContain("argument '1001' is invalid. expected an integer from 0 to 1000.");
});

test('Ctrl-C ends a start within 5 s that waits for databases which do not answer', async () => {
  const silent = createTcpServer(() => undefined);
  const asked = new Promise((resolve) => silent.once('connection', resolve));
  await new Promise<void>((resolve) => void silent.listen(0, '127.0.0.1', resolve));
  const { port } = silent.address() as AddressInfo;
  const { subgraphs } = await loadProject();
  const urls = subgraphs.map(({ name, database }) => [
    nameVariables(name).variable,
    `${database === 'mongo' ? 'mongodb' : 'postgresql'}://user:password@127.0.0.1:${port}/${name}`,
  ]);
  try {
    const start = startFreehold(['start', '--port', '0', '--data', folder], Object.fromEntries(urls));
    await asked;
    const stoppedAt = performance.now();
    start.kill('SIGINT');
    expect((await start.ended).stderr).not.toContain('No database answers');
    expect(performance.now() - stoppedAt).toBeLessThan(5000);
  } finally {
    silent.close();
  }
}, 30_000);
