import type { Logger } from 'pino';

import type { ObserveStatement } from './observe-statements.ts';

/** Logs statements that took `slowStatementMs` or longer, the wait for a connection included. */
export function logSlowStatements(slowStatementMs: number, log: Logger): ObserveStatement {
  return (statement, { operation, traceId }) => {
    if (statement.waitMs + statement.durationMs < slowStatementMs) return;
    const { service, cause, text, batchSize, rows, waitMs, durationMs } = statement;
    const times = { waitMs: Math.round(waitMs), durationMs: Math.round(durationMs) };
    log.warn({ service, cause, operation, traceId, ...times, rows, batchSize, text }, 'a slow statement');
  };
}
