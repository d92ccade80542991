import type { CompiledPlan } from './compiled-plan.ts';
import { freezePlan } from './freeze-plan.ts';
import { createOperationPlanner } from './query-planner.ts';
import type { SupergraphDescription } from './supergraph-description.ts';
import { createThreadPlanner } from './thread-planner.ts';

/** Plans operations against one supergraph, wherever the work is done. */
export interface Planner {
  readonly description: SupergraphDescription;
  /** Plans a normalised operation. Rejects with an `OperationPlanError` when there is no plan. */
  plan(text: string, rootFields: readonly RootField[]): Promise<CompiledPlan>;
  /** Ends planning; what is being planned fails. Safe to call twice. */
  close(): Promise<void>;
}

/** A root field that a plan must fetch. */
export interface RootField {
  readonly key: string;
  readonly fieldName: string;
}

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

/** Makes a planner. Rejects when the supergraph cannot be used. */
export async function createPlanner(supergraphSdl: string, options: PlannerOptions): Promise<Planner> {
  if (options.plannerThreads > 0)
    return createThreadPlanner(supergraphSdl, new URL('planner-thread.js', import.meta.url), options);
  const planner = createOperationPlanner(supergraphSdl);
  return {
    description: planner.description,
    plan: async (text, rootFields) => freezePlan(planner.plan(text, rootFields).plan),
    close: async () => {},
  };
}
