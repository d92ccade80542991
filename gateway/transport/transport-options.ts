import type { SignRequest } from '../auth/sign-request.ts';
import type { TransportObserver } from './transport-observer.ts';

/** What may be said of one subgraph alone. */
export type SubgraphOptions = Partial<
  Omit<TransportOptions, 'signRequest' | 'observer' | 'replicas' | 'bySubgraph' | 'requestTimeoutMs'>
>;

/** How the gateway talks to subgraphs. Every limit is per subgraph unless it says otherwise. */
export interface TransportOptions {
  /** Signs requests, so that services can refuse others (docs/request-signatures.md). Default: not signed. */
  readonly signRequest?: SignRequest | undefined;
  /** Is told what happens on the way. Default: nobody is. */
  readonly observer?: TransportObserver | undefined;
  /**
   * URLs by subgraph name, where a subgraph has several; they replace the engine's one URL. A request of which nothing
   * could be sent, a mutation too, goes to the next one. Default: none.
   */
  readonly replicas: Readonly<Record<string, readonly string[]>>;
  /** What is said of a subgraph, by its name, goes before what is said of all. Default: nothing. */
  readonly bySubgraph: Readonly<Record<string, SubgraphOptions>>;
  /**
   * Whether identical queries in flight (same body, same headers) share one request. Default: true. Mutations never
   * do.
   */
  readonly shareInFlight: boolean;
  /** Milliseconds for one request, waiting and retries included; then it fails. Default 30,000; 0 is off. */
  readonly timeoutMs: number;
  /**
   * Milliseconds that a client's whole request may take before it is cancelled with REQUEST_TIMEOUT. Default 0: not
   * known. Where that happens before `timeoutMs` has ended a request to a subgraph that does not answer, it counts as a
   * failure of the subgraph, but only if it had waited there for three quarters of this time: a request that came with
   * little time left (a slow upload, slow subgraphs before it) says nothing, or one client could open the circuit for
   * all.
   */
  readonly requestTimeoutMs: number;
  /** How often a query that found no server, or a 502, 503 or 504, is sent again. Default 2; 0 is off. */
  readonly retriesMax: number;
  /** Milliseconds before the first retry, at most; doubled for each further one, and random below. Default 50. */
  readonly retryDelayMs: number;
  /** Retries may be at most this percentage of requests (10 are always allowed). Default 20; 0 is off. */
  readonly retryBudgetPercent: number;
  /**
   * Failures within `breakerWindowMs` that open the circuit, if they are half of all requests or come in a row: then
   * requests fail at once. Default 20; 0 is off.
   */
  readonly breakerFailures: number;
  /** Milliseconds over which failures are counted. Default 10,000. */
  readonly breakerWindowMs: number;
  /**
   * Milliseconds that the circuit stays open before one request may try again, and then between tries. Default 500:
   * a service that is back is used again within 2 s.
   */
  readonly breakerOpenMs: number;
  /** Requests in flight; further ones wait. Default 256. */
  readonly requestsMax: number;
  /** Requests that may wait; further ones fail at once. Default 1,000; 0 is no waiting. */
  readonly queueMax: number;
  /** Connections to one URL. Default 128. */
  readonly connectionsMax: number;
  /** Milliseconds to connect. Default 5,000. */
  readonly connectTimeoutMs: number;
  /** Milliseconds that an idle connection is kept, where the server does not say less. Default 4,000. */
  readonly keepAliveMs: number;
  /** Bytes of one response; a longer one is broken off and fails. Default 64 MiB. */
  readonly responseBytesMax: number;
}

export const transportDefaults: TransportOptions = {
  replicas: {},
  bySubgraph: {},
  shareInFlight: true,
  timeoutMs: 30_000,
  requestTimeoutMs: 0,
  retriesMax: 2,
  retryDelayMs: 50,
  retryBudgetPercent: 20,
  breakerFailures: 20,
  breakerWindowMs: 10_000,
  breakerOpenMs: 500,
  requestsMax: 256,
  queueMax: 1000,
  connectionsMax: 128,
  connectTimeoutMs: 5000,
  keepAliveMs: 4000,
  responseBytesMax: 64 * 1024 * 1024,
};
