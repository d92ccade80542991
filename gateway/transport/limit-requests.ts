import { FetchError } from './fetch-error.ts';
import type { Interceptor, SubgraphResponse } from './subgraph-request.ts';
import type { TransportObserver } from './transport-observer.ts';

/** See `TransportOptions`. */
export interface RequestLimitOptions {
  readonly requestsMax: number;
  readonly queueMax: number;
  readonly observer?: TransportObserver | undefined;
}

/** Bounds the requests in flight and those that wait for their turn, first come first served. */
export function limitRequests({ requestsMax, queueMax, observer }: RequestLimitOptions): Interceptor {
  let inFlight = 0;
  // A set keeps the order, and a cancelled request can leave from the middle.
  const waiting = new Set<() => void>();
  const release = (): void => {
    inFlight -= 1;
    const [first] = waiting;
    if (first === undefined) return;
    waiting.delete(first);
    first();
  };
  return (next) => (request) => {
    const { service } = request;
    const start = (): Promise<SubgraphResponse> => {
      inFlight += 1;
      observer?.inFlight(service, 1);
      const response = next(request);
      response.then(release, release);
      if (observer !== undefined) response.finally(() => observer.inFlight(service, -1)).catch(() => {});
      return response;
    };
    if (inFlight < requestsMax) return start();
    if (waiting.size >= queueMax) {
      const message = `Too many requests wait for the subgraph "${service}".`;
      return Promise.reject(new FetchError('SUBGRAPH_OVERLOADED', message));
    }
    return new Promise((resolve, reject) => {
      const leave = (reason: FetchError): void => {
        waiting.delete(begin);
        observer?.waiting(service, -1);
        reject(reason);
      };
      const begin = (): void => {
        request.cancellation.removeListener(leave);
        observer?.waiting(service, -1);
        start().then(resolve, reject);
      };
      waiting.add(begin);
      observer?.waiting(service, 1);
      request.cancellation.addListener(leave);
    });
  };
}
