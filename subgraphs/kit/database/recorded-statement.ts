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
}

/** Sends a statement with its request's comment, records it, and cancels it in the database when the request is over. */
export async function runRecorded(run: RecordedRun): Promise<QueryArrayResult> {
  const { client, send, config, scope } = run;
  if (scope.signal.aborted) throw requestIsOver();
  // A transaction that has begun can always be ended.
  if (!/^(COMMIT|ROLLBACK)\b/i.test(config.text)) scope.countStatement();
  const text = scope.comment ? `${config.text} /*${scope.comment}*/` : config.text;
  const began = performance.now();
  let cancelled: Promise<void> | undefined;
  const cancel = () => {
    cancelled = run.pool.cancelStatement(processIdOf(client)).catch(() => {});
  };
  scope.signal.addEventListener('abort', cancel, { once: true });
  let rows: number | null = null;
  try {
    const result = await send({ ...config, text });
    rows = result.rowCount ?? 0;
    return result;
  } catch (error) {
    if (scope.signal.aborted) throw requestIsOver(error);
    throw error;
  } finally {
    scope.signal.removeEventListener('abort', cancel);
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

function requestIsOver(cause?: unknown): SubgraphError {
  return new SubgraphError('DEADLINE_EXCEEDED', 'The request was over before the database answered.', {
    cause,
  });
}

function processIdOf(client: PoolClient): number {
  // Sent by PostgreSQL with the greeting; `pg` keeps it and leaves it out of its types.
  return (client as unknown as { readonly processID: number }).processID;
}
