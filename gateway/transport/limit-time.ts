import { Cancellation } from './cancellation.ts';
import { FetchError } from './fetch-error.ts';
import type { Interceptor } from './subgraph-request.ts';

/** Ends a request that takes longer than `timeoutMs`, whatever it is waiting for. */
export function limitTime(timeoutMs: number): Interceptor {
  return (next) => (request) => {
    const cancellation = new Cancellation();
    const cancel = (reason: FetchError): void => cancellation.cancel(reason);
    request.cancellation.addListener(cancel);
    const timer = setTimeout(() => {
      const message = `The subgraph "${request.service}" did not answer within ${timeoutMs} ms.`;
      cancellation.cancel(new FetchError('SUBGRAPH_TIMEOUT', message));
    }, timeoutMs);
    const endsAt = performance.now() + timeoutMs;
    const deadlineAt = request.deadlineAt === undefined ? endsAt : Math.min(request.deadlineAt, endsAt);
    return next({ ...request, cancellation, deadlineAt }).finally(() => {
      clearTimeout(timer);
      request.cancellation.removeListener(cancel);
    });
  };
}
