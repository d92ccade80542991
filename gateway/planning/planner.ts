import type { CompiledPlan } from './compiled-plan.ts';
import { freezePlan } from './freeze-plan.ts';
import type { PlannerOptions } from './planner-options.ts';
import { createOperationPlanner } from './query-planner.ts';
import type { SupergraphDescription } from './supergraph-description.ts';
import { createThreadPlanner } from './thread-planner.ts';

/** Plans operations against one supergraph, wherever the work is done. */
export interface Planner {
  readonly description: SupergraphDescription;
  /**
   * Plans a normalised operation for requests with these labels of `@override` true. Rejects with an
   * `OperationPlanError` when there is no plan.
   */
  plan(text: string, rootFields: readonly RootField[], trueLabels: readonly string[]): Promise<CompiledPlan>;
  /** Ends planning; what is being planned fails. Safe to call twice. */
  close(): Promise<void>;
}

/** A root field that a plan must fetch. */
export interface RootField {
  readonly key: string;
  readonly fieldName: string;
}

/** Makes a planner. Rejects when the supergraph cannot be used. */
export async function createPlanner(supergraphSdl: string, options: PlannerOptions): Promise<Planner> {
  if (options.plannerThreads > 0)
    return createThreadPlanner(supergraphSdl, new URL('planner-thread.js', import.meta.url), options);
  const planner = createOperationPlanner(supergraphSdl);
  return {
    description: planner.description,
    plan: async (text, rootFields, trueLabels) =>
      freezePlan(planner.plan(text, rootFields, { trueLabels }).plan),
    close: async () => {},
  };
}
