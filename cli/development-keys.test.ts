import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

import { pino } from 'pino';
import { afterEach, beforeEach, expect, test } from 'vitest';

import { makeAuthenticate } from '../gateway/auth/authenticate.ts';
import { parseGatewayConfig } from '../gateway/config/gateway-config.ts';
import { parseDuration } from './commands/token.ts';
import { ensureDevelopmentKeys, mintDevelopmentToken, nameDevelopmentKeys } from './development-keys.ts';

let root: string;

beforeEach(async () => {
  root = await mkdtemp(path.join(os.tmpdir(), 'freehold-keys-'));
});

afterEach(() => rm(root, { recursive: true }));

const about = { user: 'u1', scopes: ['stock:write'], policies: [], expiresS: 60 };

test('a development token is accepted by a gateway with the development key set', async () => {
  const keys = nameDevelopmentKeys(root);
  const token = await mintDevelopmentToken(root, about);
  const config = parseGatewayConfig({ supergraphFile: 'none', jwks: [keys.jwksFile] });
  const authenticate = await makeAuthenticate(config, pino({ level: 'silent' }));
  expect(await authenticate(`Bearer ${token}`)).toMatchObject({
    subject: 'u1',
    scopes: new Set(['stock:write']),
  });
});

test('the keys are made once, also by many at the same time, and are for their owner only', async () => {
  const keys = nameDevelopmentKeys(root);
  await Promise.all([1, 2, 3].map(() => ensureDevelopmentKeys(root)));
  const kinds = await Promise.all([keys.privateFile, keys.jwksFile].map((file) => stat(file)));
  expect(kinds.map(({ mode }) => mode & 0o777)).toEqual([0o600, 0o600]);
});

test('a folder that cannot hold the keys is named', async () => {
  const file = path.join(root, 'a-file');
  await writeFile(file, '');
  await expect(ensureDevelopmentKeys(file)).rejects.toMatchObject({
    name: 'ConfigError',
    message: expect.stringMatching(/^The development keys cannot be made in .*a-file.*keys: ENOTDIR: /),
  });
});

test('a duration has a unit', () => {
  expect([parseDuration('90s'), parseDuration('30m'), parseDuration('7d')]).toEqual([90, 1800, 604_800]);
  expect(() => parseDuration('30')).toThrow('with a unit');
});
