import { printTraceParent } from '../../telemetry/traceparent.ts';
import { OperationTrace, type TraceOptions } from './trace.ts';

/** Watches one request: its span, and its operations, of which a batch has several. */
export class RequestTrace {
  readonly #options: TraceOptions;
  readonly #operations: OperationTrace[] = [];

  constructor(options: TraceOptions) {
    this.#options = options;
  }

  /** The `traceparent` of those who work for the request as a whole; undefined when it is not recorded. */
  get traceparent(): string | undefined {
    return this.#options.span && printTraceParent(this.#options.span.context);
  }

  /** To be called when the engine gets an operation. Those of a batch run side by side, each with times of its own. */
  begin(kind: string, name: string | undefined): OperationTrace {
    const operation = new OperationTrace(this.#options);
    this.#operations.push(operation);
    const own = name === undefined ? kind : `${kind} ${name}`;
    this.#options.span?.rename(this.#operations.length === 1 ? own : 'batch');
    return operation;
  }

  /** To be called when the request has been answered, or has failed: `failure` says why. */
  ended(status: number, failure?: string): void {
    const { span } = this.#options;
    if (span === undefined) return;
    for (const operation of this.#operations) operation.endSpans();
    span.end({
      endMs: performance.now(),
      attributes: { 'http.response.status_code': status },
      failure,
    });
  }
}
