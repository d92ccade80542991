import { vi } from 'vitest';

/**
 * Stops the clock that this process's code waits and measures by. `vi.advanceTimersByTime` moves it, and
 * `vi.useRealTimers`, which the test's `afterEach` must call, lets it go again. Sockets and files go on as they do: a
 * test waits for what has to have happened, and then for the time to be up, however slow the machine is.
 */
export function stopClock(): void {
  vi.useFakeTimers({
    toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'performance'],
  });
}
