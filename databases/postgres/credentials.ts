import { randomBytes } from 'node:crypto';

import { z } from 'zod';

/** The roles of one service's server. */
export interface RoleNames {
  /** Also the name of the database. */
  readonly database: string;
  /** Made by initdb, used for set-up alone. */
  readonly admin: string;
  /** Owns the database and migrates it. */
  readonly owner: string;
  /** Reads and writes rows. */
  readonly service: string;
}

/** The passwords of these roles, kept in credentials.json. */
export const credentialsShape = z.strictObject({
  admin: z.string().min(1),
  owner: z.string().min(1),
  service: z.string().min(1),
});

export type Credentials = Readonly<z.infer<typeof credentialsShape>>;

/** `order-history` owns the database `order_history`, so that no name needs quotes in psql. */
export function nameRoles(service: string): RoleNames {
  const database = service.replaceAll('-', '_');
  return { database, admin: 'freehold_setup', owner: `${database}_owner`, service: `${database}_service` };
}

export function makeCredentials(): Credentials {
  const makePassword = (): string => randomBytes(24).toString('base64url');
  return { admin: makePassword(), owner: makePassword(), service: makePassword() };
}

export function buildUrl(role: string, password: string, port: number, database: string): string {
  return `postgresql://${role}:${password}@127.0.0.1:${port}/${database}`;
}
