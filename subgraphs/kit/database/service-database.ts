import type { Logger } from 'pino';

import type { BeginWait } from '../statements/statement-scope.ts';

/** A service's way into its one database. */
export interface ServiceDatabase<Client> {
  /** What the service's queries are written against: a Prisma client or a MongoDB database. */
  readonly client: Client;
  /** The database's name in OpenTelemetry's `db.system.name`. */
  readonly system?: 'postgresql' | 'mongodb';
  /** How the pool of connections stands. */
  readonly pool?: () => PoolState;
  /** Begins the wait of a read for a connection, where the driver bounds none by the request's time. */
  readonly beginWait?: BeginWait;
  /** How long a statement may take, in milliseconds, where that goes with each statement. */
  readonly statementMs?: number;
  /** Asks the database for an answer; rejects when none comes before `signal` is aborted. */
  check(signal: AbortSignal): Promise<void>;
  /** Loads what the first statement would wait for; needs no database. Default: there is nothing to load. */
  warm?(): Promise<void>;
  /** Ends all connections. Safe to call twice. */
  close(): Promise<void>;
}

/** The connections of a pool, and who waits for one. */
export interface PoolState {
  /** The most that there may be. */
  readonly max: number;
  readonly used: number;
  readonly idle: number;
  /** Statements that wait. */
  readonly waiting: number;
}

/** What is needed to open a service's database. */
export interface DatabaseSettings {
  readonly service: string;
  readonly url: string;
  /** How many connections are open at most. Default 10. */
  readonly connectionsMax: number;
  /**
   * How long a statement may wait for a free connection, in milliseconds; then DATABASE_BUSY. Default 5,000, and never
   * longer than most of the time that its request has left, so that the error arrives before the deadline.
   */
  readonly connectionWaitMs: number;
  /** How long any statement may take, in milliseconds, whatever its request's deadline. Default 30,000. */
  readonly statementMs: number;
  readonly log: Logger;
}

/** Opens a service's database without waiting for it: connections are made when they are needed. */
export type OpenDatabase<Client> = (settings: DatabaseSettings) => ServiceDatabase<Client>;
