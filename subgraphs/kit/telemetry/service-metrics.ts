import { Counter, Gauge, Histogram, Registry } from 'prom-client';

import type { PoolState } from '../database/service-database.ts';
import type { ObserveStatement } from './observe-statements.ts';

/** What a service counts of its database, in the text format of Prometheus. */
export interface ServiceMetrics {
  readonly observeStatement: ObserveStatement;
  /** Counts a field that got no connection in time. */
  countRefusedConnection(): void;
  /** Counts a field whose statement the database gave up for another. */
  countGivenUpStatement(): void;
  readonly contentType: string;
  print(): Promise<string>;
}

// Buckets in seconds: from a look-up by key to the longest statement.
const buckets = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** Makes the counters of one service, in a registry of their own. `readPool` is asked when they are printed. */
export function makeServiceMetrics(
  service: string,
  readPool: (() => PoolState) | undefined,
  registry = new Registry(),
): ServiceMetrics {
  registry.setDefaultLabels({ service });
  const registers = [registry];
  const statements = new Histogram({
    name: 'freehold_statement_duration_seconds',
    help: 'Time of a database statement from sending to its last row, by the type or field that needed it.',
    labelNames: ['cause'],
    buckets,
    registers,
  });
  const waits = new Histogram({
    name: 'freehold_connection_wait_seconds',
    help: 'Time that a statement waited for a connection of the pool.',
    buckets,
    registers,
  });
  const failures = new Counter({
    name: 'freehold_statement_failures_total',
    help: 'Database statements that failed or were cancelled.',
    labelNames: ['cause'],
    registers,
  });
  const refused = new Counter({
    name: 'freehold_connections_refused_total',
    help: 'Fields that failed because no connection of the pool became free in time.',
    registers,
  });
  const givenUp = new Counter({
    name: 'freehold_statements_given_up_total',
    help: 'Fields that failed because the database gave their statement up for another: a deadlock, or two writes of one row.',
    registers,
  });
  if (readPool !== undefined) registerPool(registry, readPool);
  return {
    observeStatement({ cause, rows, waitMs, durationMs }) {
      statements.observe({ cause }, durationMs / 1000);
      waits.observe(waitMs / 1000);
      if (rows === null) failures.inc({ cause });
    },
    countRefusedConnection: () => refused.inc(),
    countGivenUpStatement: () => givenUp.inc(),
    contentType: registry.contentType,
    print: () => registry.metrics(),
  };
}

function registerPool(registry: Registry, readPool: () => PoolState): void {
  registry.registerMetric(
    new Gauge({
      name: 'freehold_connections',
      help: 'Connections of the pool: in use, idle, and the most that there may be.',
      labelNames: ['state'],
      registers: [],
      collect() {
        const { used, idle, max } = readPool();
        this.set({ state: 'used' }, used);
        this.set({ state: 'idle' }, idle);
        this.set({ state: 'max' }, max);
      },
    }),
  );
  registry.registerMetric(
    new Gauge({
      name: 'freehold_connections_awaited',
      help: 'Statements that wait for a connection of the pool.',
      registers: [],
      collect() {
        this.set(readPool().waiting);
      },
    }),
  );
}
