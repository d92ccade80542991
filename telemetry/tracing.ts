import type { TraceParent } from './traceparent.ts';

/** What is told of a piece of work: plain values under OpenTelemetry's names or our own. */
export type Attributes = Readonly<Record<string, string | number | boolean>>;

/** A piece of work that begins. All times are of `performance.now()`. */
export interface Work {
  readonly name: string;
  /** `server` answers a request, `client` waits for another process, `internal` neither. */
  readonly kind: 'server' | 'client' | 'internal';
  readonly startMs: number;
  readonly attributes?: Attributes | undefined;
}

/** How a piece of work ended. */
export interface Ending {
  readonly endMs: number;
  readonly attributes?: Attributes | undefined;
  /** Why it failed; undefined when it did not. */
  readonly failure?: string | undefined;
}

/** A piece of work that is recorded. */
export interface Span {
  /** For those who work on its behalf. */
  readonly context: TraceParent;
  /** A piece of work that is part of this one. */
  begin(work: Work): Span;
  rename(name: string): void;
  end(ending: Ending): void;
}

/** Records what is done for requests, across processes: spans that hang under each other. */
export interface Tracing {
  /** Begins the work for a request that came with this parent, or with none; undefined when it is not to be recorded. */
  begin(work: Work, parent: TraceParent | undefined): Span | undefined;
  /** Sends what was recorded, within a second. Safe to call twice. */
  close(): Promise<void>;
}
