import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

import { expect, test } from 'vitest';

import { readEnvironment } from './environment.ts';

test('a database URL is read from the file that <NAME>_DATABASE_URL_FILE names', async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'freehold-environment-'));
  const file = path.join(folder, 'url');
  await writeFile(file, 'postgresql://a@127.0.0.1/a\n');
  expect(readEnvironment({ ACCOUNTS_DATABASE_URL_FILE: file })['ACCOUNTS_DATABASE_URL']).toBe(
    'postgresql://a@127.0.0.1/a',
  );
  await rm(folder, { recursive: true });
});

test('a file that is missing, and a URL that is given twice, are refused by name', () => {
  const missing = { ORDERS_DATABASE_OWNER_URL_FILE: '/no/such/file' };
  expect(() => readEnvironment(missing)).toThrow(
    'ORDERS_DATABASE_OWNER_URL_FILE names, cannot be read (ENOENT)',
  );
  const twice = { ACCOUNTS_DATABASE_URL: 'a', ACCOUNTS_DATABASE_URL_FILE: 'b' };
  expect(() => readEnvironment(twice)).toThrow('Both ACCOUNTS_DATABASE_URL and ACCOUNTS_DATABASE_URL_FILE');
});
