import { setTimeout as delay } from 'node:timers/promises';

import type { Client } from 'pg';

import { MigrationError } from '../migration-error.ts';

// An advisory lock of two numbers, so that it cannot meet the engine's own (72707369, one number), which the
// engine takes on another session while this one is held.
const key = '1718773093, 1';
const waitMs = 60_000;
const pollMs = 100;

/**
 * Runs `use` while no other process migrates this database. The lock belongs to the session, so it ends with
 * the process that holds it.
 *
 * @throws {MigrationError} when another process keeps it for a minute.
 */
export async function withMigrationLock<T>(
  client: Client,
  service: string,
  signal: AbortSignal | undefined,
  use: () => Promise<T>,
): Promise<T> {
  for (const deadline = Date.now() + waitMs; ;) {
    signal?.throwIfAborted();
    const { rows } = await client.query<{ taken: boolean }>(`SELECT pg_try_advisory_lock(${key}) AS taken`);
    if (rows[0]?.taken === true) break;
    if (Date.now() > deadline)
      throw new MigrationError(
        `${service}: another process has been migrating this database for ${waitMs / 1000} s. ` +
          'Wait until it has ended and run npx freehold migrate again.',
      );
    await delay(pollMs, undefined, { signal });
  }
  try {
    return await use();
  } finally {
    await client.query(`SELECT pg_advisory_unlock(${key})`).catch(() => undefined);
  }
}
