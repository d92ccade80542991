import type { IncomingHttpHeaders } from 'node:http';

import type { Logger } from 'pino';

import { startOtlpTracing } from '../../../telemetry/otlp-tracing.ts';
import { parseTraceParent } from '../../../telemetry/traceparent.ts';
import type { Span, Tracing } from '../../../telemetry/tracing.ts';
import { StatementGivenUp } from '../database/database-failure.ts';
import type { ServiceDatabase } from '../database/service-database.ts';
import { slowStatementMsDefault } from '../service-defaults.ts';
import type { SubgraphError } from '../subgraph-error.ts';
import { logSlowStatements } from './log-slow-statements.ts';
import type { ObserveStatement } from './observe-statements.ts';
import { makeServiceMetrics, type ServiceMetrics } from './service-metrics.ts';
import { traceStatements } from './trace-statements.ts';

/** What a service tells of itself: metrics, slow statements, spans. */
export interface ServiceTelemetry {
  readonly metrics: ServiceMetrics;
  readonly observeStatement: ObserveStatement;
  /** The span of a request that belongs to a recorded trace. */
  beginRequest(headers: IncomingHttpHeaders, operation: string | undefined): Span | undefined;
  /** To be called for each field that a database's failure cost. */
  readonly countFailure: (failure: SubgraphError) => void;
  /** Sends what is still to be sent. Safe to call twice. */
  close(): Promise<void>;
}

interface TelemetryOptions {
  readonly slowStatementMs?: number;
  readonly metrics?: boolean;
  readonly otlpEndpoint?: string | undefined;
  readonly log: Logger;
}

/** Starts what the options ask for; the rest costs nothing. */
export async function startServiceTelemetry(
  service: string,
  database: ServiceDatabase<unknown>,
  options: TelemetryOptions,
): Promise<ServiceTelemetry> {
  const { slowStatementMs = slowStatementMsDefault, otlpEndpoint, log } = options;
  const metrics = makeServiceMetrics(service, database.pool);
  const tracing = await startTracing(service, otlpEndpoint, log);
  const observers: readonly ObserveStatement[] = [
    ...(slowStatementMs > 0 ? [logSlowStatements(slowStatementMs, log)] : []),
    ...(options.metrics ? [metrics.observeStatement] : []),
    ...(tracing ? [traceStatements(database.system)] : []),
  ];
  return {
    metrics,
    observeStatement(statement, request) {
      for (const observe of observers) observe(statement, request);
    },
    beginRequest: (headers, operation) =>
      tracing?.begin(
        { name: operation ?? 'request', kind: 'server', startMs: performance.now() },
        parseTraceParent(headers['traceparent']),
      ),
    countFailure(failure) {
      if (failure instanceof StatementGivenUp) metrics.countGivenUpStatement();
      else if (failure.code === 'DATABASE_BUSY') metrics.countRefusedConnection();
    },
    close: async () => tracing?.close(),
  };
}

async function startTracing(
  service: string,
  endpoint: string | undefined,
  log: Logger,
): Promise<Tracing | undefined> {
  // A request's trace begins at the gateway, which also decides how many there are.
  return endpoint === undefined ? undefined : startOtlpTracing({ endpoint, service, samplePercent: 0, log });
}
