import type { RequestIdentity } from '../auth/request-identity.ts';
import type { EngineAnswer } from '../engine.ts';
import type { RequestTrace } from '../telemetry/request-trace.ts';
import type { Cancellation } from '../transport/cancellation.ts';
import type { KnownOperation } from './known-operations.ts';

/** What the host knows of a request and the engine needs. */
export interface OperationContext {
  readonly headers: Readonly<Record<string, string>>;
  readonly identity: RequestIdentity | undefined;
  readonly cancellation: Cancellation;
  /** When the request's time is up, by `performance.now()`. */
  readonly deadlineAt: number;
  /** Watches the request for a caller who asked and may, or for a collector. */
  readonly trace: RequestTrace | undefined;
  /** How the client names itself. */
  readonly client: string;
  /**
   * Where a ready answer is left for the host to send; undefined where the answer is a part of a batch. Apollo Server
   * then answers with an empty text: it would turn 87 kB of bytes into a string and back.
   */
  readonly readyAnswer: ReadyAnswer | undefined;
}

/** What passes Apollo Server by, on either side of it. */
export interface ReadyAnswer {
  /** The ready body of the answer. */
  body: Buffer | undefined;
  /** The operation, as Apollo Server has read it. */
  known: KnownOperation | undefined;
  /** What the engine has answered already, where it was asked before Apollo Server. */
  outcome: EngineOutcome | undefined;
}

type EngineOutcome =
  | { readonly kind: 'answer'; readonly answer: EngineAnswer }
  | { readonly kind: 'failure'; readonly failure: unknown };
