import type { DocumentNode, FormattedExecutionResult, GraphQLSchema, OperationDefinitionNode } from 'graphql';
import type { Logger } from 'pino';

import type { RequestIdentity } from './auth/request-identity.ts';
import type { SubgraphErrorPolicy } from './execution/mask-subgraph-error.ts';
import type { OperationTrace } from './telemetry/trace.ts';
import type { SignRequest } from './auth/sign-request.ts';
import type { Cancellation } from './transport/cancellation.ts';
import type { TransportObserver } from './transport/transport-observer.ts';

/** The engines that stand behind this port: ours, and the stock ApolloGateway as reference and escape hatch. */
export type EngineName = 'compiled' | 'apollo';

/** One operation to run. It has been parsed, and validated against the engine's `apiSchema`. */
export interface EngineRequest {
  /** The document's text as the client sent it. */
  readonly query: string;
  /** SHA-256 of `query`, hexadecimal; equal hashes mean equal documents, so it can key a cache. */
  readonly queryHash: string;
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  readonly operationName: string | undefined;
  /** Variables as the client sent them, not yet coerced. */
  readonly variables: Readonly<Record<string, unknown>>;
  /** Who asks; undefined for an anonymous request. */
  readonly identity?: RequestIdentity | undefined;
  /** Headers, by lower-case name, that go on to every subgraph request of this operation. */
  readonly headers: Readonly<Record<string, string>>;
  /** Cancelled when the client has left or the request's time is up; the engine then ends its fetches. */
  readonly cancellation: Cancellation;
  /** When the request's time is up, by `performance.now()`; undefined without a deadline. */
  readonly deadlineAt?: number | undefined;
  /** Watches the operation for a caller who may ask; the answer then has its report in `extensions.freehold`. */
  readonly trace?: OperationTrace | undefined;
}

/** An operation that is expected soon; it has been validated against the engine's `apiSchema`. */
export type PreparedOperation = Pick<
  EngineRequest,
  'query' | 'queryHash' | 'document' | 'operation' | 'operationName'
>;

/** The answer to an operation: either as data, or (`json`) as the ready response body, in UTF-8. */
export type EngineAnswer =
  | { readonly kind: 'result'; readonly result: FormattedExecutionResult }
  | { readonly kind: 'json'; readonly body: Buffer; readonly hasErrors: boolean };

/** Runs operations against one supergraph. Another supergraph is another engine: the host swaps them. */
export interface Engine {
  readonly name: EngineName;
  /** The supergraph that it runs. */
  readonly supergraphSdl: string;
  /** The schema that clients see. */
  readonly apiSchema: GraphQLSchema;
  /**
   * Runs one operation. Expected failures (a subgraph is down, a plan cannot be made) are `errors` in the answer;
   * a rejection means a broken engine, and the host answers INTERNAL_SERVER_ERROR.
   */
  execute(request: EngineRequest): Promise<EngineAnswer>;
  /** Plans operations before their first request, so that an exchanged supergraph starts warm. Never rejects. */
  prepare?(operations: readonly PreparedOperation[]): Promise<void>;
  /** Ends connections and workers after requests in flight are done. Safe to call twice. */
  close(): Promise<void>;
}

/** Is told how an engine works, for the metrics. It never throws. */
export interface EngineObserver extends TransportObserver {
  /** An operation was found compiled, or it was not. */
  lookedUp(isCompiled: boolean): void;
  /** The planner has made a plan, or has failed to, after `durationMs` with its wait for a thread. */
  planned(isPlanned: boolean, durationMs: number): void;
}

/** What every engine is made from. */
export interface EngineOptions {
  /** The supergraph, in the SDL that composition wrote. */
  readonly supergraphSdl: string;
  /** Where a subgraph is, by its name in the supergraph; it goes before the URL in `@join__graph`. */
  readonly subgraphUrls: Readonly<Record<string, string>>;
  /** Signs requests to subgraphs (docs/request-signatures.md). Default: they are not signed. */
  readonly signRequest?: SignRequest | undefined;
  /** What clients read of a subgraph's own errors: all, or not those that were not written for them. Default `pass`. */
  readonly subgraphErrors?: SubgraphErrorPolicy | undefined;
  /** Is told what happens, where the engine can tell; the stock gateway cannot. Default: nobody is. */
  readonly observer?: EngineObserver | undefined;
  readonly log: Logger;
}

/** Makes an engine. Rejects with a `SupergraphError` when the supergraph cannot be used. */
export type CreateEngine = (options: EngineOptions) => Promise<Engine>;
