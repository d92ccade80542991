import { balanceLoad } from './balance-load.ts';
import { breakCircuit } from './break-circuit.ts';
import { FetchError } from './fetch-error.ts';
import { limitRequests } from './limit-requests.ts';
import { limitTime } from './limit-time.ts';
import { observeRequests } from './observe-requests.ts';
import { retryQueries } from './retry-queries.ts';
import { createEndpoint, type Endpoint } from './send-http.ts';
import { shareInFlight } from './share-in-flight.ts';
import { signRequests } from './sign-interceptor.ts';
import type { Interceptor, SendToSubgraph } from './subgraph-request.ts';
import type { TransportOptions } from './transport-options.ts';

/** The way to the subgraphs of one supergraph. */
export interface Transport {
  readonly send: SendToSubgraph;
  /** Waits for requests in flight. */
  close(): Promise<void>;
}

/** The way to one subgraph, outermost first. */
function listInterceptors(options: TransportOptions): readonly Interceptor[] {
  return [
    // First, so that everything below happens once for all who share.
    ...(options.shareInFlight ? [shareInFlight(options)] : []),
    // What a request cost as a whole, told once for all who share it.
    ...(options.observer === undefined ? [] : [observeRequests(options.observer)]),
    // Around all waiting and trying.
    ...(options.timeoutMs > 0 ? [limitTime(options.timeoutMs)] : []),
    // Outside the breaker, which counts every try and ends a row of them.
    ...(options.retriesMax > 0 ? [retryQueries(options)] : []),
    ...(options.breakerFailures > 0 ? [breakCircuit(options)] : []),
    // Last, because only a request that is sent takes up room.
    limitRequests(options),
  ];
}

/** Opens the way to subgraphs, by name; each has one URL or more. */
export function createTransport(
  urls: ReadonlyMap<string, readonly string[]>,
  all: TransportOptions,
): Transport {
  const endpoints: Endpoint[] = [];
  const ways = new Map<string, SendToSubgraph>();
  for (const [name, list] of urls) {
    const options = { ...all, ...all.bySubgraph[name] };
    const { signRequest } = options;
    const opened = list.map((url) => {
      const endpoint = createEndpoint(url, { ...options, watchesClose: list.length > 1 });
      return signRequest === undefined ? endpoint : signRequests(name, endpoint, signRequest);
    });
    endpoints.push(...opened);
    const way = listInterceptors(options).reduceRight(
      (next, intercept) => intercept(next),
      balanceLoad(opened),
    );
    ways.set(name, way);
    options.observer?.opened(name);
  }
  return {
    send: (request) =>
      ways.get(request.service)?.(request) ??
      Promise.reject(new FetchError('SUBGRAPH_UNREACHABLE', `The subgraph "${request.service}" has no URL.`)),
    close: async () => {
      await Promise.all(endpoints.map((endpoint) => endpoint.close()));
    },
  };
}
