import type { Logger } from 'pino';

/** The kinds of database a service can own. */
export type DatabaseKind = 'postgres' | 'mongo';

/** What is needed to give one service its database. */
export interface DatabaseOptions {
  /** The service that owns the database; it names the roles, the folder and the environment variable. */
  readonly service: string;
  readonly kind: DatabaseKind;
  /** Folder for this service's embedded database (data, credentials, lock); made when missing. */
  readonly folder: string;
  /**
   * Where an embedded database is to listen if the port is free, so that one that is opened again is where its service
   * looks for it. Default: where it was last (PostgreSQL), or any.
   */
  readonly portWanted?: number | undefined;
  /** Where `<SERVICE>_DATABASE_URL` and `<SERVICE>_DATABASE_OWNER_URL` are looked up. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly log: Logger;
}

/** A database that answers, and the two ways into it. */
export interface RunningDatabase {
  readonly service: string;
  readonly kind: DatabaseKind;
  /** `url`: given from outside, not ours to stop. `embedded`: ours, stopped by `close`. */
  readonly source: 'url' | 'embedded';
  /** For people, such as `PostgreSQL 18.4, embedded`. */
  readonly description: string;
  readonly host: string;
  readonly port: number;
  /** For the running service: reads and writes rows, changes no schema. */
  readonly url: string;
  /** For migrations: owns the schema. */
  readonly ownerUrl: string;
  /** True when this call made the database, so that it has neither schema nor rows yet. */
  readonly isNew: boolean;
  /** Settles when an embedded database ends without `close`; never for a `url`. */
  readonly died: Promise<DatabaseDeath>;
  /** Stops an embedded database, its data kept. Safe to call twice. */
  close(): Promise<void>;
}

/** How an embedded database ended by itself. */
export interface DatabaseDeath {
  readonly exitCode: number | null;
  readonly signal: string | null;
  /** The last lines that it wrote. */
  readonly output: string;
}
