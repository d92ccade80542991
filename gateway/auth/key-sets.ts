import { readFile } from 'node:fs/promises';

import {
  createLocalJWKSet,
  createRemoteJWKSet,
  errors,
  type JSONWebKeySet,
  type JWTVerifyGetKey,
} from 'jose';

import { ConfigError } from '../config/gateway-config.ts';

/** A key set that cannot be read just now: a token that no other set has a key for cannot be judged. */
export class KeySetError extends Error {
  override readonly name = 'KeySetError';
}

/**
 * Opens key sets in files or behind http(s) URLs and answers where a token's key is found: the first set that has it.
 * One that cannot be read may have the key, and only then, when no other has it, is that the failure.
 * A key that is in none makes the sets be read again, at most once in `cooldownMs`, so that keys rotate without a
 * restart. Rejects with a `ConfigError` when a file is no key set; a URL is read when the first token comes.
 */
export async function openKeySets(sources: readonly string[], cooldownMs: number): Promise<JWTVerifyGetKey> {
  const sets = await Promise.all(
    sources.map((source) =>
      /^https?:\/\//i.test(source)
        ? Promise.resolve(openRemoteSet(new URL(source), cooldownMs))
        : openFileSet(source, cooldownMs),
    ),
  );
  return async (header, token) => {
    let unread: KeySetError | undefined;
    for (const set of sets) {
      try {
        return await set(header, token);
      } catch (error) {
        if (error instanceof KeySetError) unread ??= error;
        else if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
      }
    }
    throw unread ?? new errors.JWKSNoMatchingKey();
  };
}

function openRemoteSet(url: URL, cooldownMs: number): JWTVerifyGetKey {
  const set = createRemoteJWKSet(url, { cooldownDuration: cooldownMs });
  return async (header, token) => {
    try {
      return await set(header, token);
    } catch (error) {
      if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys) {
        throw error;
      }
      throw new KeySetError(`The key set ${url.origin}${url.pathname} cannot be read.`, { cause: error });
    }
  };
}

async function openFileSet(file: string, cooldownMs: number): Promise<JWTVerifyGetKey> {
  let set = await readFileSet(file);
  let readAtMs = performance.now();
  return async (header, token) => {
    try {
      return await set(header, token);
    } catch (error) {
      const isCool = performance.now() - readAtMs >= cooldownMs;
      if (!(error instanceof errors.JWKSNoMatchingKey) || !isCool) throw error;
      readAtMs = performance.now();
      set = await readFileSet(file).catch((cause: unknown) => {
        throw new KeySetError(`The key set ${file} cannot be read.`, { cause });
      });
      return await set(header, token);
    }
  };
}

async function readFileSet(file: string): Promise<JWTVerifyGetKey> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new ConfigError(`The key set ${file} cannot be read (${error.code ?? error.message}).`);
  });
  try {
    return createLocalJWKSet(JSON.parse(text) as JSONWebKeySet);
  } catch {
    throw new ConfigError(`${file} is no JWKS; expected JSON such as {"keys": [...]}.`);
  }
}
