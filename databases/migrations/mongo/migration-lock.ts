import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';

import { MongoServerError, type Collection, type Db } from 'mongodb';

import { MigrationError } from '../migration-error.ts';

/** The one document of this collection says who migrates. */
const collectionName = '_freehold_migrations_lock';
/** How long the lock of a killed process stands in the way; renewed three times as often. */
const leaseMs = 15_000;
const waitMs = 60_000;
const pollMs = 100;

interface LockDocument {
  readonly _id: string;
  readonly owner: string;
  readonly expires_at: Date;
}

/** A lock that is held; `check` throws when it was lost. */
export interface MigrationLock {
  check(): Promise<void>;
}

/**
 * Runs `use` while no other process migrates this database. MongoDB has no lock that ends with a connection,
 * so the document expires and is renewed for as long as `use` runs.
 *
 * @throws {MigrationError} when another process keeps it for a minute.
 */
export async function withMigrationLock<T>(
  db: Db,
  service: string,
  signal: AbortSignal | undefined,
  use: (lock: MigrationLock) => Promise<T>,
): Promise<T> {
  const locks = db.collection<LockDocument>(collectionName);
  const owner = randomUUID();
  for (const deadline = Date.now() + waitMs; !(await take(locks, owner));) {
    signal?.throwIfAborted();
    if (Date.now() > deadline)
      throw new MigrationError(
        `${service}: another process has been migrating this database for ${waitMs / 1000} s. ` +
          'Wait until it has ended and run npx freehold migrate again.',
      );
    await delay(pollMs, undefined, { signal });
  }
  const check = async (): Promise<void> => {
    const { matchedCount } = await locks.updateOne(
      { _id: 'migrate', owner },
      { $set: { expires_at: new Date(Date.now() + leaseMs) } },
    );
    if (matchedCount === 0)
      throw new MigrationError(
        `${service}: this process was held up for so long that another one took over the migration. ` +
          'Run npx freehold migrate again to see whether it is complete.',
      );
  };
  // A single command, such as building an index, may take longer than the lease.
  const timer = setInterval(() => void check().catch(() => undefined), leaseMs / 3);
  try {
    return await use({ check });
  } finally {
    clearInterval(timer);
    await locks.deleteOne({ _id: 'migrate', owner }).catch(() => undefined);
  }
}

async function take(locks: Collection<LockDocument>, owner: string): Promise<boolean> {
  const now = Date.now();
  try {
    // With `upsert`, a lock that is held and has not expired shows as a duplicate of its _id.
    await locks.updateOne(
      { _id: 'migrate', expires_at: { $lt: new Date(now) } },
      { $set: { owner, expires_at: new Date(now + leaseMs) } },
      { upsert: true },
    );
    return true;
  } catch (error) {
    if (error instanceof MongoServerError && error.code === 11_000) return false;
    throw error;
  }
}
