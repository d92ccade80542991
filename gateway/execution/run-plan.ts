import type { CompiledPlan, PlanStep } from '../planning/compiled-plan.ts';
import type { ExecutionState } from './execution-state.ts';
import type { LastRun } from './last-run.ts';
import { compileEntityStep } from './run-entity-step.ts';
import { compileRootStep } from './run-root-step.ts';
import { sendStep, type StepResponse } from './send-step.ts';
import { parseSubgraphAnswer, type SubgraphAnswer } from './subgraph-answer.ts';
import type { WriteBody } from './request-body.ts';

/** A step, compiled. */
export interface RunnableStep {
  readonly step: PlanStep;
  readonly writeBody: WriteBody;
  /** Reads from the data what the request needs; undefined when there is nothing to ask for. */
  prepare(state: ExecutionState): PreparedStep | undefined;
}

/** A step's request, ready to be written, and what becomes of its answer. */
export interface PreparedStep {
  /** The representations of each batch, as JSON text. */
  readonly lists: readonly string[];
  /** How many there are; null for a fetch of root fields. */
  readonly count: number | null;
  /** Merges the answer and reports its errors. Throws a `FetchError` for an answer that does not fit the request. */
  apply(answer: SubgraphAnswer): void;
  /** Reports the failure of the request as a whole. */
  fail(failure: unknown): void;
}

/** How a run ended: `same` says that every answer was that of the last run, so that its text is the answer. */
export type RunOutcome =
  | { readonly kind: 'same'; readonly last: LastRun }
  | { readonly kind: 'run'; readonly lists: LastRun['lists']; readonly answers: LastRun['answers'] };

/** Runs a plan to its end. Rejects only when the gateway itself is broken. */
export type RunPlan = (state: ExecutionState, last: LastRun | undefined) => Promise<RunOutcome>;

/** Compiles a plan's steps. A step starts in the same turn in which the last step it needs has ended. */
export function compileRun(plan: CompiledPlan): RunPlan {
  const steps = plan.steps.map((step) =>
    step.kind === 'root' ? compileRootStep(step) : compileEntityStep(step),
  );
  const next: number[][] = plan.steps.map(() => []);
  for (const { id, after } of plan.steps) for (const other of after) next[other]?.push(id);
  const needs = plan.steps.map(({ after }) => after.length);
  return (state, last) =>
    new Promise((resolve, reject) => {
      const run = new Run(steps, state, last);
      let open = steps.length;
      if (open === 0) resolve(run.outcome);
      const waiting = [...needs];
      const end = (id: number): void => {
        for (const other of next[id] ?? []) {
          const left = (waiting[other] ?? 0) - 1;
          waiting[other] = left;
          if (left === 0) start(other);
        }
        open -= 1;
        if (open === 0) resolve(run.outcome);
      };
      const start = (id: number): void => {
        run.runStep(id).then(() => end(id), reject);
      };
      for (const [id, count] of needs.entries()) if (count === 0) start(id);
    });
}

/** One run of a plan. It goes along the last run as long as the answers are the same, then on its own. */
class Run {
  readonly #steps: readonly RunnableStep[];
  readonly #state: ExecutionState;
  /** The run that this one goes along; undefined once an answer was another one. */
  #last: LastRun | undefined;
  /** Steps whose answers were the same, not yet merged; in the order of their arrival. */
  readonly #same: number[] = [];
  readonly #prepared: (PreparedStep | undefined)[] = [];
  readonly #started = new Set<number>();
  readonly #lists: (readonly string[] | undefined)[] = [];
  readonly #answers: (string | undefined)[] = [];

  constructor(steps: readonly RunnableStep[], state: ExecutionState, last: LastRun | undefined) {
    this.#steps = steps;
    this.#state = state;
    this.#last = last;
  }

  get outcome(): RunOutcome {
    if (this.#last !== undefined) return { kind: 'same', last: this.#last };
    return { kind: 'run', lists: this.#lists, answers: this.#answers };
  }

  async runStep(id: number): Promise<void> {
    const runnable = this.#steps[id];
    if (runnable === undefined) return;
    const lists = this.#last === undefined ? this.#prepare(id)?.lists : this.#last.lists[id];
    if (lists === undefined) return;
    this.#started.add(id);
    const body = runnable.writeBody(this.#state, lists);
    const count = this.#prepared[id]?.count ?? null;
    try {
      const response = await sendStep(this.#state, runnable.step, body, count);
      this.#receive(id, response);
    } catch (failure) {
      this.#leave();
      this.#prepared[id]?.fail(failure);
    }
    this.#started.delete(id);
  }

  #prepare(id: number): PreparedStep | undefined {
    const prepared = this.#steps[id]?.prepare(this.#state);
    this.#prepared[id] = prepared;
    this.#lists[id] = prepared?.lists;
    return prepared;
  }

  #receive(id: number, response: StepResponse): void {
    if (this.#last !== undefined && response.status === 200 && response.body === this.#last.answers[id]) {
      this.#same.push(id);
      return;
    }
    this.#leave();
    this.#apply(id, response);
  }

  /** Merges, in their order, the answers that were put off, and prepares the steps that are under way. */
  #leave(): void {
    const last = this.#last;
    if (last === undefined) return;
    this.#last = undefined;
    for (const id of this.#same) {
      this.#prepare(id);
      this.#apply(id, { status: 200, body: last.answers[id] ?? '' });
    }
    for (const id of this.#started) if (!this.#same.includes(id)) this.#prepare(id);
  }

  #apply(id: number, { status, body, answer }: StepResponse): void {
    const service = this.#steps[id]?.step.service ?? '';
    this.#answers[id] = body;
    this.#prepared[id]?.apply(answer ?? parseSubgraphAnswer(service, status, body));
  }
}
