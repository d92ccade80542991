import type { CompiledPlan } from './compiled-plan.ts';

/** Makes a plan unchangeable, all of it: it is shared by every request for its operation. */
export function freezePlan(plan: CompiledPlan): CompiledPlan {
  freezeAll(plan);
  return plan;
}

function freezeAll(value: unknown): void {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return;
  Object.freeze(value);
  for (const inner of Object.values(value)) freezeAll(inner);
}
