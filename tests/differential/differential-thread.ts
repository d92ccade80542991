// The program of a thread of the differential run: it starts one graph, says so, and checks seeds one by one.
import { parentPort, workerData } from 'node:worker_threads';

import { type CheckOptions, type CheckedOperation, DifferentialRun } from './differential-run.ts';
import { differentialGraphs } from './graphs/all-graphs.ts';

/** What a thread is started with. */
export interface DifferentialThreadData {
  readonly graph: string;
}

/** A seed to check. A thread checks one at a time. */
export interface CheckRequest extends CheckOptions {
  readonly seed: number;
}

/** What a thread says: first that it has started, then one answer to each request. */
export type DifferentialMessage =
  { readonly kind: 'ready' } | ({ readonly kind: 'checked' } & CheckedOperation);

function say(message: DifferentialMessage): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
  parentPort?.postMessage(message);
}

// The parent starts this file with nothing else.
const { graph: name } = workerData as DifferentialThreadData;
const graph = differentialGraphs.find((known) => known.name === name);
if (!graph) throw new Error(`There is no graph "${name}"`);
const run = await DifferentialRun.start(graph);
parentPort?.on('message', ({ seed, isStockAsked }: CheckRequest) => {
  // A rejection ends the thread, and its parent says so.
  void run.check(seed, { isStockAsked }).then((checked) => say({ kind: 'checked', ...checked }));
});
say({ kind: 'ready' });
