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
  readonly signal: AbortSignal;
}

export interface SubgraphResponse {
  readonly status: number;
  readonly body: string;
}

/** Sends a request. Rejects with a `FetchError` when there is no complete response. */
export type SendToSubgraph = (request: SubgraphRequest) => Promise<SubgraphResponse>;

/** One concern of the way to a subgraph: `next => request => response`. */
export type Interceptor = (next: SendToSubgraph) => SendToSubgraph;
