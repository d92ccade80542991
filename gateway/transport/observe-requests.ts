import { FetchError } from './fetch-error.ts';
import type { Interceptor } from './subgraph-request.ts';
import type { TransportObserver } from './transport-observer.ts';

/** Tells the observer how each request ended, and how long it took with all that is further in. */
export function observeRequests(observer: TransportObserver): Interceptor {
  return (next) => (request) => {
    const startedMs = performance.now();
    const end = (outcome: string): void =>
      observer.ended(request.service, outcome, performance.now() - startedMs);
    return next(request).then(
      (response) => {
        end(String(response.status));
        return response;
      },
      (failure: unknown) => {
        end(failure instanceof FetchError ? failure.code : 'INTERNAL_SERVER_ERROR');
        throw failure;
      },
    );
  };
}
