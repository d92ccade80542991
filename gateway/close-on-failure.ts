import type { Logger } from 'pino';

/** Says how to close what was just opened, should a later step fail. */
export type Opened = (close: () => Promise<unknown>) => void;

/**
 * Opens something in steps. When one fails, what those before it have opened is closed, the last first, and the failure
 * goes on; what cannot be closed is logged, because it is not why nothing was opened.
 */
export async function closeOnFailure<Result>(
  log: Logger,
  open: (opened: Opened) => Promise<Result>,
): Promise<Result> {
  const closers: (() => Promise<unknown>)[] = [];
  try {
    return await open((close) => closers.push(close));
  } catch (error) {
    for (const close of closers.reverse()) {
      try {
        await close();
      } catch (failure) {
        log.error({ err: failure }, 'what was opened before a failure did not close');
      }
    }
    throw error;
  }
}
