/**
 * Resolves when all resolvers that can run now have run. A resolver's siblings are called in one go, but a resolver
 * that awaited something comes back in a promise job, and so do all those that waited for the same batch. Ticks run
 * only when no promise job is left; and because `process.nextTick` called outside of a promise job would run before
 * the jobs already queued, the tick is asked for from within one.
 */
export function waitForSiblings(): Promise<void> {
  return new Promise((resolve) => {
    void Promise.resolve().then(() => process.nextTick(resolve));
  });
}
