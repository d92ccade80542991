import { SubgraphError } from '../subgraph-error.ts';

/** How much of a request's time may go into waiting: what is left is for the error to be told in. */
const waitShare = 0.8;

/** How long a statement may wait for a connection, in milliseconds; `deadlineMs` is by `performance.now()`. */
export function connectionWaitWithin(deadlineMs: number | undefined, connectionWaitMs: number): number {
  if (deadlineMs === undefined) return connectionWaitMs;
  return Math.max(1, Math.min(connectionWaitMs, Math.floor((deadlineMs - performance.now()) * waitShare)));
}

/** What a client is told when no connection became free. */
export function databaseBusy(
  service: string,
  connectionsMax: number,
  waitedMs: number,
  cause?: unknown,
): SubgraphError {
  return new SubgraphError(
    'DATABASE_BUSY',
    `The database of ${service} is busy: all ${connectionsMax} connections are in use, and none became free within ${waitedMs} ms.`,
    { cause },
  );
}
