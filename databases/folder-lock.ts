import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { randomUUID } from 'node:crypto';
import path from 'node:path';

import { DatabaseError } from './database-error.ts';
import { isRunning, readProcessIdentity, type ProcessIdentity } from './process-identity.ts';

/** A running process holds the folder; it may let go of it. */
export class FolderInUseError extends DatabaseError {}

/** A folder that this process alone may open, until `release`. */
export interface FolderLock {
  /** Safe to call twice. */
  release(): Promise<void>;
}

/** Folders that this process holds: the file alone cannot tell two holders in one process apart. */
const held = new Set<string>();

/**
 * Takes `<folder>/lock.json`. A lock whose process has ended is taken over.
 *
 * @throws {FolderInUseError} when a running process holds it.
 */
export async function lockFolder(folder: string, service: string): Promise<FolderLock> {
  const file = path.join(path.resolve(folder), 'lock.json');
  const self = await readProcessIdentity(process.pid);
  if (self === undefined) throw new Error('This process is not in the process table.');
  if (held.has(file)) throw heldError(service, folder, self);
  held.add(file);
  const draft = `${file}.${randomUUID()}`;
  try {
    await writeFile(draft, JSON.stringify(self), { mode: 0o600 });
    await takeLock(file, draft, service, folder);
  } catch (error) {
    held.delete(file);
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
  return {
    async release() {
      if (held.delete(file)) await rm(file, { force: true });
    },
  };
}

async function takeLock(file: string, draft: string, service: string, folder: string): Promise<void> {
  // Bounded: each round either takes the lock, finds a running holder or removes one stale lock.
  for (let round = 0; round < 10; round += 1) {
    try {
      // link(2) fails when the name exists, and the file has its content from the first moment on.
      await link(draft, file);
      return;
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    }
    const text = await readFile(file, 'utf8').catch(() => undefined);
    if (text === undefined) continue;
    const holder = parseHolder(text);
    if (holder && (await isRunning(holder))) throw heldError(service, folder, holder);
    await removeStale(file, text);
  }
  throw new DatabaseError(
    `The database folder of ${service}, ${folder}, is being opened by several processes at once. ` +
      'Wait until they have ended and try again.',
  );
}

/** Removes the lock only if it is still the one that was judged stale: another process may have been faster. */
async function removeStale(file: string, judged: string): Promise<void> {
  const aside = `${file}.${randomUUID()}`;
  try {
    await rename(file, aside);
    if ((await readFile(aside, 'utf8')) !== judged) await link(aside, file).catch(() => undefined);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
  } finally {
    await rm(aside, { force: true });
  }
}

function parseHolder(text: string): ProcessIdentity | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || !('pid' in value) || !('startedAt' in value))
      return undefined;
    const { pid, startedAt } = value;
    return typeof pid === 'number' && typeof startedAt === 'string' ? { pid, startedAt } : undefined;
  } catch {
    return undefined;
  }
}

function heldError(service: string, folder: string, holder: ProcessIdentity): DatabaseError {
  return new FolderInUseError(
    `The database of ${service} in ${folder} is in use by process ${holder.pid}. ` +
      'Stop that process first, or give this one another data folder (--data DIR).',
  );
}
