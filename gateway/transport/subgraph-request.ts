import type { Cancellation } from './cancellation.ts';

/** One HTTP request to a subgraph, before a URL has been chosen for it. */
export interface SubgraphRequest {
  /** Name of the subgraph. */
  readonly service: string;
  /** Mutations are never sent twice and never shared. */
  readonly kind: 'query' | 'mutation';
  /** The JSON body. */
  readonly body: string;
  /** Sent on, by lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  /** Ends the request when the operation ends early. */
  readonly cancellation: Cancellation;
  /** When nobody waits any longer, by `performance.now()`: sent on, so that the service and its database stop too. */
  readonly deadlineAt?: number | undefined;
  /** Told when the request is sent. A request that has one is never shared, or it would tell of another's. */
  readonly timing?: RequestTiming | undefined;
}

/** Is told how a request goes on its way. */
export interface RequestTiming {
  /** The request is written to a connection; again at each retry. */
  sent(): void;
}

export interface SubgraphResponse {
  readonly status: number;
  /** Everybody who shares the request reads it, nobody writes it. */
  readonly body: Buffer;
  /** The server said `connection: close`: it is about to stop. Read where a subgraph has several URLs. */
  readonly isClosing?: boolean;
}

/** Sends a request. Rejects with a `FetchError` when there is no complete response. */
export type SendToSubgraph = (request: SubgraphRequest) => Promise<SubgraphResponse>;

/**
 * One concern of the way to one subgraph: `next => request => response`. It is made once for each subgraph, so that
 * what it counts is that subgraph's.
 */
export type Interceptor = (next: SendToSubgraph) => SendToSubgraph;
