import { mkdir } from 'node:fs/promises';

import { DatabaseError } from './database-error.ts';
import type { DatabaseDeath, DatabaseOptions, RunningDatabase } from './database.ts';
import { lockFolder, type FolderLock } from './folder-lock.ts';
import { reachUrl } from './reach-url.ts';

/**
 * Gives a service its database: the one behind `<SERVICE>_DATABASE_URL` when that is set, else the embedded
 * one of its kind in `options.folder`. `<SERVICE>_DATABASE_OWNER_URL` is the way in for migrations and is the
 * same URL when unset.
 *
 * @throws {DatabaseError} when it cannot be had.
 */
export async function openDatabase(options: DatabaseOptions): Promise<RunningDatabase> {
  const { kind, service } = options;
  const given = readDatabaseUrls(service, options.environment);
  if (given === undefined) return await openEmbedded(options);
  const { url, ownerUrl } = given;
  const { variable, ownerVariable } = nameVariables(service);
  const reached = await reachUrl({ variable, url, kind });
  if (ownerUrl !== undefined) await reachUrl({ variable: ownerVariable, url: ownerUrl, kind });
  return {
    service,
    kind,
    source: 'url',
    ...reached,
    url,
    ownerUrl: ownerUrl ?? url,
    isNew: false,
    // Never settles: whether it lives is not ours to watch.
    died: new Promise(() => undefined),
    async close() {
      // Not ours to stop.
    },
  };
}

/**
 * The URLs that the environment gives a service; undefined when it is to have the embedded database.
 *
 * @throws {DatabaseError} when the owner's is given alone: the embedded database would be migrated in place of that one.
 */
export function readDatabaseUrls(
  service: string,
  environment: DatabaseOptions['environment'],
): { readonly url: string; readonly ownerUrl: string | undefined } | undefined {
  const { variable, ownerVariable } = nameVariables(service);
  const url = environment[variable] || undefined;
  const ownerUrl = environment[ownerVariable] || undefined;
  if (url !== undefined) return { url, ownerUrl };
  if (ownerUrl === undefined) return undefined;
  throw new DatabaseError(
    `${ownerVariable} is set and ${variable} is not; expected both, or none for the embedded database of ${service}.`,
  );
}

/** `ORDER_HISTORY_DATABASE_URL` for `order-history`. */
export function nameVariables(service: string): {
  readonly variable: string;
  readonly ownerVariable: string;
} {
  const prefix = service.toUpperCase().replaceAll('-', '_');
  return { variable: `${prefix}_DATABASE_URL`, ownerVariable: `${prefix}_DATABASE_OWNER_URL` };
}

async function openEmbedded(options: DatabaseOptions): Promise<RunningDatabase> {
  if (options.kind === 'mongo') return await openLocked(options);
  const { openPostgresDatabase } = await import('./postgres/open-postgres-database.ts');
  return await openPostgresDatabase(options);
}

/** Opens the embedded MongoDB under the lock of its folder, so that a second process can tell and wait. */
async function openLocked(options: DatabaseOptions): Promise<RunningDatabase> {
  const { openMongoDatabase } = await import('./mongo/open-mongo-database.ts');
  const lock = await lockEmbeddedFolder(options);
  try {
    const database = await openMongoDatabase(options);
    return {
      ...database,
      died: releaseOnDeath(database.died, lock),
      async close() {
        await database.close();
        await lock.release();
      },
    };
  } catch (error) {
    await lock.release();
    throw error;
  }
}

async function lockEmbeddedFolder({ folder, service }: DatabaseOptions): Promise<FolderLock> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    return await lockFolder(folder, service);
  } catch (error) {
    if (error instanceof Error && 'syscall' in error)
      throw new DatabaseError(
        `The database folder of ${service}, ${folder}, cannot be used: ${error.message}. ` +
          'Free the disk, mend the rights of the folder, or choose another one (--data DIR).',
        { cause: error },
      );
    throw error;
  }
}

async function releaseOnDeath(died: Promise<DatabaseDeath>, lock: FolderLock): Promise<DatabaseDeath> {
  const death = await died;
  await lock.release();
  return death;
}
