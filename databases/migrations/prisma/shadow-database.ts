import { randomUUID } from 'node:crypto';

import { Client } from 'pg';

/** A database that migrations are tried in. */
export interface ShadowDatabase {
  readonly url: string;
  drop(): Promise<void>;
}

const nameForm = '^shadow_[0-9a-f]{32}$';

/**
 * Makes an empty database beside the owner's, and drops those that processes left behind which were killed. Whoever
 * uses one holds an advisory lock of its name: it ends with the process, so what nobody holds is left behind.
 */
export async function createShadowDatabase(ownerUrl: string): Promise<ShadowDatabase> {
  const name = `shadow_${randomUUID().replaceAll('-', '')}`;
  const holder = await connect(ownerUrl);
  try {
    await holder.query('SELECT pg_advisory_lock(hashtextextended($1, 0))', [name]);
    await dropLeftOnes(holder);
    await holder.query(`CREATE DATABASE ${name}`);
  } catch (error) {
    await holder.end();
    throw error;
  }
  const url = new URL(ownerUrl);
  url.pathname = `/${name}`;
  return {
    url: url.href,
    drop: async () => {
      // Another session, because the holder's may have been ended meanwhile.
      const client = await connect(ownerUrl);
      try {
        await client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
      } finally {
        await client.end();
        await holder.end();
      }
    },
  };
}

async function connect(connectionString: string): Promise<Client> {
  const client = new Client({ connectionString, connectionTimeoutMillis: 10_000 });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

async function dropLeftOnes(holder: Client): Promise<void> {
  const { rows } = await holder.query<{ name: string }>(
    'SELECT datname AS name FROM pg_database WHERE datname ~ $1 AND pg_has_role(datdba, $2)',
    [nameForm, 'USAGE'],
  );
  for (const { name } of rows) {
    const lock = await holder.query<{ isFree: boolean }>(
      'SELECT pg_try_advisory_lock(hashtextextended($1, 0)) AS "isFree"',
      [name],
    );
    if (lock.rows[0]?.isFree !== true) continue;
    await holder.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    await holder.query('SELECT pg_advisory_unlock(hashtextextended($1, 0))', [name]);
  }
}
