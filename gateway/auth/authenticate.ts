import { errors, jwtVerify, type JWTPayload, type JWTVerifyGetKey } from 'jose';
import type { Logger } from 'pino';

import type { GatewayConfig } from '../config/gateway-config.ts';
import { RequestError } from '../errors.ts';
import { LruMap } from '../guards/lru-map.ts';
import { KeySetError, openKeySets } from './key-sets.ts';
import type { RequestIdentity } from './request-identity.ts';

/**
 * Reads who asks from the header Authorization; undefined for an anonymous request. Rejects with a `RequestError`:
 * UNAUTHENTICATED for a token that is not valid (whatever the operation needs), AUTHENTICATION_UNAVAILABLE when no key
 * set can be read.
 */
export type Authenticate = (
  authorization: string | undefined,
) => Promise<RequestIdentity | undefined> | RequestIdentity | undefined;

export type AuthenticationOptions = Pick<
  GatewayConfig,
  | 'jwks'
  | 'jwtIssuer'
  | 'jwtAudience'
  | 'jwtAlgorithms'
  | 'jwtClockToleranceS'
  | 'jwksCooldownMs'
  | 'usernameClaim'
  | 'scopesClaim'
  | 'policiesClaim'
  | 'authentication'
>;

interface KnownToken {
  readonly identity: RequestIdentity;
  readonly untilMs: number;
}

/** Tokens whose signature need not be checked again; a key that was taken back counts for this long at most. */
const knownTokensMax = 1000;
const knownTokenMs = 60_000;

/** Makes the check of tokens. Rejects with a `ConfigError` when a key set in a file is not usable. */
export async function makeAuthenticate(options: AuthenticationOptions, log: Logger): Promise<Authenticate> {
  const { jwks, authentication } = options;
  const keys = jwks.length === 0 ? undefined : await openKeySets(jwks, options.jwksCooldownMs);
  const known = new LruMap<string, KnownToken>(knownTokensMax);
  return (authorization) => {
    if (keys === undefined || authorization === undefined) {
      if (authentication === 'required') throw refuse('A token is needed: Authorization: Bearer <token>.');
      return undefined;
    }
    const token = /^Bearer +([\w.~+/=-]+)$/i.exec(authorization)?.[1];
    if (token === undefined) throw refuse('Expected the header "Authorization: Bearer <token>".');
    const found = known.get(token);
    if (found !== undefined && found.untilMs > Date.now()) return found.identity;
    return verify(token, keys, options, log).then((fresh) => {
      known.set(token, fresh);
      return fresh.identity;
    });
  };
}

async function verify(
  token: string,
  keys: JWTVerifyGetKey,
  options: AuthenticationOptions,
  log: Logger,
): Promise<KnownToken> {
  try {
    const { payload } = await jwtVerify(token, keys, {
      algorithms: [...options.jwtAlgorithms],
      clockTolerance: options.jwtClockToleranceS,
      // A token that never ends cannot be taken back.
      requiredClaims: ['exp'],
      ...(options.jwtIssuer !== undefined && { issuer: options.jwtIssuer }),
      ...(options.jwtAudience !== undefined && { audience: options.jwtAudience }),
    });
    const expiresMs = (payload.exp ?? 0) * 1000;
    return {
      identity: readIdentity(payload, options),
      untilMs: Math.min(expiresMs, Date.now() + knownTokenMs),
    };
  } catch (error) {
    throw explain(error, log);
  }
}

function explain(error: unknown, log: Logger): Error {
  if (error instanceof KeySetError) {
    log.error({ err: error }, 'tokens cannot be judged');
    return new RequestError('AUTHENTICATION_UNAVAILABLE', 'Tokens cannot be judged now; try again.', {
      retryAfterS: 5,
    });
  }
  if (error instanceof errors.JWTExpired) return refuse('The token has expired.');
  if (error instanceof errors.JWTClaimValidationFailed) {
    return refuse(`The token's claim "${error.claim}" is not the expected one.`);
  }
  if (error instanceof errors.JOSEError) return refuse('The token is not valid.');
  return error instanceof Error ? error : new Error(String(error));
}

function refuse(message: string): RequestError {
  return new RequestError('UNAUTHENTICATED', message);
}

function readIdentity(payload: JWTPayload, options: AuthenticationOptions): RequestIdentity {
  return Object.freeze({
    subject: readText(payload.sub),
    username: readText(payload[options.usernameClaim]),
    scopes: readWords(payload[options.scopesClaim]),
    policies: readWords(payload[options.policiesClaim]),
  });
}

/** An empty text names nobody: a service would take it for an owner who has nothing. */
function readText(claim: unknown): string | undefined {
  return typeof claim === 'string' && claim !== '' ? claim : undefined;
}

function readWords(claim: unknown): ReadonlySet<string> {
  if (typeof claim === 'string') return new Set(claim.split(' ').filter((word) => word !== ''));
  return new Set(Array.isArray(claim) ? claim.filter((word) => typeof word === 'string') : []);
}
