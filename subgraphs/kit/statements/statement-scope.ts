import { AsyncLocalStorage } from 'node:async_hooks';

import type { CountStatement } from './limit-statements.ts';

/** One statement that a request sent to its database. Never holds a parameter's value. */
export interface Statement {
  readonly service: string;
  /** The type or field that needed it, such as `User` or `Product.reviews`; of several, all, with commas. */
  readonly cause: string;
  /** SQL, or a MongoDB command with its values left out. */
  readonly text: string;
  /** How many keys it answered at once; 1 when it was no batch. */
  readonly batchSize: number;
  /** Rows that came back, or that were written; null when it failed. */
  readonly rows: number | null;
  /** From the beginning of the request until it was sent, in milliseconds. */
  readonly startMs: number;
  /** How long it waited for a connection, in milliseconds. */
  readonly waitMs: number;
  /** From sending to the last row, in milliseconds. */
  readonly durationMs: number;
}

/** Why a statement is being run. */
export interface StatementCause {
  readonly cause: string;
  readonly batchSize: number;
}

/** The wait of one read for a connection. */
export interface ConnectionWait {
  /** Ends the read: when its request is over, or when it has waited too long. */
  readonly signal: AbortSignal;
  /** To be called when the read has its connection or has failed. Safe to call twice. */
  end(): void;
}

/** Begins the wait of a read; undefined where nothing has to be waited for. */
export type BeginWait = (scope: StatementScope) => ConnectionWait | undefined;

/** What the database drivers need to know of the request on whose behalf they run a statement. */
export interface StatementScope extends StatementCause {
  readonly service: string;
  /** Aborted when the client has left or the time is up: the statement is then cancelled. */
  readonly signal: AbortSignal;
  /** Where the driver bounds no wait by the request's time. */
  readonly beginWait?: BeginWait | undefined;
  /** How long a statement may take, in milliseconds, where that goes with each statement. */
  readonly statementMs?: number | undefined;
  /** In the scope of one read that waits. */
  readonly wait?: ConnectionWait;
  /** When the time is up, by `performance.now()`; undefined without a deadline. */
  readonly deadlineMs: number | undefined;
  /** Goes into each statement as a comment; undefined for none. */
  readonly comment: string | undefined;
  /** To be called before each statement; throws when the request may send no more. */
  readonly countStatement: CountStatement;
  readonly record: (statement: Statement) => void;
  /** When the request began, by `performance.now()`. */
  readonly requestStartMs: number;
}

// The scope travels beside the calls, not through them, because what is between a resolver and the driver (Prisma)
// has no place for it.
const storage = new AsyncLocalStorage<StatementScope>();

/** Runs `work`; each statement that it sends is recorded in `scope`. */
export function runInStatementScope<Result>(scope: StatementScope, work: () => Result): Result {
  return storage.run(scope, work);
}

/** The scope of the code that is running; undefined outside of a request. */
export function currentStatementScope(): StatementScope | undefined {
  return storage.getStore();
}
