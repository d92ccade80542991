import { FetchError } from './fetch-error.ts';
import type { Interceptor, SubgraphResponse } from './subgraph-request.ts';

/** See `TransportOptions`. */
export interface RequestLimitOptions {
  readonly requestsMax: number;
  readonly queueMax: number;
}

/** Bounds the requests in flight and those that wait for their turn, first come first served. */
export function limitRequests({ requestsMax, queueMax }: RequestLimitOptions): Interceptor {
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
    const start = (): Promise<SubgraphResponse> => {
      inFlight += 1;
      const response = next(request);
      response.then(release, release);
      return response;
    };
    if (inFlight < requestsMax) return start();
    if (waiting.size >= queueMax) {
      const message = `Too many requests wait for the subgraph "${request.service}".`;
      return Promise.reject(new FetchError('SUBGRAPH_OVERLOADED', message));
    }
    return new Promise((resolve, reject) => {
      const leave = (reason: FetchError): void => {
        waiting.delete(begin);
        reject(reason);
      };
      const begin = (): void => {
        request.cancellation.removeListener(leave);
        start().then(resolve, reject);
      };
      waiting.add(begin);
      request.cancellation.addListener(leave);
    });
  };
}
