import { Worker } from 'node:worker_threads';

import type { CompiledPlan } from './compiled-plan.ts';
import { freezePlan } from './freeze-plan.ts';
import { OperationPlanError } from './plan-error.ts';
import type { PlannerMessage, PlannerThreadData, PlanRequest } from './planner-messages.ts';
import type { PlannerOptions } from './planner-options.ts';
import type { Planner } from './planner.ts';
import type { SupergraphDescription } from './supergraph-description.ts';

/** An operation that waits for its plan. */
interface Job {
  readonly request: PlanRequest;
  readonly resolve: (plan: CompiledPlan) => void;
  readonly reject: (reason: Error) => void;
}

// A plan that needs more than this is ended, and its thread with it, before it ends the process.
const heapMegabytesMax = 1024;

/**
 * Plans on threads of its own: `program` is the compiled `planner-thread.ts`. `startTimeoutMs` is how long one of them may
 * take until it can plan, 60 s when not given: a supergraph of thousands of types takes seconds.
 */
export async function createThreadPlanner(
  supergraphSdl: string,
  program: URL,
  options: PlannerOptions,
  startTimeoutMs = 60_000,
): Promise<Planner> {
  const pool = new PlannerPool(supergraphSdl, program, options, startTimeoutMs);
  try {
    const description = await pool.start();
    return {
      description,
      plan: (text, rootFields, trueLabels) => pool.plan({ text, rootFields, trueLabels }),
      close: () => pool.close(),
    };
  } catch (error) {
    await pool.close();
    throw error;
  }
}

class PlannerPool {
  readonly #data: PlannerThreadData;
  readonly #program: URL;
  readonly #options: PlannerOptions;
  readonly #startTimeoutMs: number;
  readonly #waiting: Job[] = [];
  readonly #idle: PlannerThread[] = [];
  /** Those that start, wait or plan. */
  readonly #threads = new Set<PlannerThread>();
  #isClosed = false;

  constructor(supergraphSdl: string, program: URL, options: PlannerOptions, startTimeoutMs: number) {
    this.#data = { supergraphSdl };
    this.#program = program;
    this.#options = options;
    this.#startTimeoutMs = startTimeoutMs;
  }

  get #threadsMax(): number {
    return Math.max(1, this.#options.plannerThreads);
  }

  async start(): Promise<SupergraphDescription> {
    const [description] = await Promise.all(
      Array.from({ length: this.#threadsMax }, () => this.#addThread()),
    );
    if (description === undefined) throw new Error('Expected a planner thread to start.');
    return description;
  }

  plan(request: PlanRequest): Promise<CompiledPlan> {
    if (this.#isClosed) return Promise.reject(new Error('The planner is closed.'));
    if (this.#waiting.length >= this.#options.planQueueMax)
      return Promise.reject(
        new OperationPlanError('OPERATION_PLAN_OVERLOADED', 'Too many operations wait to be planned.'),
      );
    return new Promise((resolve, reject) => {
      this.#waiting.push({ request, resolve, reject });
      this.#assign();
      // One that could not be started is missing still; it may have been the moment's.
      if (this.#waiting.length > 0 && this.#threads.size < this.#threadsMax) this.#replaceThread();
    });
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    for (const { reject } of this.#waiting.splice(0)) reject(new Error('The planner was closed.'));
    await Promise.all([...this.#threads].map((thread) => thread.end(new Error('The planner was closed.'))));
  }

  async #addThread(): Promise<SupergraphDescription> {
    const thread = new PlannerThread(this.#program, this.#data);
    this.#threads.add(thread);
    const message = `The planner thread did not start within ${this.#startTimeoutMs} ms.`;
    const timer = setTimeout(() => void thread.end(new Error(message)), this.#startTimeoutMs);
    try {
      const description = await thread.ready;
      this.#idle.push(thread);
      this.#assign();
      return description;
    } catch (error) {
      this.#threads.delete(thread);
      await thread.end(new Error('The planner thread did not start.'));
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  #replaceThread(): void {
    this.#addThread().catch((error: unknown) => this.#failWaiting(error));
  }

  #assign(): void {
    while (this.#waiting.length > 0) {
      const thread = this.#takeIdle();
      const job = thread && this.#waiting.shift();
      if (thread === undefined || job === undefined) return;
      void this.#run(thread, job);
    }
  }

  /** A thread that waits; those that ended while they waited are started anew. */
  #takeIdle(): PlannerThread | undefined {
    let thread = this.#idle.pop();
    while (thread?.isEnded) {
      this.#threads.delete(thread);
      this.#replaceThread();
      thread = this.#idle.pop();
    }
    return thread;
  }

  async #run(thread: PlannerThread, job: Job): Promise<void> {
    const { planTimeoutMs } = this.#options;
    try {
      job.resolve(await thread.plan(job.request, planTimeoutMs));
    } catch (error) {
      job.reject(error instanceof Error ? error : new Error(String(error)));
    }
    if (!thread.isEnded) {
      this.#idle.push(thread);
      this.#assign();
      return;
    }
    this.#threads.delete(thread);
    if (!this.#isClosed) this.#replaceThread();
  }

  /** Fails the jobs that no thread is left for; while there is one, it takes them. */
  #failWaiting(cause: unknown): void {
    if (this.#threads.size > 0) return;
    const message = `No planner thread could be started: ${cause instanceof Error ? cause.message : String(cause)}`;
    for (const { reject } of this.#waiting.splice(0)) reject(new Error(message, { cause }));
  }
}

/** One thread. It plans one operation at a time, and is ended when that takes too long. */
class PlannerThread {
  readonly ready: Promise<SupergraphDescription>;
  readonly #worker: Worker;
  #settle: ((message: PlannerMessage | Error) => void) | undefined;
  #isEnded = false;

  constructor(program: URL, data: PlannerThreadData) {
    this.#worker = new Worker(program, {
      workerData: data,
      resourceLimits: { maxOldGenerationSizeMb: heapMegabytesMax },
    });
    this.#worker.on('message', (message: PlannerMessage) => this.#settle?.(message));
    this.#worker.on('error', (error: Error) => this.#stop(error));
    this.#worker.on('exit', () => this.#stop(new Error('The planner thread ended.')));
    this.ready = this.#next().then((message) => {
      // Idle threads keep no process alive.
      this.#worker.unref();
      if (message.kind === 'ready') return message.description;
      throw new Error(message.kind === 'unusable' ? message.message : 'The planner thread did not start.');
    });
  }

  get isEnded(): boolean {
    return this.#isEnded;
  }

  async plan(request: PlanRequest, timeoutMs: number): Promise<CompiledPlan> {
    const timer = setTimeout(() => {
      const message = `The operation could not be planned within ${timeoutMs} ms.`;
      void this.end(new OperationPlanError('OPERATION_PLAN_TIMEOUT', message));
    }, timeoutMs);
    try {
      const answer = this.#next();
      this.#worker.ref();
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
      this.#worker.postMessage(request);
      return readPlan(await answer);
    } finally {
      clearTimeout(timer);
      this.#worker.unref();
    }
  }

  async end(reason: Error): Promise<void> {
    this.#stop(reason);
    await this.#worker.terminate();
  }

  #next(): Promise<PlannerMessage> {
    return new Promise((resolve, reject) => {
      this.#settle = (message) => {
        this.#settle = undefined;
        if (message instanceof Error) reject(message);
        else resolve(message);
      };
      if (this.#isEnded) this.#settle(new Error('The planner thread has ended.'));
    });
  }

  #stop(reason: Error): void {
    this.#isEnded = true;
    this.#settle?.(reason);
  }
}

function readPlan(message: PlannerMessage): CompiledPlan {
  switch (message.kind) {
    case 'planned':
      return freezePlan(JSON.parse(message.json) as CompiledPlan);
    case 'failed':
      throw new OperationPlanError(message.code, message.message);
    default:
      throw new Error(
        `The planner failed: ${'message' in message ? message.message : `unexpected "${message.kind}"`}`,
      );
  }
}
