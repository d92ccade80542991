import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

import type { EngineObserver } from '../engine.ts';

/** Counts plans and fetches into a registry. `buckets` are of durations, in seconds. */
export function makeEngineMetrics(registry: Registry, buckets: number[]): EngineObserver {
  const registers = [registry];
  const lookups = new Counter({
    name: 'freehold_plan_cache_lookups_total',
    help: 'Operations that were looked up among those compiled: `hit`, or `miss`, which are planned unless another has their plan.',
    labelNames: ['result'],
    registers,
  });
  const plans = new Histogram({
    name: 'freehold_planning_duration_seconds',
    help: 'Time to plan an operation, with its wait for a thread; `result` is `planned` or `failed`.',
    labelNames: ['result'],
    buckets,
    registers,
  });
  const fetches = new Histogram({
    name: 'freehold_fetch_duration_seconds',
    help: 'Time of a request to a subgraph, waiting and retries included. `outcome` is the HTTP status, or the code of the failure.',
    labelNames: ['subgraph', 'outcome'],
    buckets,
    registers,
  });
  const inFlight = new Gauge({
    name: 'freehold_fetches_in_flight',
    help: 'Requests that a subgraph is answering.',
    labelNames: ['subgraph'],
    registers,
  });
  const waiting = new Gauge({
    name: 'freehold_fetches_waiting',
    help: 'Requests to a subgraph that wait for their turn.',
    labelNames: ['subgraph'],
    registers,
  });
  const makeCounter = (name: string, help: string): Counter<'subgraph'> =>
    new Counter({ name, help, labelNames: ['subgraph'], registers });
  const shared = makeCounter(
    'freehold_fetches_shared_total',
    'Fetches that were answered by an identical request in flight.',
  );
  const retries = makeCounter('freehold_fetch_retries_total', 'Requests to a subgraph that were sent again.');
  const openings = makeCounter(
    'freehold_circuit_openings_total',
    'Times that a subgraph had failed too often, and was not asked for a while.',
  );
  return {
    lookedUp: (isCompiled) => lookups.inc({ result: isCompiled ? 'hit' : 'miss' }),
    planned: (isPlanned, durationMs) =>
      plans.observe({ result: isPlanned ? 'planned' : 'failed' }, durationMs / 1000),
    ended: (subgraph, outcome, durationMs) => fetches.observe({ subgraph, outcome }, durationMs / 1000),
    inFlight: (subgraph, change) => inFlight.inc({ subgraph }, change),
    waiting: (subgraph, change) => waiting.inc({ subgraph }, change),
    // A count that is there from the beginning shows its first step too.
    opened: (subgraph) => {
      for (const metric of [inFlight, waiting, shared, retries, openings]) metric.inc({ subgraph }, 0);
    },
    shared: (subgraph) => shared.inc({ subgraph }),
    retried: (subgraph) => retries.inc({ subgraph }),
    circuitOpened: (subgraph) => openings.inc({ subgraph }),
  };
}
