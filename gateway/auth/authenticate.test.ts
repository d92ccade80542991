import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';

import { exportJWK, generateKeyPair, SignJWT, type JWK, type JWTPayload } from 'jose';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, test } from 'vitest';

import { parseGatewayConfig, type GatewayConfigInput } from '../config/gateway-config.ts';
import { makeAuthenticate, type Authenticate } from './authenticate.ts';

const log = pino({ level: 'silent' });
let folder: string;
let file: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'freehold-authenticate-'));
  file = path.join(folder, 'jwks.json');
});

afterEach(() => rm(folder, { recursive: true }));

interface Signer {
  readonly jwk: JWK;
  token(claims?: JWTPayload, header?: { alg?: string }): Promise<string>;
}

async function makeSigner(kid: string, alg = 'ES256'): Promise<Signer> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  return {
    jwk: { ...(await exportJWK(publicKey)), kid, alg },
    token: (claims = {}) => {
      const jwt = new SignJWT({ exp: Math.floor(Date.now() / 1000) + 60, ...claims });
      return jwt.setProtectedHeader({ alg, kid }).sign(privateKey);
    },
  };
}

function open(input: Partial<GatewayConfigInput>): Promise<Authenticate> {
  return makeAuthenticate(parseGatewayConfig({ supergraphFile: 'none', ...input }), log);
}

async function read(authenticate: Authenticate, token: string) {
  return authenticate(`Bearer ${token}`);
}

test('a token says who asks, with scopes as a text or as a list', async () => {
  const signer = await makeSigner('a');
  await writeFile(file, JSON.stringify({ keys: [signer.jwk] }));
  const authenticate = await open({ jwks: [file], scopesClaim: 'roles' });
  const identity = await read(
    authenticate,
    await signer.token({ sub: 'u1', roles: ['x', 'y'], policies: 'p q' }),
  );
  expect(identity).toEqual({
    subject: 'u1',
    scopes: new Set(['x', 'y']),
    policies: new Set(['p', 'q']),
  });
  expect(await authenticate(undefined)).toBeUndefined();
});

test('a subject or name that is empty or no text is none', async () => {
  const signer = await makeSigner('a');
  await writeFile(file, JSON.stringify({ keys: [signer.jwk] }));
  const authenticate = await open({ jwks: [file] });
  const odd: Record<string, unknown>[] = [
    { sub: '', preferred_username: '' },
    { sub: 5, preferred_username: ['x'] },
  ];
  for (const claims of odd) {
    const identity = await read(authenticate, await signer.token(claims));
    expect(identity?.subject).toBeUndefined();
    expect(identity?.username).toBeUndefined();
  }
});

test('issuer, audience, time, and that a token ends at all, are checked', async () => {
  const signer = await makeSigner('a');
  await writeFile(file, JSON.stringify({ keys: [signer.jwk] }));
  const authenticate = await open({ jwks: [file], jwtIssuer: 'us', jwtAudience: 'shop' });
  const good = { iss: 'us', aud: ['shop', 'other'] };
  await expect(read(authenticate, await signer.token(good))).resolves.toBeDefined();
  const now = Math.floor(Date.now() / 1000);
  for (const [claims, message] of [
    [{ ...good, iss: 'them' }, '"iss"'],
    [{ ...good, aud: 'other' }, '"aud"'],
    [{ ...good, exp: now - 60 }, 'expired'],
    [{ ...good, nbf: now + 600 }, '"nbf"'],
    [{ ...good, exp: undefined }, '"exp"'],
  ] as const) {
    await expect(read(authenticate, await signer.token(claims as JWTPayload))).rejects.toMatchObject({
      code: 'UNAUTHENTICATED',
      message: expect.stringContaining(message) as string,
    });
  }
});

test('only listed algorithms are accepted, whatever the key set has', async () => {
  const signer = await makeSigner('a', 'RS256');
  await writeFile(file, JSON.stringify({ keys: [signer.jwk] }));
  const authenticate = await open({ jwks: [file], jwtAlgorithms: ['ES256'] });
  await expect(read(authenticate, await signer.token())).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
});

test('a new key in the file is found without a restart, and the old one goes on while it is there', async () => {
  const [old, next] = [await makeSigner('old'), await makeSigner('next')];
  await writeFile(file, JSON.stringify({ keys: [old.jwk] }));
  const authenticate = await open({ jwks: [file], jwksCooldownMs: 0 });
  await expect(read(authenticate, await next.token())).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  await writeFile(file, JSON.stringify({ keys: [old.jwk, next.jwk] }));
  await expect(read(authenticate, await next.token())).resolves.toBeDefined();
  await expect(read(authenticate, await old.token())).resolves.toBeDefined();
});

test('a key set behind a URL is read again for an unknown key, once in the cooldown', async () => {
  const [first, second] = [await makeSigner('1'), await makeSigner('2')];
  let keys = [first.jwk];
  let reads = 0;
  const server: Server = createServer((_request, response) => {
    reads += 1;
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ keys }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks`;
  const authenticate = await open({ jwks: [url], jwksCooldownMs: 60_000 });
  await expect(read(authenticate, await first.token())).resolves.toBeDefined();
  for (let tries = 0; tries < 3; tries += 1) {
    await expect(read(authenticate, await second.token())).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  }
  expect(reads).toBe(1);
  keys = [first.jwk, second.jwk];
  const impatient = await open({ jwks: [url], jwksCooldownMs: 0 });
  await expect(read(impatient, await second.token())).resolves.toBeDefined();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  const late = await open({ jwks: [url] });
  await expect(read(late, await first.token())).rejects.toMatchObject({
    code: 'AUTHENTICATION_UNAVAILABLE',
    status: 503,
  });
});

test('a key set that cannot be read keeps nobody out whose key another set has', async () => {
  const [here, elsewhere] = [await makeSigner('here'), await makeSigner('elsewhere')];
  await writeFile(file, JSON.stringify({ keys: [here.jwk] }));
  for (const jwks of [
    ['http://127.0.0.1:1/jwks', file],
    [file, 'http://127.0.0.1:1/jwks'],
  ]) {
    const authenticate = await open({ jwks });
    await expect(read(authenticate, await here.token())).resolves.toBeDefined();
    await expect(read(authenticate, await elsewhere.token())).rejects.toMatchObject({
      code: 'AUTHENTICATION_UNAVAILABLE',
    });
  }
});

test('a gateway that needs tokens refuses those who have none, and cannot start without a key set', async () => {
  const signer = await makeSigner('a');
  await writeFile(file, JSON.stringify({ keys: [signer.jwk] }));
  const authenticate = await open({ jwks: [file], authentication: 'required' });
  expect(() => authenticate(undefined)).toThrow('A token is needed');
  await expect(async () => open({ authentication: 'required' })).rejects.toThrow('jwks: expected a key set');
  await writeFile(file, 'no json');
  await expect(open({ jwks: [file] })).rejects.toThrow(`${file} is no JWKS`);
});
