import { MongoClient } from 'mongodb';
import { Client } from 'pg';

import { directly } from './check-credentials.ts';
import type { ServiceDatabaseUrl } from './check-urls.ts';
import type { Breach } from './report.ts';

/** Looks at what the role of each running service may do beyond reading and writing its own data. */
export async function checkRoles(databases: readonly ServiceDatabaseUrl[]): Promise<Breach[]> {
  const lists = await Promise.all(
    databases.map(({ service, url }) =>
      url.startsWith('mongodb') ? checkMongoRoles(service, url) : checkPostgresRole(service, url),
    ),
  );
  return lists.flat();
}

// Each column is true where the role is too strong.
const postgresQuestion = `
  SELECT r.rolsuper AS "is a superuser",
    r.rolcreatedb AS "may make databases",
    r.rolcreaterole AS "may make roles",
    r.rolreplication AS "may replicate",
    r.rolbypassrls AS "passes row security",
    has_database_privilege(current_database(), 'CREATE') AS "may make schemas",
    COALESCE((SELECT bool_or(has_schema_privilege(n.oid, 'CREATE')) FROM pg_namespace n
      WHERE n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'), false) AS "may make tables",
    EXISTS (SELECT FROM pg_class c WHERE c.relowner = r.oid) AS "owns tables",
    COALESCE((SELECT bool_or(has_table_privilege(c.oid, 'TRUNCATE')) FROM pg_class c
      JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE c.relkind IN ('r', 'p') AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'), false)
      AS "may empty tables",
    EXISTS (SELECT FROM pg_auth_members m WHERE m.member = r.oid) AS "is a member of other roles",
    EXISTS (SELECT FROM pg_database d WHERE d.datname <> current_database() AND d.datallowconn
      AND has_database_privilege(d.oid, 'CONNECT')) AS "may connect to other databases"
  FROM pg_roles r WHERE r.rolname = current_user`;

async function checkPostgresRole(service: string, url: string): Promise<Breach[]> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 5000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query<Record<string, boolean>>(postgresQuestion);
    return Object.entries(rows[0] ?? {})
      .filter(([, isTooStrong]) => isTooStrong)
      .map(([what]) => ({ name: 'ROLE_TOO_STRONG', where: service, what: `its role ${what}` }));
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** Built-in roles of MongoDB that do more than read and write documents. */
const strongRoles =
  /^(readWrite|dbAdmin|dbOwner|userAdmin|root|backup|restore|cluster\w+|hostManager|enableSharding|__system|\w+AnyDatabase)$/;

async function checkMongoRoles(service: string, url: string): Promise<Breach[]> {
  const client = new MongoClient(url, { serverSelectionTimeoutMS: 5000, ...directly(url) });
  try {
    const database = client.db();
    const { authInfo } = await database.command({ connectionStatus: 1 });
    const { authenticatedUserRoles: roles } = authInfo as {
      readonly authenticatedUserRoles: readonly { readonly role: string; readonly db: string }[];
    };
    return roles.flatMap(({ role, db }): Breach[] => {
      const breaches: Breach[] = [];
      if (strongRoles.test(role))
        breaches.push({ name: 'ROLE_TOO_STRONG', where: service, what: `its user has the role ${role}` });
      if (db !== database.databaseName)
        breaches.push({ name: 'ROLE_TOO_STRONG', where: service, what: `its user has a role on ${db}` });
      return breaches;
    });
  } finally {
    await client.close();
  }
}
