import type { Logger } from 'pino';

/** A service's way into its one database. */
export interface ServiceDatabase<Client> {
  /** What the service's queries are written against: a Prisma client or a MongoDB database. */
  readonly client: Client;
  /** Asks the database for an answer; rejects when none comes before `signal` is aborted. */
  check(signal: AbortSignal): Promise<void>;
  /** Ends all connections. Safe to call twice. */
  close(): Promise<void>;
}

/** What is needed to open a service's database. */
export interface DatabaseSettings {
  readonly service: string;
  readonly url: string;
  /** How many connections are open at most. Default 10. */
  readonly connectionsMax: number;
  /** How long a statement may wait for a free connection, in milliseconds; then DATABASE_BUSY. Default 5,000. */
  readonly connectionWaitMs: number;
  /** How long any statement may take, in milliseconds, whatever its request's deadline. Default 30,000. */
  readonly statementMs: number;
  readonly log: Logger;
}

/** The defaults of `DatabaseSettings`. */
export const databaseDefaults = { connectionsMax: 10, connectionWaitMs: 5_000, statementMs: 30_000 };

/** Opens a service's database without waiting for it: connections are made when they are needed. */
export type OpenDatabase<Client> = (settings: DatabaseSettings) => ServiceDatabase<Client>;
