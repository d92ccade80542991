import type { IncomingMessage, ServerResponse } from 'node:http';

import { Cancellation } from '../transport/cancellation.ts';
import { FetchError } from '../transport/fetch-error.ts';

/** How long a request is worked on. */
export interface Deadline {
  readonly cancellation: Cancellation;
  /** When the time is up, by `performance.now()`. */
  readonly at: number;
  /** Ends the clock. */
  end(): void;
}

/** Cancels when the time is up or the client has left; `end` must be called. */
export function startDeadline(
  request: IncomingMessage,
  response: ServerResponse,
  timeoutMs: number,
): Deadline {
  const cancellation = new Cancellation();
  const timer = setTimeout(() => {
    const message = `The operation took longer than ${timeoutMs} ms.`;
    cancellation.cancel(new FetchError('REQUEST_TIMEOUT', message));
  }, timeoutMs);
  const onClose = (): void => {
    if (!response.writableFinished)
      cancellation.cancel(new FetchError('REQUEST_CANCELLED', 'The request was cancelled.'));
  };
  response.once('close', onClose);
  request.once('error', onClose);
  return {
    cancellation,
    at: performance.now() + timeoutMs,
    end: () => {
      clearTimeout(timer);
    },
  };
}
