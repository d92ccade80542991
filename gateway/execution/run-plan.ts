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
  /**
   * Reads from the data what the request needs; undefined when there is nothing to ask for. Entities get what is known
   * of them already.
   */
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
export function compileRun(plan: CompiledPlan, reuseEntityFields: boolean): RunPlan {
  const steps = plan.steps.map((step) =>
    step.kind === 'root' ? compileRootStep(step) : compileEntityStep(step, reuseEntityFields),
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
        const response = run.send(id);
        if (response === undefined) end(id);
        else
          response
            .then(
              (answer) => {
                run.receive(id, answer);
                end(id);
              },
              (failure: unknown) => {
                run.fail(id, failure);
                end(id);
              },
            )
            .catch(reject);
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
  /** Steps whose answers were the same, or that had nothing to ask; not yet merged, in the order of their ends. */
  readonly #same: number[] = [];
  readonly #prepared: (PreparedStep | undefined)[] = [];
  readonly #started = new Set<number>();
  readonly #lists: (readonly string[] | undefined)[] = [];
  readonly #answers: (Buffer | undefined)[] = [];

  constructor(steps: readonly RunnableStep[], state: ExecutionState, last: LastRun | undefined) {
    this.#steps = steps;
    this.#state = state;
    this.#last = last;
  }

  get outcome(): RunOutcome {
    if (this.#last !== undefined) return { kind: 'same', last: this.#last };
    return { kind: 'run', lists: this.#lists, answers: this.#answers };
  }

  /** Sends a step's request; undefined where it has nothing to ask. */
  send(id: number): Promise<StepResponse> | undefined {
    const runnable = this.#steps[id];
    if (runnable === undefined) return undefined;
    const lists = this.#last === undefined ? this.#prepare(id)?.lists : this.#last.lists[id];
    if (lists === undefined) {
      if (this.#last !== undefined) this.#same.push(id);
      return undefined;
    }
    this.#started.add(id);
    const body = runnable.writeBody(this.#state, lists);
    return sendStep(this.#state, runnable.step, body, this.#prepared[id]?.count ?? null);
  }

  receive(id: number, response: StepResponse): void {
    const known = this.#last?.answers[id];
    const isSame = known !== undefined && response.status === 200 && known.equals(response.body);
    if (!isSame) this.#leave();
    this.#started.delete(id);
    if (isSame) this.#same.push(id);
    else this.#apply(id, response);
  }

  fail(id: number, failure: unknown): void {
    this.#leave();
    this.#started.delete(id);
    this.#prepared[id]?.fail(failure);
  }

  #prepare(id: number): PreparedStep | undefined {
    const prepared = this.#steps[id]?.prepare(this.#state);
    this.#prepared[id] = prepared;
    this.#lists[id] = prepared?.lists;
    return prepared;
  }

  /** Merges, in their order, the answers that were put off, and prepares the steps that are under way. */
  #leave(): void {
    const last = this.#last;
    if (last === undefined) return;
    this.#last = undefined;
    for (const id of this.#same) {
      this.#prepare(id);
      const body = last.answers[id];
      if (body !== undefined) this.#apply(id, { status: 200, body });
    }
    for (const id of this.#started) this.#prepare(id);
  }

  /** Merges an answer; what is wrong with it fails the step. */
  #apply(id: number, response: StepResponse): void {
    const service = this.#steps[id]?.step.service ?? '';
    const prepared = this.#prepared[id];
    this.#answers[id] = response.body;
    this.#state.collected.clear();
    try {
      const answer = response.answer ?? parseSubgraphAnswer(service, response);
      const { facts } = this.#state;
      facts.isPlain &&= answer.isPlain;
      facts.isAscii &&= answer.isAscii;
      prepared?.apply(answer);
    } catch (failure) {
      prepared?.fail(failure);
    }
  }
}
