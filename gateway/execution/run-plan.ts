import type { CompiledPlan, PlanStep } from '../planning/compiled-plan.ts';
import type { ExecutionState } from './execution-state.ts';
import { compileEntityStep } from './run-entity-step.ts';
import { compileRootStep } from './run-root-step.ts';

/** Runs one step: reads what it needs from the data, fetches, merges. Expected failures become errors of the state. */
export type RunStep = (state: ExecutionState) => Promise<void>;

/** Runs a plan to its end. Rejects only when the gateway itself is broken. */
export type RunPlan = (state: ExecutionState) => Promise<void>;

/** Compiles a plan's steps. A step starts in the same turn in which the last step it needs has ended. */
export function compileRun(plan: CompiledPlan): RunPlan {
  const runs = plan.steps.map(compileStep);
  const next: number[][] = plan.steps.map(() => []);
  for (const { id, after } of plan.steps) for (const other of after) next[other]?.push(id);
  const needs = plan.steps.map(({ after }) => after.length);
  return (state) =>
    new Promise((resolve, reject) => {
      let open = runs.length;
      if (open === 0) resolve();
      const waiting = [...needs];
      const end = (id: number): void => {
        for (const other of next[id] ?? []) {
          const left = (waiting[other] ?? 0) - 1;
          waiting[other] = left;
          if (left === 0) start(other);
        }
        open -= 1;
        if (open === 0) resolve();
      };
      const start = (id: number): void => {
        const run = runs[id];
        if (run === undefined) return;
        run(state).then(() => end(id), reject);
      };
      for (const [id, count] of needs.entries()) if (count === 0) start(id);
    });
}

function compileStep(step: PlanStep): RunStep {
  return step.kind === 'root' ? compileRootStep(step) : compileEntityStep(step);
}
