import { createHash, createHmac } from 'node:crypto';
import { request as httpRequest } from 'node:http';

import {
  deriveServiceKey,
  identityHeader,
  makeSigner,
  type MasterKey,
  parseMasterKey,
  printIdentity,
  signatureHeader,
} from '../../gateway/auth/sign-request.ts';

/** A request to a service as it goes over the wire; a header with two values is sent twice. */
export interface WireRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[]>>;
  readonly body: string;
}

/** What a request for a service is made and forged from. */
export interface Forge {
  readonly service: string;
  readonly master: MasterKey;
  /** The master key that signs, and how long ago; the gateway's own, and now. */
  readonly sign: (change?: {
    readonly master?: MasterKey;
    readonly service?: string;
    readonly ageMs?: number;
  }) => WireRequest;
}

/** A way to ask a service without being the gateway. */
export interface Forgery {
  readonly what: string;
  readonly code: 'SIGNATURE_MISSING' | 'SIGNATURE_INVALID' | 'SIGNATURE_STALE' | 'SIGNATURE_REPLAYED';
  readonly make: (forge: Forge) => WireRequest;
  /** Sent as it is before, and answered: what is forged is a copy of it. */
  readonly isReplay?: true;
}

const body = JSON.stringify({ query: '{ __typename }' });
const path = '/graphql';
const claims = (subject: string, ...scopes: string[]): string =>
  printIdentity({ subject, scopes: new Set(scopes), policies: new Set() });
const identity = claims('user-1');

/** The tools to make requests for a service, genuine and forged, with the master key of its gateway. */
export function makeForge(service: string, masterKey: string): Forge {
  const master = parseMasterKey(masterKey);
  let count = 0;
  return {
    service,
    master,
    sign({ master: key = master, service: name = service, ageMs = 0 } = {}) {
      const source = {
        nowMs: () => Date.now() - ageMs,
        makeNonce: () => `forge-${process.pid}-${(count += 1)}`,
      };
      const signature = makeSigner(key, source)({ service: name, method: 'POST', path, identity, body });
      return {
        method: 'POST',
        path,
        headers: {
          'content-type': 'application/json',
          [signatureHeader]: signature,
          [identityHeader]: identity,
        },
        body,
      };
    },
  };
}

type Parts = readonly [version: string, keyId: string, time: string, nonce: string, mac: string];

function withHeader(request: WireRequest, name: string, value: string | string[] | undefined): WireRequest {
  const { [name]: _replaced, ...headers } = request.headers;
  return { ...request, headers: { ...headers, ...(value !== undefined && { [name]: value }) } };
}

/** The request with another signature, made of the parts of its own. */
function withParts(request: WireRequest, change: (...parts: Parts) => readonly string[]): WireRequest {
  const parts = String(request.headers[signatureHeader]).split('.') as unknown as Parts;
  return withHeader(request, signatureHeader, change(...parts).join('.'));
}

const signedParts = ['service', 'method', 'path', 'key id', 'time', 'nonce', 'identity', 'body'] as const;

/** The request with a signature that leaves a part of it out. */
function signWithout({ service, master, sign }: Forge, left: (typeof signedParts)[number]): WireRequest {
  return withParts(sign(), (version, keyId, time, nonce) => {
    const lines = [service, 'POST', path, keyId, time, nonce, identity, body];
    const text = ['freehold-signature-v1', ...lines.filter((_line, at) => signedParts[at] !== left)].join(
      '\n',
    );
    const mac = createHmac('sha256', deriveServiceKey(master, service)).update(text).digest('base64url');
    return [version, keyId, time, nonce, mac];
  });
}

/** The request with another kind of check sum over the right text, cut to the length of the right one. */
function signBy(forge: Forge, digest: (key: Buffer, text: string) => Buffer): WireRequest {
  return withParts(forge.sign(), (version, keyId, time, nonce) => {
    const lines = ['freehold-signature-v1', forge.service, 'POST', path, keyId, time, nonce, identity, body];
    const found = digest(deriveServiceKey(forge.master, forge.service), lines.join('\n'));
    return [
      version,
      keyId,
      time,
      nonce,
      Buffer.concat([found, Buffer.alloc(32)])
        .subarray(0, 32)
        .toString('base64url'),
    ];
  });
}

const invalid = (what: string, make: Forgery['make']): Forgery => ({ what, code: 'SIGNATURE_INVALID', make });
const missing = (what: string, make: Forgery['make']): Forgery => ({ what, code: 'SIGNATURE_MISSING', make });

/** Every form in which somebody who is not the gateway may ask a service. */
export const forgeries: readonly Forgery[] = [
  missing('unsigned', ({ sign }) => withHeader(sign(), signatureHeader, undefined)),
  missing("unsigned, with a user's token", ({ sign }) =>
    withHeader(withHeader(sign(), signatureHeader, undefined), 'authorization', 'Bearer a.b.c'),
  ),
  missing('the signature in another header', ({ sign }) => {
    const request = sign();
    return withHeader(
      withHeader(request, signatureHeader, undefined),
      'signature',
      request.headers[signatureHeader],
    );
  }),
  invalid('an empty signature', ({ sign }) => withHeader(sign(), signatureHeader, '')),
  invalid('another key under the same id', ({ sign, master }) =>
    sign({ master: { id: master.id, secret: Buffer.alloc(32, 9) } }),
  ),
  invalid('a key that the service does not have', ({ sign, master }) =>
    sign({ master: { ...master, id: 'other' } }),
  ),
  invalid("another service's key", ({ sign }) => sign({ service: 'another' })),
  invalid("the service's own key in the place of the master", ({ sign, master, service }) =>
    sign({ master: { id: master.id, secret: deriveServiceKey(master, service) } }),
  ),
  invalid('another body', ({ sign }) => ({
    ...sign(),
    body: JSON.stringify({ query: '{ _service { sdl } }' }),
  })),
  invalid('a longer body', ({ sign }) => ({ ...sign(), body: `${body} ` })),
  invalid('no body', ({ sign }) => ({ ...sign(), body: '' })),
  invalid('another path', ({ sign }) => ({ ...sign(), path: '/graphql?query={__typename}' })),
  invalid('another method', ({ sign }) => ({ ...sign(), method: 'PUT' })),
  invalid('another method, with the operation in the path', ({ sign }) => ({
    ...sign(),
    method: 'GET',
    path: '/graphql?query={__typename}',
    body: '',
  })),
  invalid("another user's claims", ({ sign }) => withHeader(sign(), identityHeader, claims('user-2'))),
  invalid('claims with one more scope', ({ sign }) =>
    withHeader(sign(), identityHeader, claims('user-1', 'orders:read:all')),
  ),
  invalid('claims taken away', ({ sign }) => withHeader(sign(), identityHeader, undefined)),
  invalid('claims twice', ({ sign }) => withHeader(sign(), identityHeader, [identity, claims('user-2')])),
  invalid('claims moved into the nonce', ({ sign }) =>
    withHeader(
      withParts(sign(), (version, keyId, time, nonce, mac) => [
        version,
        keyId,
        time,
        `${nonce}${identity}`,
        mac,
      ]),
      identityHeader,
      undefined,
    ),
  ),
  invalid('two signatures, of which one is right', ({ sign }) => {
    const request = sign();
    const right = String(request.headers[signatureHeader]);
    return withHeader(request, signatureHeader, [right, right.replace(/.$/, 'A')]);
  }),
  { what: 'signed 31 s ago', code: 'SIGNATURE_STALE', make: ({ sign }) => sign({ ageMs: 31_000 }) },
  { what: 'signed for 60 s ahead', code: 'SIGNATURE_STALE', make: ({ sign }) => sign({ ageMs: -60_000 }) },
  invalid('an old signature with a new time', ({ sign }) =>
    withParts(sign({ ageMs: 31_000 }), (version, keyId, _time, nonce, mac) => [
      version,
      keyId,
      String(Date.now()),
      nonce,
      mac,
    ]),
  ),
  { what: 'sent a second time', code: 'SIGNATURE_REPLAYED', isReplay: true, make: ({ sign }) => sign() },
  invalid('a signature with another nonce', ({ sign }) =>
    withParts(sign(), (version, keyId, time, _nonce, mac) => [version, keyId, time, 'fresh', mac]),
  ),
  invalid('another version', ({ sign }) => withParts(sign(), (_version, ...rest) => ['v2', ...rest])),
  invalid('HMAC-SHA-1', (forge) =>
    signBy(forge, (key, text) => createHmac('sha1', key).update(text).digest()),
  ),
  invalid('HMAC-SHA-512', (forge) =>
    signBy(forge, (key, text) => createHmac('sha512', key).update(text).digest()),
  ),
  invalid('SHA-256 without a key', (forge) =>
    signBy(forge, (_key, text) => createHash('sha256').update(text).digest()),
  ),
  invalid('zeros', (forge) => signBy(forge, () => Buffer.alloc(32))),
  ...['version', 'key id', 'time', 'nonce', 'mac'].flatMap((part, at) => [
    invalid(`a signature whose ${part} is empty`, ({ sign }) =>
      withParts(sign(), (...parts) => parts.map((text, place) => (place === at ? '' : text))),
    ),
    invalid(`a signature without its ${part}`, ({ sign }) =>
      withParts(sign(), (...parts) => parts.filter((_text, place) => place !== at)),
    ),
  ]),
  ...signedParts.map((part) =>
    invalid(`a signature over everything but the ${part}`, (forge) => signWithout(forge, part)),
  ),
];

/** Sends a request to the origin of a service. */
export function sendForged(
  url: string,
  { method, path: target, headers, body: text }: WireRequest,
): Promise<{ readonly status: number; readonly text: string }> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const length = { 'content-length': String(Buffer.byteLength(text)) };
    const options = {
      hostname,
      port,
      method,
      path: target,
      headers: { ...headers, ...length },
      agent: false,
    };
    const sent = httpRequest(options, (response) => {
      let answer = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => (answer += chunk));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text: answer }));
    });
    sent.on('error', reject);
    sent.end(text);
  });
}
