import { createHmac, randomBytes } from 'node:crypto';

import type { RequestIdentity } from './request-identity.ts';

/** Header of the caller's identity; it counts only together with a signature, which covers it. */
export const identityHeader = 'freehold-identity';
export const signatureHeader = 'freehold-signature';

/** A request to a service, as it will be sent. */
export interface SignableRequest {
  readonly service: string;
  readonly method: string;
  /** With its query. */
  readonly path: string;
  /** The value of `freehold-identity`, where there is one. */
  readonly identity: string | undefined;
  readonly body: string;
}

/** Answers the value of the header `freehold-signature`. */
export type SignRequest = (request: SignableRequest) => string;

/** A master key: the first of a list signs. */
export interface MasterKey {
  readonly id: string;
  readonly secret: Buffer;
}

/** What else a signature is made from; tests give fixed values. */
export interface SignatureSource {
  readonly nowMs: () => number;
  readonly makeNonce: () => string;
}

/** A master key in its text form, `<key id>:<secret in base64url>`, of 32 bytes or more. */
export const masterKeyPattern = /^[\w-]{1,32}:[\w-]{43,}$/;

/** Reads a master key that has the form of `masterKeyPattern`. */
export function parseMasterKey(text: string): MasterKey {
  const at = text.indexOf(':');
  return { id: text.slice(0, at), secret: Buffer.from(text.slice(at + 1), 'base64url') };
}

/** The key of one service, which cannot make requests for another (docs/request-signatures.md). */
export function deriveServiceKey(master: MasterKey, service: string): Buffer {
  return createHmac('sha256', master.secret).update(`freehold-service-key-v1\n${service}`).digest();
}

/** The keys that a service is given, in the form of its variable FREEHOLD_SERVICE_KEYS. */
export function printServiceKeys(masterKeys: readonly string[], service: string): string {
  return masterKeys
    .map((text) => {
      const master = parseMasterKey(text);
      return `${master.id}:${deriveServiceKey(master, service).toString('base64url')}`;
    })
    .join(',');
}

/** Makes the signer of requests to services (format: docs/request-signatures.md). */
export function makeSigner(master: MasterKey, source: SignatureSource = makeSource()): SignRequest {
  const keys = new Map<string, Buffer>();
  return ({ service, method, path, identity = '', body }) => {
    let key = keys.get(service);
    if (key === undefined) {
      key = deriveServiceKey(master, service);
      keys.set(service, key);
    }
    const time = source.nowMs();
    const nonce = source.makeNonce();
    const mac = createHmac('sha256', key)
      .update(
        `freehold-signature-v1\n${service}\n${method}\n${path}\n${master.id}\n${time}\n${nonce}\n${identity}\n`,
      )
      .update(body)
      .digest('base64url');
    return `v1.${master.id}.${time}.${nonce}.${mac}`;
  };
}

/** Nonces only have to differ: a random name for this process, and a count. */
function makeSource(): SignatureSource {
  const name = randomBytes(12).toString('base64url');
  let count = 0;
  return { nowMs: () => Date.now(), makeNonce: () => `${name}${(count++).toString(36)}` };
}

/** The value of `freehold-identity`. */
export function printIdentity({ subject, username, scopes }: RequestIdentity): string {
  return Buffer.from(JSON.stringify({ sub: subject, username, scope: [...scopes] })).toString('base64url');
}
