import type { NormalisedOperation } from '../operation/selection.ts';
import type { CompiledPlan, PlanStep } from '../planning/compiled-plan.ts';
import type { RequestTiming } from '../transport/subgraph-request.ts';
import { printTraceParent } from '../../telemetry/traceparent.ts';
import type { Span } from '../../telemetry/tracing.ts';
import { listServedFields } from './list-served-fields.ts';
import { readStatements } from './read-statements.ts';
import type { TracedFetch, TracedStatement, TraceReport, TraceTotals } from './trace-report.ts';

/** The header by which a caller asks for a trace, and the gateway a service for its statements. */
export const explainHeader = 'freehold-explain';

/** What was seen of one fetch while it ran. */
export class FetchTrace implements RequestTiming {
  readonly step: PlanStep;
  readonly representations: number | null;
  readonly bytesSent: number;
  readonly startedMs = performance.now();
  attempts = 0;
  sentMs: number | undefined;
  endedMs: number | undefined;
  status: number | null = null;
  error: string | null = null;
  bytesReceived = 0;
  extensions: unknown;
  /** What goes to the service beside the request's own headers. */
  readonly headers: Readonly<Record<string, string>>;
  readonly #span: Span | undefined;

  constructor(trace: TraceOptions, step: PlanStep, representations: number | null, body: string) {
    this.step = step;
    this.representations = representations;
    this.bytesSent = Buffer.byteLength(body);
    this.#span = trace.span?.begin({
      name: `fetch ${step.service}`,
      kind: 'client',
      startMs: this.startedMs,
      attributes: {
        'freehold.service': step.service,
        'freehold.step': step.id,
        'graphql.document': step.query,
      },
    });
    this.headers = {
      ...(trace.isExplained && { [explainHeader]: '1' }),
      ...(this.#span && { traceparent: printTraceParent(this.#span.context) }),
    };
  }

  sent(): void {
    this.attempts += 1;
    this.sentMs = performance.now();
  }

  received(status: number, body: Buffer): void {
    this.endedMs = performance.now();
    this.status = status;
    this.bytesReceived = body.length;
  }

  failed(code: string): void {
    this.endedMs ??= performance.now();
    this.error = code;
  }

  /** Ends the span, when the operation has ended. */
  endSpan(): void {
    const endMs = this.endedMs ?? performance.now();
    this.#span?.end({
      endMs,
      attributes: {
        'freehold.attempts': this.attempts,
        'freehold.wait_ms': (this.sentMs ?? endMs) - this.startedMs,
        ...(this.representations !== null && { 'freehold.representations': this.representations }),
        ...(this.status !== null && { 'http.response.status_code': this.status }),
      },
      failure: this.error ?? undefined,
    });
  }
}

/** For whom an operation is watched. */
export interface TraceOptions {
  /** The caller asked to be told, and may: the answer has the report, and services tell their statements. */
  readonly isExplained: boolean;
  /** The span that plan and fetches hang under, when it is recorded. */
  readonly span?: Span | undefined;
}

/** Watches one operation, for a caller or for a collector. An operation without one does no work for it. */
export class OperationTrace {
  readonly isExplained: boolean;
  readonly #options: TraceOptions;
  readonly #fetches: FetchTrace[] = [];
  /** By the ids of steps that were not sent: how many entities they had that were known. */
  readonly #knownCounts = new Map<number, number>();
  /** When the engine got the operation; its times count from here. */
  readonly #startedMs = performance.now();
  #plannedMs = 0;
  #isCached = false;

  constructor(options: TraceOptions) {
    this.#options = options;
    this.isExplained = options.isExplained;
  }

  /** To be called when the plan is there. */
  planned(isCached: boolean): void {
    const endMs = performance.now();
    this.#plannedMs = endMs - this.#startedMs;
    this.#isCached = isCached;
    const { span } = this.#options;
    span
      ?.begin({ name: 'plan', kind: 'internal', startMs: this.#startedMs })
      .end({ endMs, attributes: { 'freehold.plan_cached': isCached } });
  }

  /** Ends the spans of its fetches, when the request has ended. */
  endSpans(): void {
    for (const fetch of this.#fetches) fetch.endSpan();
  }

  /** To be called when everything that the step needs is there. */
  beginFetch(step: PlanStep, representations: number | null, body: string): FetchTrace {
    const fetch = new FetchTrace(this.#options, step, representations, body);
    this.#fetches.push(fetch);
    return fetch;
  }

  /** To be called when a step has nothing to ask for, because of this many entities all was known, or there was none. */
  skipped(step: PlanStep, knownCount: number): void {
    this.#knownCounts.set(step.id, knownCount);
  }

  /** What was seen; to be called when the answer is there. */
  report(plan: CompiledPlan, operation: NormalisedOperation): TraceReport {
    const fetches = this.#fetches.map((fetch) => this.#reportFetch(fetch, operation));
    const run = new Set(fetches.map(({ id }) => id));
    return {
      version: 1,
      operation: { kind: operation.kind, name: operation.name ?? null },
      plan: {
        durationMs: round(this.#plannedMs),
        isCached: this.#isCached,
        steps: plan.steps.length,
        skipped: plan.steps
          .filter(({ id }) => !run.has(id))
          .map((step) => ({
            id: step.id,
            service: step.service,
            known: this.#knownCounts.get(step.id) ?? 0,
            ...listServedFields(step, operation),
          })),
      },
      fetches,
      totals: sumUp(fetches, round(performance.now() - this.#startedMs)),
    };
  }

  #reportFetch(fetch: FetchTrace, operation: NormalisedOperation): TracedFetch {
    const { step, startedMs, attempts, status, error, representations, bytesSent, bytesReceived } = fetch;
    const endedMs = fetch.endedMs ?? performance.now();
    const sentMs = fetch.sentMs ?? endedMs;
    const workMs = endedMs - sentMs;
    const told = readStatements(fetch.extensions);
    // Two clocks: what the service did not take itself went to the network, half of it on the way there.
    const offsetMs = sentMs - this.#startedMs + Math.max(0, (workMs - (told?.requestMs ?? workMs)) / 2);
    return {
      id: step.id,
      service: step.service,
      kind: step.kind,
      after: step.after,
      startMs: round(startedMs - this.#startedMs),
      waitMs: round(sentMs - startedMs),
      workMs: round(workMs),
      attempts,
      status,
      error,
      representations,
      bytesSent,
      bytesReceived,
      query: step.query,
      ...listServedFields(step, operation),
      statements: told?.statements.map((statement) => moveStatement(statement, offsetMs)) ?? null,
      statementCount: told?.count ?? null,
    };
  }
}

function moveStatement(statement: TracedStatement, offsetMs: number): TracedStatement {
  return {
    ...statement,
    startMs: round(statement.startMs + offsetMs),
    waitMs: round(statement.waitMs),
    durationMs: round(statement.durationMs),
  };
}

function sumUp(fetches: readonly TracedFetch[], durationMs: number): TraceTotals {
  const statements = fetches.flatMap((fetch) => fetch.statements ?? []);
  const services: Record<string, { fetches: number; statements: number | null }> = {};
  for (const fetch of fetches) {
    const known = (services[fetch.service] ??= { fetches: 0, statements: null });
    known.fetches += 1;
    if (fetch.statementCount !== null) known.statements = (known.statements ?? 0) + fetch.statementCount;
  }
  return {
    durationMs,
    fetches: fetches.length,
    statements: fetches.reduce((sum, { statementCount }) => sum + (statementCount ?? 0), 0),
    rows: statements.reduce((sum, { rows }) => sum + (rows ?? 0), 0),
    statementMs: round(statements.reduce((sum, statement) => sum + statement.durationMs, 0)),
    bytesReceived: fetches.reduce((sum, fetch) => sum + fetch.bytesReceived, 0),
    services,
  };
}

/** Microseconds are as far as these clocks can be trusted. */
function round(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
