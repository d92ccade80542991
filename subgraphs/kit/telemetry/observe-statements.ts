import type { Span } from '../../../telemetry/tracing.ts';
import type { Statement } from '../statements/statement-scope.ts';

/** What of a request is told beside its statements. */
export interface ObservedRequest {
  readonly operation: string | undefined;
  /** The trace that the request came with or is recorded in; undefined without one. */
  readonly traceId: string | undefined;
  /** The request's span, when it is recorded. */
  readonly span: Span | undefined;
  /** When the request began, by `performance.now()`. */
  readonly startMs: number;
}

/** Is told of each statement when it has ended. Must not throw. */
export type ObserveStatement = (statement: Statement, request: ObservedRequest) => void;
