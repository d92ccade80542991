import { Client } from 'pg';

import { nameVariables } from '../../open-database.ts';
import { MigrationError } from '../migration-error.ts';
import type { MigrationTarget } from '../migration-target.ts';

/** Gives `use` a connection with the role that migrates. */
export async function withOwner<T>(target: MigrationTarget, use: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: target.ownerUrl, connectionTimeoutMillis: 10_000 });
  // A connection lost while idle shows in the next query.
  client.on('error', () => undefined);
  try {
    await client.connect();
    return await use(client);
  } catch (error) {
    throw explainRights(error, target.service, client.user);
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** The service's own role, which migrates where no owner is named, may not read what was applied. */
function explainRights(error: unknown, service: string, role: string | undefined): unknown {
  if (!(error instanceof Error) || Reflect.get(error, 'code') !== '42501') return error;
  return new MigrationError(
    `${service}: the role ${role} may not migrate: ${error.message}. ` +
      `Set ${nameVariables(service).ownerVariable} to a URL with the role that owns the tables.`,
    { cause: error },
  );
}
