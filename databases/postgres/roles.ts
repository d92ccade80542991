import { escapeLiteral } from 'pg';
import type { Client } from 'pg';

import type { Credentials, RoleNames } from './credentials.ts';

/**
 * Makes the two roles and the database. Run as the set-up role on the database `postgres`.
 *
 * The owner may make databases: Prisma tries migrations out in one that it drops again. Nobody but the owner
 * and the service gets in: what PostgreSQL grants to everybody is taken back.
 */
export async function createRolesAndDatabase(
  client: Client,
  roles: RoleNames,
  credentials: Credentials,
): Promise<void> {
  const { database, owner, service } = roles;
  // CREATE DATABASE cannot share a transaction, hence one statement at a time.
  for (const statement of [
    `CREATE ROLE ${owner} LOGIN CREATEDB PASSWORD ${escapeLiteral(credentials.owner)}`,
    `CREATE ROLE ${service} LOGIN PASSWORD ${escapeLiteral(credentials.service)}`,
    `CREATE DATABASE ${database} OWNER ${owner}`,
    `REVOKE ALL ON DATABASE ${database}, postgres, template1, template0 FROM PUBLIC`,
    `GRANT CONNECT ON DATABASE ${database} TO ${service}`,
    // So that the owner reads every session's statements in pg_stat_statements and pg_stat_activity.
    `GRANT pg_read_all_stats TO ${owner}`,
    // Unqualified, the owner finds its tables first and the extension's views after.
    `ALTER ROLE ${owner} IN DATABASE ${database} SET search_path = public, extensions`,
  ])
    await client.query(statement);
}

/** Makes what stands inside the database. Run as the set-up role on the service's database. */
export async function createRights(client: Client, roles: RoleNames): Promise<void> {
  const { owner, service } = roles;
  const forOwner = `ALTER DEFAULT PRIVILEGES FOR ROLE ${owner}`;
  await client.query(
    [
      'BEGIN',
      `ALTER SCHEMA public OWNER TO ${owner}`,
      'REVOKE ALL ON SCHEMA public FROM PUBLIC',
      `GRANT USAGE ON SCHEMA public TO ${service}`,
      `${forOwner} GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO ${service}`,
      `${forOwner} GRANT USAGE ON SEQUENCES TO ${service}`,
      `${forOwner} REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC`,
      `${forOwner} GRANT EXECUTE ON FUNCTIONS TO ${service}`,
      `${forOwner} REVOKE USAGE ON TYPES FROM PUBLIC`,
      `${forOwner} GRANT USAGE ON TYPES TO ${service}`,
      // In a schema apart, so that it is no part of what migrations describe.
      'CREATE SCHEMA extensions',
      `GRANT USAGE ON SCHEMA extensions TO ${owner}`,
      'CREATE EXTENSION pg_stat_statements SCHEMA extensions',
      'REVOKE ALL ON ALL TABLES IN SCHEMA extensions FROM PUBLIC',
      'REVOKE ALL ON ALL FUNCTIONS IN SCHEMA extensions FROM PUBLIC',
      `GRANT SELECT ON ALL TABLES IN SCHEMA extensions TO ${owner}`,
      `GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA extensions TO ${owner}`,
      'COMMIT',
    ].join(';\n'),
  );
}
