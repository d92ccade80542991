/** Is told what happens on the way to subgraphs, for the metrics. It is called for every request, and never throws. */
export interface TransportObserver {
  /** Requests may be sent to this subgraph from now on. */
  opened(service: string): void;
  /** A query is answered by one that was in flight already. */
  shared(service: string): void;
  /**
   * A request has ended, after `durationMs` in which it waited, was tried and tried again. `outcome` is the HTTP status
   * of the answer, or the code of the `FetchError`.
   */
  ended(service: string, outcome: string, durationMs: number): void;
  /** A query is sent again. */
  retried(service: string): void;
  /** The subgraph has failed too often and is not asked for a while. */
  circuitOpened(service: string): void;
  /** One request more or less is being sent and answered. */
  inFlight(service: string, change: 1 | -1): void;
  /** One request more or less waits for its turn. */
  waiting(service: string, change: 1 | -1): void;
}
