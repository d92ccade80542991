import type { MongoClient } from 'mongodb';

import type { BeginWait } from '../statements/statement-scope.ts';
import { connectionWaitWithin, databaseBusy } from './connection-wait.ts';
import type { DatabaseSettings, PoolState } from './service-database.ts';

/** What of the driver's pool is read. Its events tell no end of a wait that was given up, so it is asked itself. */
interface DriverPool {
  readonly currentCheckedOutCount: number;
  readonly availableConnectionCount: number;
  readonly waitQueueSize: number;
}
interface DriverTopology {
  readonly topology?: {
    readonly s: { readonly servers: ReadonlyMap<string, { readonly pool: DriverPool }> };
  };
}

/** How the pool of a client stands; all zero before its first connection. */
export function readPoolState(client: MongoClient, max: number): PoolState {
  // Internal to the driver, whose version is pinned; a test holds the numbers.
  const servers = (client as unknown as DriverTopology).topology?.s.servers ?? new Map<string, never>();
  let [used, idle, waiting] = [0, 0, 0];
  for (const { pool } of servers.values()) {
    used += pool.currentCheckedOutCount;
    idle += pool.availableConnectionCount;
    waiting += pool.waitQueueSize;
  }
  return { max, used, idle, waiting };
}

/**
 * Bounds the waits of reads. Where the pool is full, a read is aborted with DATABASE_BUSY when no connection became free
 * in time; the driver's own limit knows nothing of the request's time. (Of reads that find the last connection in the
 * same turn, all but one have the driver's limit. So have writes, which the driver takes no signal for.)
 */
export function boundWaits(client: MongoClient, settings: DatabaseSettings): BeginWait {
  const { service, connectionsMax, connectionWaitMs } = settings;
  return (scope) => {
    if (readPoolState(client, connectionsMax).used < connectionsMax) return undefined;
    const late = new AbortController();
    const waitMs = connectionWaitWithin(scope.deadlineMs, connectionWaitMs);
    const timer = setTimeout(() => late.abort(databaseBusy(service, connectionsMax, waitMs)), waitMs);
    timer.unref();
    return { signal: AbortSignal.any([scope.signal, late.signal]), end: () => clearTimeout(timer) };
  };
}
