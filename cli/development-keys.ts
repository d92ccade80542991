import { randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { exportJWK, generateKeyPair, importJWK, SignJWT, type JWK } from 'jose';

import { ConfigError } from '../gateway/config/gateway-config.ts';

/** Issuer and audience of development tokens; a gateway that must not take them names its own. */
export const developmentIssuer = 'freehold-development';

/** Where the development keys are: the private one, and the set that a gateway is given. */
export interface DevelopmentKeys {
  readonly privateFile: string;
  readonly jwksFile: string;
}

export interface DevelopmentToken {
  /** The claim `sub`. */
  readonly user: string;
  /** The claim `preferred_username`. */
  readonly username?: string | undefined;
  readonly scopes: readonly string[];
  readonly policies: readonly string[];
  /** Seconds until it expires. */
  readonly expiresS: number;
}

const algorithm = 'ES256';

/** Names the files of the development keys below a project's `.freehold`. */
export function nameDevelopmentKeys(projectRoot: string): DevelopmentKeys {
  const folder = path.join(projectRoot, '.freehold', 'keys');
  return {
    privateFile: path.join(folder, 'development-private.json'),
    jwksFile: path.join(folder, 'development-jwks.json'),
  };
}

/** Makes the development keys of a project unless they are there; both files are readable by their owner only. */
export async function ensureDevelopmentKeys(projectRoot: string): Promise<DevelopmentKeys> {
  const keys = nameDevelopmentKeys(projectRoot);
  try {
    return await makeKeys(keys);
  } catch (error) {
    if (!(error instanceof Error && 'syscall' in error)) throw error;
    throw new ConfigError(
      `The development keys cannot be made in ${path.dirname(keys.privateFile)}: ${error.message}. ` +
        'Free the disk, or mend the rights of that folder.',
    );
  }
}

async function makeKeys(keys: DevelopmentKeys): Promise<DevelopmentKeys> {
  await mkdir(path.dirname(keys.privateFile), { recursive: true, mode: 0o700 });
  const pair = await generateKeyPair(algorithm, { extractable: true });
  const about = { kid: `development-${randomUUID().slice(0, 8)}`, alg: algorithm, use: 'sig' };
  const privateKey = { ...(await exportJWK(pair.privateKey)), ...about };
  const wasMade = await writeOnce(keys.privateFile, `${JSON.stringify(privateKey)}\n`);
  // Whoever made the private key writes its public half; a half-written start is mended here.
  const known = wasMade ? privateKey : await readKey(keys.privateFile);
  const { d: _secret, ...publicKey } = known;
  await writeOnce(keys.jwksFile, `${JSON.stringify({ keys: [publicKey] }, undefined, 2)}\n`);
  return keys;
}

/** Mints a token that a gateway with the development key set accepts; makes the keys at first use. */
export async function mintDevelopmentToken(
  projectRoot: string,
  { user, username, scopes, policies, expiresS }: DevelopmentToken,
): Promise<string> {
  const keys = await ensureDevelopmentKeys(projectRoot);
  const key = await readKey(keys.privateFile);
  const now = Math.floor(Date.now() / 1000);
  return new SignJWT({
    ...(username !== undefined && { preferred_username: username }),
    ...(scopes.length > 0 && { scope: scopes.join(' ') }),
    ...(policies.length > 0 && { policies: [...policies] }),
  })
    .setProtectedHeader({ alg: algorithm, ...(key.kid !== undefined && { kid: key.kid }) })
    .setSubject(user)
    .setIssuer(developmentIssuer)
    .setIssuedAt(now)
    .setExpirationTime(now + expiresS)
    .sign(await importJWK(key, algorithm));
}

async function readKey(file: string): Promise<JWK> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as JWK;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ConfigError(
      `The development key ${file} cannot be read (${reason}). Delete it and its folder to get new keys.`,
    );
  }
}

/** Writes a file that must not be there, for its owner only; false when it is there. It is never seen half-written. */
async function writeOnce(file: string, text: string): Promise<boolean> {
  const draft = `${file}.${randomUUID()}`;
  await writeFile(draft, text, { mode: 0o600 });
  try {
    await link(draft, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(draft);
  }
}
