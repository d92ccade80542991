import type { Action } from './server/auth/privileges.ts';

/** The users of one service's MongoDB, and its database. */
export interface ServiceUsers {
  readonly database: string;
  /** Makes collections, indexes and validators. */
  readonly owner: string;
  /** Reads and writes documents. */
  readonly service: string;
}

/** `order-history` owns the database `order_history`, as with PostgreSQL. */
export function nameServiceUsers(service: string): ServiceUsers {
  const database = service.replaceAll('-', '_');
  return { database, owner: `${database}_owner`, service: `${database}_service` };
}

/** The role of the service's user: it has no way to change what the database is made of. */
export const DOCUMENTS_ROLE = 'documents';

/** What that role allows; MongoDB's readWrite would allow collections and indexes too. */
export const DOCUMENTS_ACTIONS = [
  'find',
  'insert',
  'update',
  'remove',
  'listCollections',
  'listIndexes',
] as const satisfies readonly Action[];

/** The roles of the owner. */
export const OWNER_ROLES = ['readWrite', 'dbAdmin'] as const;

/** Passwords of the two users, and of MongoDB's own administrator where there is one. */
export interface ServicePasswords {
  readonly owner: string;
  readonly service: string;
}

/** The URL for one of the users. It needs no discovery: there is one server. */
export function buildMongoUrl(
  user: string,
  password: string,
  port: number,
  database: string,
  replicaSet: string,
): string {
  const credentials = `${encodeURIComponent(user)}:${encodeURIComponent(password)}`;
  return (
    `mongodb://${credentials}@127.0.0.1:${port}/${database}` +
    `?authSource=${database}&replicaSet=${replicaSet}&directConnection=true`
  );
}
