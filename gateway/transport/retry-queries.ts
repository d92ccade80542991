import type { Cancellation } from './cancellation.ts';
import { FetchError } from './fetch-error.ts';
import { isPassingStatus } from './passing-status.ts';
import type { Interceptor, SubgraphResponse } from './subgraph-request.ts';
import type { TransportObserver } from './transport-observer.ts';

/** See `TransportOptions`. */
export interface RetryOptions {
  readonly retriesMax: number;
  readonly retryDelayMs: number;
  readonly retryBudgetPercent: number;
  readonly observer?: TransportObserver | undefined;
}

// A service that is rarely asked may still be asked again.
const budgetAtStart = 10;
const budgetMax = 100;

/**
 * Sends a query again when it found no server. What a subgraph has begun to compute for too long is not asked again,
 * and the budget keeps retries from multiplying the load of a service that is going down.
 */
export function retryQueries(options: RetryOptions, random: () => number = Math.random): Interceptor {
  let budget = budgetAtStart;
  return (next) => (request) => {
    if (request.kind !== 'query') return next(request);
    budget = Math.min(budgetMax, budget + options.retryBudgetPercent / 100);
    const mayRetry = (attempt: number): boolean => {
      if (attempt >= options.retriesMax || budget < 1 || request.cancellation.reason !== undefined)
        return false;
      budget -= 1;
      return true;
    };
    const send = (attempt: number): Promise<SubgraphResponse> => {
      const again = async (): Promise<SubgraphResponse> => {
        await pause(random() * options.retryDelayMs * 2 ** attempt, request.cancellation);
        options.observer?.retried(request.service);
        return send(attempt + 1);
      };
      return next(request).then(
        (response) => (isPassingStatus(response.status) && mayRetry(attempt) ? again() : response),
        (failure: unknown) => {
          if (isPassing(failure) && mayRetry(attempt)) return again();
          throw failure;
        },
      );
    };
    return send(0);
  };
}

function isPassing(failure: unknown): boolean {
  return failure instanceof FetchError && failure.code === 'SUBGRAPH_UNREACHABLE';
}

function pause(ms: number, cancellation: Cancellation): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      cancellation.removeListener(cancel);
      resolve();
    }, ms);
    const cancel = (reason: FetchError): void => {
      clearTimeout(timer);
      reject(reason);
    };
    cancellation.addListener(cancel);
  });
}
