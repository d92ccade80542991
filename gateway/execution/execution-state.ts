import type { Logger } from 'pino';

import type { OperationTrace } from '../telemetry/trace.ts';
import type { Cancellation } from '../transport/cancellation.ts';
import type { SendToSubgraph } from '../transport/subgraph-request.ts';
import type { DataObject } from './data.ts';
import type { SubgraphErrorPolicy } from './mask-subgraph-error.ts';
import type { ErrorPlace, ServiceError } from './service-error.ts';

/** What is known of the data as a whole; it spares a look at each of its values. */
export interface DataFacts {
  /** No string needs an escape in JSON. */
  isPlain: boolean;
  /** All characters are ASCII. */
  isAscii: boolean;
  /** An object may stand at several places. */
  hasShared: boolean;
}

/** What the steps of one running operation share. */
export interface ExecutionState {
  /** The answer so far, under the gateway's names; steps merge into it. */
  readonly data: DataObject;
  readonly errors: ServiceError[];
  /** Places without a value because of an error at another one: the null went up in the subgraph, and took them with it. */
  readonly lost: ErrorPlace[];
  readonly send: SendToSubgraph;
  readonly headers: Readonly<Record<string, string>>;
  /** The value of a variable of the plan, as the client sent it; undefined when it sent none. */
  readonly variable: (name: string) => unknown;
  readonly cancellation: Cancellation;
  /** When the request's time is up, by `performance.now()`; undefined without a deadline. */
  readonly deadlineAt: number | undefined;
  /** Watches the operation; undefined when nobody asked for that. */
  readonly trace: OperationTrace | undefined;
  readonly log: Logger;
  readonly subgraphErrors: SubgraphErrorPolicy;
  /** The entities at a path (its hops joined by dots), for steps that start between the same answers. */
  readonly collected: Map<string, readonly DataObject[]>;
  /** The steps lower it by what their answers say. */
  readonly facts: DataFacts;
}
