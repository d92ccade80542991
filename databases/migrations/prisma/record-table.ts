import type { Client, Pool } from 'pg';

import type { MigrationRecord } from '../history.ts';

/** Prisma's table of what was applied. */
const table = 'public."_prisma_migrations"';

/**
 * Left in `logs` of a migration that controls its own transactions: when it fails, part of it may stay in the
 * database, so it is not simply run again.
 */
const ownTransactions = 'This migration controls its own transactions.';

export async function readRecords(client: Client): Promise<MigrationRecord[]> {
  const { rows } = await client.query<{ exists: boolean }>(
    `SELECT to_regclass('${table}') IS NOT NULL AS exists`,
  );
  if (rows[0]?.exists !== true) return [];
  const records = await client.query<MigrationRecord>(
    `SELECT migration_name, checksum, finished_at, rolled_back_at, logs FROM ${table} ORDER BY started_at`,
  );
  return records.rows;
}

export function hasOwnTransactions(record: MigrationRecord): boolean {
  return record.logs?.includes(ownTransactions) ?? false;
}

/**
 * Runs a script and records its end in the same transaction: the engine would record it afterwards, and after
 * a crash in between nobody could tell whether the script was applied.
 */
export async function runAndFinish(pool: Pool, name: string, script: string): Promise<void> {
  const finish = `UPDATE ${table} SET finished_at = now() WHERE migration_name = '${name.replaceAll("'", "''")}' AND finished_at IS NULL AND rolled_back_at IS NULL`;
  await pool.query(`${script}\n;${finish}`);
}

export async function runWithOwnTransactions(pool: Pool, name: string, script: string): Promise<void> {
  const unfinished = 'migration_name = $1 AND finished_at IS NULL AND rolled_back_at IS NULL';
  await pool.query(`UPDATE ${table} SET logs = $2 WHERE ${unfinished}`, [name, ownTransactions]);
  await pool.query(script);
  await pool.query(`UPDATE ${table} SET logs = NULL WHERE ${unfinished}`, [name]);
}

/** The engine has replaced `logs` by the error. */
export async function markOwnTransactions(client: Client, name: string): Promise<void> {
  await client.query(
    `UPDATE ${table} SET logs = concat_ws(E'\\n', $2::text, logs) WHERE migration_name = $1 AND finished_at IS NULL AND rolled_back_at IS NULL`,
    [name, ownTransactions],
  );
}

/** The owner's default rights give the service every table; this one is for migrations alone. */
export async function keepFromService(client: Client): Promise<void> {
  const { rows } = await client.query<{ grantee: string }>(
    `SELECT DISTINCT quote_ident(pg_get_userbyid(acl.grantee)) AS grantee
       FROM pg_class, aclexplode(relacl) AS acl
      WHERE pg_class.oid = to_regclass('${table}') AND acl.grantee NOT IN (0, relowner)`,
  );
  for (const { grantee } of rows) await client.query(`REVOKE ALL ON ${table} FROM ${grantee}`);
}
