import { readFileSync } from 'node:fs';
import path from 'node:path';

import { describe, expect, test } from 'vitest';

import {
  deriveServiceKey,
  makeSigner,
  parseMasterKey,
  printServiceKeys,
} from '../../gateway/auth/sign-request.ts';
import { parseServiceKeys } from '../../subgraphs/kit/signature/service-keys.ts';
import { makeVerifier, type ArrivedRequest } from '../../subgraphs/kit/signature/verify-request.ts';

interface Vector {
  readonly what: string;
  readonly service: string;
  readonly method: string;
  readonly path: string;
  readonly identity?: string;
  readonly body: string;
  readonly serviceKeys: string;
  readonly signature: string;
}

// Made by another implementation of docs/request-signatures.md.
const vectors = JSON.parse(readFileSync(path.join(import.meta.dirname, 'vectors.json'), 'utf8')) as {
  readonly masterKey: string;
  readonly nowMs: number;
  readonly vectors: readonly Vector[];
};

const masterKey = parseMasterKey(vectors.masterKey);
const nowMs = (): number => vectors.nowMs;

describe('signer and verifier agree with the test vectors', () => {
  test.each(vectors.vectors.map((vector, index) => [vector.what, vector, index] as const))(
    '%s',
    (_what, vector, index) => {
      const sign = makeSigner(masterKey, { nowMs, makeNonce: () => `nonce-${index}` });
      const { identity } = vector;
      expect(sign({ ...vector, identity })).toBe(vector.signature);
      expect(printServiceKeys([vectors.masterKey], vector.service)).toBe(vector.serviceKeys);
      const verify = makeVerifier(vector.service, parseServiceKeys(vector.serviceKeys), nowMs);
      expect(verify({ ...vector, identity, body: Buffer.from(vector.body) })).toMatchObject({
        kind: 'accepted',
      });
    },
  );
});

describe('a service refuses', () => {
  let now = 1_800_000_000_000;
  const service = 'orders';
  const keys = new Map([['key-1', deriveServiceKey(masterKey, service)]]);
  const sign = makeSigner(masterKey, { nowMs: () => now, makeNonce: () => `n${count++}` });
  let count = 0;
  const identity = Buffer.from('{"sub":"1","scope":[]}').toString('base64url');

  function make(): ArrivedRequest & { body: Buffer } {
    const request = { service, method: 'POST', path: '/graphql', identity, body: '{"query":"{ a }"}' };
    return { ...request, signature: sign(request), body: Buffer.from(request.body) };
  }

  const forgeries: readonly [what: string, forge: (request: ArrivedRequest) => Partial<ArrivedRequest>][] = [
    ['another body', () => ({ body: Buffer.from('{"query":"{ b }"}') })],
    ['another method', () => ({ method: 'GET' })],
    ['another path', () => ({ path: '/graphql?x' })],
    ['another caller', () => ({ identity: Buffer.from('{"sub":"2","scope":[]}').toString('base64url') })],
    ['no caller', () => ({ identity: undefined })],
    ['another time', ({ signature = '' }) => ({ signature: signature.replace(/\.18\d+\./, `.${now + 1}.`) })],
    ['another nonce', ({ signature = '' }) => ({ signature: signature.replace(/\.n\d+\./, '.nx.') })],
    ['an unknown key', ({ signature = '' }) => ({ signature: signature.replace('key-1', 'key-2') })],
    ['a cut signature', ({ signature = '' }) => ({ signature: signature.slice(0, -1) })],
    ['no form at all', () => ({ signature: 'v1.....' })],
    ['line breaks that move a part into another', () => ({ path: '/graphql\nkey-1', identity: undefined })],
  ];
  test.each(forgeries)('what was altered: %s', (_what, forge) => {
    const verify = makeVerifier(service, keys, () => now);
    const request = make();
    expect(verify({ ...request, ...forge(request) })).toMatchObject({ code: 'SIGNATURE_INVALID' });
    expect(verify(request)).toEqual({ kind: 'accepted', caller: { subject: '1', scopes: [] } });
  });

  test('what is unsigned', () => {
    const verify = makeVerifier(service, keys, () => now);
    expect(verify({ ...make(), signature: undefined })).toMatchObject({ code: 'SIGNATURE_MISSING' });
  });

  test('what was signed for another service, even with the key of that service in hand', () => {
    const other = makeVerifier(
      'accounts',
      new Map([['key-1', deriveServiceKey(masterKey, 'accounts')]]),
      () => now,
    );
    expect(other(make())).toMatchObject({ code: 'SIGNATURE_INVALID' });
  });

  test('what is older than 30 s, or from a future farther than that', () => {
    const verify = makeVerifier(service, keys, () => now);
    const request = make();
    now += 30_001;
    expect(verify(request)).toMatchObject({ code: 'SIGNATURE_STALE' });
    const future = make();
    now -= 30_001;
    expect(verify(future)).toMatchObject({ code: 'SIGNATURE_STALE' });
  });

  test('what comes twice, for as long as it could be accepted', () => {
    const verify = makeVerifier(service, keys, () => now);
    const first = make();
    expect(verify(first).kind).toBe('accepted');
    for (let later = 0; later < 6; later += 1) {
      expect(verify(first)).toMatchObject({ code: 'SIGNATURE_REPLAYED' });
      now += 5000;
      expect(verify(make()).kind).toBe('accepted');
    }
  });
});

test('keys rotate: a service with both keys accepts either master', () => {
  const next = `key-2:${Buffer.alloc(32, 7).toString('base64url')}`;
  const keys = parseServiceKeys(printServiceKeys([vectors.masterKey, next], 'orders'));
  const verify = makeVerifier('orders', keys);
  for (const master of [vectors.masterKey, next]) {
    const request = { service: 'orders', method: 'POST', path: '/graphql', identity: undefined, body: '{}' };
    const signature = makeSigner(parseMasterKey(master))(request);
    expect(verify({ ...request, signature, body: Buffer.from('{}') })).toEqual({
      kind: 'accepted',
      caller: undefined,
    });
  }
});

test('keys of another form are refused without printing them', () => {
  expect(() => parseServiceKeys('key-1:short-secret')).toThrow(
    /^Entry 1 of FREEHOLD_SERVICE_KEYS(?!.*short)/,
  );
});
