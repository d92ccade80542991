import { validate } from 'graphql';

import type { CompiledPlan } from '../../gateway/planning/compiled-plan.ts';
import type { Evidence, JudgedOperation } from '../operations/evidence.ts';
import type { PlanSide } from './judge-plans.ts';
import { createPlanCounter } from './plan-cost.ts';

/** A known operation and how a gateway over this side's supergraph runs it. */
export interface PlannedOperation {
  readonly operation: JudgedOperation;
  readonly plan: CompiledPlan;
}

/** Plans all known operations of which there is a plan. */
export function planOperations({ supergraphSdl, schema }: PlanSide, evidence: Evidence): PlannedOperation[] {
  const counter = createPlanCounter(supergraphSdl);
  return evidence.operations.flatMap((operation) => {
    if (validate(schema, operation.known.document).length > 0) return [];
    try {
      const plan = counter.plan(operation.known);
      return plan === undefined ? [] : [{ operation, plan }];
    } catch {
      // Without a plan it is answered with an error already.
      return [];
    }
  });
}
