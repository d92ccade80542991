import { createHmac, timingSafeEqual } from 'node:crypto';

import { NonceMemory } from './nonce-memory.ts';
import type { ServiceKeys } from './service-keys.ts';

/** Who asks, as the gateway's signature says. */
export interface Caller {
  /** The subject of the caller's token. */
  readonly subject: string | undefined;
  /** The name under which others know the subject. */
  readonly username?: string | undefined;
  readonly scopes: readonly string[];
}

/** A request as it arrived. */
export interface ArrivedRequest {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  /** Header `freehold-signature`. */
  readonly signature: string | undefined;
  /** Header `freehold-identity`. */
  readonly identity: string | undefined;
  readonly body: Buffer;
}

export type SignatureCode =
  'SIGNATURE_MISSING' | 'SIGNATURE_INVALID' | 'SIGNATURE_STALE' | 'SIGNATURE_REPLAYED';

export type Verdict =
  /** `caller` is undefined for an anonymous one. */
  | { readonly kind: 'accepted'; readonly caller: Caller | undefined }
  | { readonly kind: 'refused'; readonly code: SignatureCode; readonly message: string };

/** Judges a request by its signature. */
export type VerifyRequest = (request: ArrivedRequest) => Verdict;

/** How old a signature may be, and how far ahead of this clock, in milliseconds. */
const ageMsMax = 30_000;
/** Requests that can be remembered in twice that time: 3,300 a second, 20 MB. */
const noncesMax = 200_000;

/** Makes the check of a service's requests (format: docs/request-signatures.md). */
export function makeVerifier(
  service: string,
  keys: ServiceKeys,
  nowMs: () => number = () => Date.now(),
): VerifyRequest {
  // A signature from the farthest future stays fresh for twice the age.
  const nonces = new NonceMemory(2 * ageMsMax, noncesMax);
  return (request) => {
    const { method, path, signature, identity = '', body } = request;
    if (signature === undefined) return refuse('SIGNATURE_MISSING', 'Only the gateway may ask here.');
    const parts = /^v1\.([\w-]{1,32})\.(\d{1,16})\.([\w-]{1,64})\.([\w-]{43})$/.exec(signature);
    const [, keyId = '', time = '', nonce = '', mac = ''] = parts ?? [];
    const key = keys.get(keyId);
    if (parts === null || key === undefined) return refuseInvalid();
    const expected = createHmac('sha256', key)
      .update(
        `freehold-signature-v1\n${service}\n${method}\n${path}\n${keyId}\n${time}\n${nonce}\n${identity}\n`,
      )
      .update(body)
      .digest();
    const found = Buffer.from(mac, 'base64url');
    if (found.length !== expected.length || !timingSafeEqual(found, expected)) return refuseInvalid();
    // Only what the gateway signed is looked at further, so nobody else fills the memory of nonces.
    const now = nowMs();
    if (Math.abs(now - Number(time)) > ageMsMax)
      return refuse('SIGNATURE_STALE', 'The signature is too old, or the clocks differ by more than 30 s.');
    if (!nonces.take(`${keyId}.${nonce}`, now))
      return refuse('SIGNATURE_REPLAYED', 'A request of this signature was answered before.');
    return { kind: 'accepted', caller: identity === '' ? undefined : readCaller(identity) };
  };
}

function refuse(code: SignatureCode, message: string): Verdict {
  return { kind: 'refused', code, message };
}

/** Why is not told: it would help only who forges. */
function refuseInvalid(): Verdict {
  return refuse('SIGNATURE_INVALID', 'The signature is not one of the gateway for this request.');
}

function readCaller(identity: string): Caller {
  const claims = JSON.parse(Buffer.from(identity, 'base64url').toString('utf8')) as Record<string, unknown>;
  const { sub, username, scope } = claims;
  return {
    subject: typeof sub === 'string' ? sub : undefined,
    username: typeof username === 'string' ? username : undefined,
    scopes: Array.isArray(scope) ? scope.filter((name) => typeof name === 'string') : [],
  };
}
