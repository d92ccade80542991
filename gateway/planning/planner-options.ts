/** How operations are planned. */
export interface PlannerOptions {
  /** Threads that plan. Default 1; 0 plans on the caller's thread, which then answers nothing else. */
  readonly plannerThreads: number;
  /** Milliseconds to plan one operation; then it fails. Default 5,000; not applied with 0 threads. */
  readonly planTimeoutMs: number;
  /** Operations that may wait to be planned; further ones fail. Default 1,000. */
  readonly planQueueMax: number;
}

// From TypeScript sources, as tests run it, there is no file that a thread could load.
const isCompiled = !import.meta.url.endsWith('.ts');

export const plannerDefaults: PlannerOptions = {
  plannerThreads: isCompiled ? 1 : 0,
  planTimeoutMs: 5000,
  planQueueMax: 1000,
};
