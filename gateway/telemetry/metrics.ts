import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';

import type { EngineObserver } from '../engine.ts';
import type { ReloadOutcome } from '../supergraph/supergraph-reloader.ts';
import { makeEngineMetrics } from './engine-metrics.ts';

/** How an operation that reached the engine was answered. */
export type OperationOutcome = 'clean' | 'partial' | 'refused' | 'failed';

/** What the gateway counts of itself. */
export interface GatewayCounters {
  /** Counts a refusal; `guard` is the guard's name. */
  readonly countRefusal: (guard: string) => void;
  /** Counts an answered request, with its HTTP status and its time in milliseconds. */
  observeRequest(status: number, durationMs: number): void;
  countOperation(kind: string, outcome: OperationOutcome): void;
  countLoad(outcome: ReloadOutcome['kind']): void;
  /** Is told of plans and fetches; undefined when nobody counts. */
  readonly engine: EngineObserver | undefined;
}

/** The counters, and their text in the format of Prometheus. */
export interface Metrics extends GatewayCounters {
  readonly contentType: string;
  print(): Promise<string>;
}

/** What is asked when the metrics are printed. */
export interface MetricsSources {
  /** Operations that are being answered. */
  readonly inFlight: () => number;
  /** Id of the supergraph in use. */
  readonly supergraphId: () => string;
}

// Buckets in seconds: from an operation without a fetch up to the default deadline.
const buckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** Counts nothing: for a gateway whose metrics nobody can read. */
export const uncounted: GatewayCounters = {
  countRefusal: () => undefined,
  observeRequest: () => undefined,
  countOperation: () => undefined,
  countLoad: () => undefined,
  engine: undefined,
};

/** Makes the counters of one gateway, in a registry of their own, with those of its process. */
export function makeMetrics(sources: MetricsSources, registry = new Registry()): Metrics {
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  const refusals = new Counter({
    name: 'freehold_refusals_total',
    help: 'Requests that a guard refused.',
    labelNames: ['guard'],
    registers,
  });
  const durations = new Histogram({
    name: 'freehold_request_duration_seconds',
    help: 'Time from the arrival of an operation to its answer, by HTTP status; 499 where the client left before it.',
    labelNames: ['status'],
    buckets,
    registers,
  });
  const operations = new Counter({
    name: 'freehold_operations_total',
    help: 'Operations that passed validation: `clean` without an error, `partial` with data and errors, `refused` with errors alone, `failed` when the engine broke or the request ended early.',
    labelNames: ['kind', 'outcome'],
    registers,
  });
  const loads = new Counter({
    name: 'freehold_supergraph_loads_total',
    help: 'Times that the supergraph was read again: `exchanged`, `unchanged`, or `refused` because it cannot be used.',
    labelNames: ['outcome'],
    registers,
  });
  registerSources(registry, sources);
  return {
    countRefusal: (guard) => refusals.inc({ guard }),
    observeRequest: (status, durationMs) => durations.observe({ status }, durationMs / 1000),
    countOperation: (kind, outcome) => operations.inc({ kind, outcome }),
    countLoad: (outcome) => loads.inc({ outcome }),
    engine: makeEngineMetrics(registry, buckets),
    contentType: registry.contentType,
    print: () => registry.metrics(),
  };
}

function registerSources(registry: Registry, { inFlight, supergraphId }: MetricsSources): void {
  registry.registerMetric(
    new Gauge({
      name: 'freehold_requests_in_flight',
      help: 'Operations that are being answered.',
      registers: [],
      collect() {
        this.set(inFlight());
      },
    }),
  );
  registry.registerMetric(
    new Gauge({
      name: 'freehold_supergraph_info',
      help: 'Always 1; the label is the beginning of the SHA-256 of the supergraph in use, as in the log.',
      labelNames: ['id'],
      registers: [],
      collect() {
        this.reset();
        this.set({ id: supergraphId().slice(0, 12) }, 1);
      },
    }),
  );
}
