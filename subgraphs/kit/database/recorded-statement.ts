import type { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

import type { PoolClient, QueryArrayResult, QueryConfig } from 'pg';

import type { StatementScope } from '../statements/statement-scope.ts';
import { SubgraphError } from '../subgraph-error.ts';

/** `client.query` in the one form that is recorded. */
export type RunQuery = (config: QueryConfig) => Promise<QueryArrayResult>;

interface RecordedRun {
  readonly pool: { cancelStatement(processId: number): Promise<void> };
  readonly client: PoolClient;
  readonly send: RunQuery;
  readonly config: QueryConfig;
  readonly scope: StatementScope;
  readonly waitMs: number;
  /** How long any statement may take by the database's own limit, in milliseconds. */
  readonly statementMs: number;
}

/**
 * How long a database has to answer a cancelled statement, in milliseconds. One that stands still, or cannot be reached
 * any more, never does: its connection is then cut, or the pool would be used up by connections that wait for nothing.
 */
const cancelMs = 500;

/**
 * How long after a cancellation it is sent again, in milliseconds: one that comes to the database just before its
 * statement does is passed over there (PostgreSQL takes it for one that came too late).
 */
const cancelAgainMs = 50;

/** Sends a statement with its request's comment, records it, and cancels it in the database when the request is over. */
export async function runRecorded(run: RecordedRun): Promise<QueryArrayResult> {
  const { client, send, config, scope } = run;
  // A transaction that has begun is always ended: its connection goes back to the pool, and whoever gets it next would
  // write into a transaction that nobody commits.
  const isEnding = /^(COMMIT|ROLLBACK)\b/i.test(config.text);
  if (!isEnding && scope.signal.aborted) throw requestIsOver();
  scope.countStatement(isEnding);
  const text = scope.comment ? `${config.text} /*${scope.comment}*/` : config.text;
  const began = performance.now();
  let cancelled: Promise<void> | undefined;
  let cut = setTimeout(() => cutConnection(client), run.statementMs + cancelMs);
  const limit = (): void => {
    clearTimeout(cut);
    cut = setTimeout(() => cutConnection(client), cancelMs);
  };
  let over: AbortController | undefined;
  const cancel = (): void => {
    limit();
    over = new AbortController();
    cancelled = cancelUntil(run, over.signal);
  };
  if (scope.signal.aborted) limit();
  else scope.signal.addEventListener('abort', isEnding ? limit : cancel, { once: true });
  let rows: number | null = null;
  try {
    const result = await send({ ...config, text });
    rows = result.rowCount ?? 0;
    return result;
  } catch (error) {
    if (scope.signal.aborted) throw requestIsOver(error);
    throw error;
  } finally {
    over?.abort();
    clearTimeout(cut);
    scope.signal.removeEventListener('abort', isEnding ? limit : cancel);
    scope.record({
      service: scope.service,
      cause: scope.cause,
      text: config.text,
      batchSize: scope.batchSize,
      rows,
      startMs: began - scope.requestStartMs,
      waitMs: run.waitMs,
      durationMs: performance.now() - began,
    });
    // A cancellation names a connection, not a statement: the connection is not given to anybody else before it has
    // arrived, or it would hit the next one's statement.
    await cancelled;
  }
}

/** Cancels the statement until it is `over`, or cut off. Resolves when no cancellation is under way any more. */
async function cancelUntil({ pool, client }: RecordedRun, over: AbortSignal): Promise<void> {
  for (let waitedMs = 0; waitedMs < cancelMs && !over.aborted; waitedMs += cancelAgainMs) {
    await pool.cancelStatement(processIdOf(client)).catch(() => {});
    await delay(cancelAgainMs, undefined, { signal: over }).catch(() => {});
  }
}

function requestIsOver(cause?: unknown): SubgraphError {
  return new SubgraphError('DEADLINE_EXCEEDED', 'The request was over before the database answered.', {
    cause,
  });
}

/** Ends the connection without a word to the database; its statement fails, and the pool drops it. */
function cutConnection(client: PoolClient): void {
  // `pg` leaves the connection out of its types.
  (client as unknown as { readonly connection: { readonly stream: Socket } }).connection.stream.destroy();
}

function processIdOf(client: PoolClient): number {
  // Sent by PostgreSQL with the greeting; `pg` keeps it and leaves it out of its types.
  return (client as unknown as { readonly processID: number }).processID;
}
