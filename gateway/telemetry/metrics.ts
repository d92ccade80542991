import { Counter, Gauge, Histogram, Registry } from 'prom-client';

/** What the gateway counts of itself, in the text format of Prometheus. */
export interface Metrics {
  /** Counts a refusal; `guard` is the guard's name. */
  readonly countRefusal: (guard: string) => void;
  /** Counts an answered operation, with its HTTP status and its time in milliseconds. */
  observeRequest(status: number, durationMs: number): void;
  readonly contentType: string;
  print(): Promise<string>;
}

// Buckets in seconds: from an operation without a fetch up to the default deadline.
const buckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** Makes the counters of one gateway, in a registry of their own. `readInFlight` is asked when they are printed. */
export function makeMetrics(readInFlight: () => number): Metrics {
  const registry = new Registry();
  const registers = [registry];
  const refusals = new Counter({
    name: 'freehold_refusals_total',
    help: 'Requests that a guard refused.',
    labelNames: ['guard'],
    registers,
  });
  const durations = new Histogram({
    name: 'freehold_request_duration_seconds',
    help: 'Time from the arrival of an operation to its answer, by HTTP status.',
    labelNames: ['status'],
    buckets,
    registers,
  });
  registry.registerMetric(
    new Gauge({
      name: 'freehold_requests_in_flight',
      help: 'Operations that are being answered.',
      registers: [],
      collect() {
        this.set(readInFlight());
      },
    }),
  );
  return {
    countRefusal: (guard) => refusals.inc({ guard }),
    observeRequest: (status, durationMs) => durations.observe({ status }, durationMs / 1000),
    contentType: registry.contentType,
    print: () => registry.metrics(),
  };
}
