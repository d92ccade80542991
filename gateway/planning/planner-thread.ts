// The program of a planner's thread: it builds the planner, says so, and answers plan requests one by one.
import { parentPort, workerData } from 'node:worker_threads';

import { OperationPlanError } from './plan-error.ts';
import type { PlannerMessage, PlannerThreadData, PlanRequest } from './planner-messages.ts';
import { createOperationPlanner, type OperationPlanner } from './query-planner.ts';

function say(message: PlannerMessage): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
  parentPort?.postMessage(message);
}

function answer(planner: OperationPlanner, { text, rootFields }: PlanRequest): PlannerMessage {
  try {
    return { kind: 'planned', json: JSON.stringify(planner.plan(text, rootFields).plan) };
  } catch (error) {
    if (error instanceof OperationPlanError)
      return { kind: 'failed', code: error.code, message: error.message };
    return {
      kind: 'broken',
      message: error instanceof Error ? (error.stack ?? error.message) : String(error),
    };
  }
}

try {
  // The parent starts this file with nothing else.
  const { supergraphSdl } = workerData as PlannerThreadData;
  const planner = createOperationPlanner(supergraphSdl);
  parentPort?.on('message', (request: PlanRequest) => say(answer(planner, request)));
  say({ kind: 'ready', description: planner.description });
} catch (error) {
  say({ kind: 'unusable', message: error instanceof Error ? error.message : String(error) });
}
