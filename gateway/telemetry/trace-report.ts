/**
 * What `extensions.freehold` of an answer holds when an allowed caller asked for it with `freehold-explain: 1`: where
 * the operation's time went, request by request and statement by statement. All times are in milliseconds; those
 * called `startMs` count from the moment at which the gateway's engine got the operation.
 */
export interface TraceReport {
  /** Raised when a field changes its meaning; new fields may come without. */
  readonly version: 1;
  readonly operation: { readonly kind: 'query' | 'mutation'; readonly name: string | null };
  readonly plan: TracedPlan;
  /** Subgraph requests in the order in which they began. */
  readonly fetches: readonly TracedFetch[];
  readonly totals: TraceTotals;
}

/** How the plan was had. */
export interface TracedPlan {
  /** From the operation's arrival until its plan was there. */
  readonly durationMs: number;
  /** Whether the operation was found compiled. */
  readonly isCached: boolean;
  /** How many steps the plan has. */
  readonly steps: number;
  /** Steps that had nothing to ask, and were not sent. */
  readonly skipped: readonly SkippedFetch[];
}

/** A step of the plan that no request was made for. */
export interface SkippedFetch {
  /** Id of the plan's step. */
  readonly id: number;
  readonly service: string;
  /**
   * How many objects stood at its places whose fields the service had told before, in the same operation; 0 where no
   * entity stood there.
   */
  readonly known: number;
  /** Where its entities would stand in the client's answer. */
  readonly paths: readonly string[];
  /** The client's fields that it would have brought. */
  readonly fields: readonly string[];
}

/** One request to a subgraph. */
export interface TracedFetch {
  /** Id of the plan's step. */
  readonly id: number;
  readonly service: string;
  readonly kind: 'root' | 'entities';
  /** Ids of the steps whose answers it waited for. */
  readonly after: readonly number[];
  /** When what it needs was there. */
  readonly startMs: number;
  /** From then until it was written to a connection: queue, connecting, and tries that failed. */
  readonly waitMs: number;
  /** From then until the whole answer was there: the network and the service. */
  readonly workMs: number;
  /** How often it was sent. */
  readonly attempts: number;
  /** HTTP status; null when no answer came. */
  readonly status: number | null;
  /** The code of the failure; null when the request as a whole was answered. */
  readonly error: string | null;
  /** Entities asked for, without duplicates; null for root fields. */
  readonly representations: number | null;
  readonly bytesSent: number;
  readonly bytesReceived: number;
  /** The GraphQL document that was sent. */
  readonly query: string;
  /** Where its entities stand in the client's answer, such as `user.orders.nodes`; empty for root fields. */
  readonly paths: readonly string[];
  /** The client's fields that it brought, such as `user.orders.nodes.total`, parents before children. */
  readonly fields: readonly string[];
  /** What the service says that it sent to its database; null when it says nothing. Of very many the first. */
  readonly statements: readonly TracedStatement[] | null;
  /** How many it sent, also where they are too many to list; null when the service says nothing. */
  readonly statementCount: number | null;
}

/** One database statement. */
export interface TracedStatement {
  /**
   * The type or field of the service that needed it, such as `User` or `Product.reviews`; those of all, with commas, where
   * it answered several: `Product.rating, Product.reviews`.
   */
  readonly cause: string;
  /** The statement without its values. */
  readonly text: string;
  /** How many keys it answered at once; 1 when it was no batch. */
  readonly batchSize: number;
  /** Rows that came back or were written; null when it failed. */
  readonly rows: number | null;
  /** The service's clock, laid into the middle of the fetch's working time. */
  readonly startMs: number;
  /** How long it waited for a database connection. */
  readonly waitMs: number;
  readonly durationMs: number;
}

export interface ServiceTotals {
  readonly fetches: number;
  /** Null when the service told nothing of its statements. */
  readonly statements: number | null;
}

export interface TraceTotals {
  /** From the operation's arrival until its answer was written. */
  readonly durationMs: number;
  readonly fetches: number;
  readonly statements: number;
  /** Rows of all statements that are listed. */
  readonly rows: number;
  /** Time of all statements that are listed, which may have run side by side. */
  readonly statementMs: number;
  readonly bytesReceived: number;
  /** By service, those that were asked. */
  readonly services: Readonly<Record<string, ServiceTotals>>;
}
