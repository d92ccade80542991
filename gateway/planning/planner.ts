import type { CompiledPlan } from './compiled-plan.ts';
import { createOperationPlanner } from './query-planner.ts';

/** Plans operations against one supergraph, wherever the work is done. */
export interface Planner {
  /**
   * Plans a normalised operation. Rejects with an `OperationPlanError` when there is no plan, and with a
   * `PlanTimeoutError` when it took too long.
   */
  plan(text: string, rootKeys: readonly string[]): Promise<CompiledPlan>;
  /** Safe to call twice. */
  close(): Promise<void>;
}

/** Plans on the thread of the caller: for tests, and for commands that have nothing else to do. */
export function createInProcessPlanner(supergraphSdl: string): Planner {
  const planner = createOperationPlanner(supergraphSdl);
  return {
    plan: async (text, rootKeys) => planner.plan(text, rootKeys).plan,
    close: async () => {},
  };
}
