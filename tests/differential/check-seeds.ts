import { Worker } from 'node:worker_threads';

import type { CheckedOperation, Difference } from './differential-run.ts';
import type { CheckRequest, DifferentialMessage, DifferentialThreadData } from './differential-thread.ts';

/** What came of all operations of one graph. */
export interface DifferentialReport {
  readonly operations: number;
  readonly differences: readonly Difference[];
  /** How often each known fault of the reference explained a difference, or why there was nothing to compare. */
  readonly knownFaults: Readonly<Record<string, number>>;
}

/** Which operations to check, and with what. */
export interface SeedRange {
  readonly graph: string;
  readonly first: number;
  readonly count: number;
  /** The program of a thread: the bundled `differential-thread.ts`. */
  readonly program: URL;
}

// Apollo's planner has no limit, and takes minutes and gigabytes for some operations.
const stockTimeoutMs = 30_000;
const heapMegabytesMax = 3072;
const stockGaveUp = `no answer of the stock engine within ${stockTimeoutMs / 1000} s: compared with the plain schema alone`;

/** Checks the operations of a range of seeds in a thread, which is ended where the stock engine does not answer. */
export async function checkSeeds({ graph, first, count, program }: SeedRange): Promise<DifferentialReport> {
  const differences: Difference[] = [];
  const knownFaults: Record<string, number> = {};
  let thread = await CheckThread.start(program, graph);
  const check = async (seed: number): Promise<CheckedOperation> => {
    const checked = await thread.check({ seed, isStockAsked: true });
    if (checked) return checked;
    await thread.end();
    thread = await CheckThread.start(program, graph);
    const again = await thread.check({ seed, isStockAsked: false });
    if (!again)
      throw new Error(`Seed ${seed}: expected an answer of the compiled engine and the plain schema`);
    return again.difference ? again : { knownFaults: [stockGaveUp] };
  };
  try {
    for (let seed = first; seed < first + count; seed += 1) {
      const checked = await check(seed);
      for (const name of checked.knownFaults) knownFaults[name] = (knownFaults[name] ?? 0) + 1;
      if (checked.difference) differences.push(checked.difference);
    }
  } finally {
    await thread.end();
  }
  return { operations: count, differences, knownFaults };
}

class CheckThread {
  readonly #worker: Worker;
  #settle: ((message: DifferentialMessage | Error | undefined) => void) | undefined;

  private constructor(program: URL, workerData: DifferentialThreadData) {
    this.#worker = new Worker(program, {
      workerData,
      resourceLimits: { maxOldGenerationSizeMb: heapMegabytesMax },
    });
    this.#worker.on('message', (message: DifferentialMessage) => this.#settle?.(message));
    this.#worker.on('error', (error: Error & { code?: string }) =>
      this.#settle?.(error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? undefined : error),
    );
    this.#worker.on('exit', () => this.#settle?.(new Error('The thread of the differential run ended.')));
  }

  static async start(program: URL, graph: string): Promise<CheckThread> {
    const thread = new CheckThread(program, { graph });
    await thread.#next();
    return thread;
  }

  /** `undefined` when the time or the memory was not enough; the thread is of no use then. */
  async check(request: CheckRequest): Promise<CheckedOperation | undefined> {
    const timer = setTimeout(() => this.#settle?.(undefined), stockTimeoutMs);
    try {
      const answer = this.#next();
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
      this.#worker.postMessage(request);
      const message = await answer;
      return message?.kind === 'checked' ? message : undefined;
    } finally {
      clearTimeout(timer);
    }
  }

  async end(): Promise<void> {
    await this.#worker.terminate();
  }

  #next(): Promise<DifferentialMessage | undefined> {
    return new Promise((resolve, reject) => {
      this.#settle = (message) => {
        this.#settle = undefined;
        if (message instanceof Error) reject(message);
        else resolve(message);
      };
    });
  }
}
