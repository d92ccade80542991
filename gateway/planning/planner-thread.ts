// The program of a planner's thread: it builds the planner, says so, and answers plan requests one by one.
import { setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';

import { OperationPlanError } from './plan-error.ts';
import type { PlannerMessage, PlannerThreadData, PlanRequest } from './planner-messages.ts';
import { createOperationPlanner, type OperationPlanner } from './query-planner.ts';

function say(message: PlannerMessage): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
  parentPort?.postMessage(message);
}

function answer(planner: OperationPlanner, { text, rootFields, trueLabels }: PlanRequest): PlannerMessage {
  try {
    return { kind: 'planned', json: JSON.stringify(planner.plan(text, rootFields, { trueLabels }).plan) };
  } catch (error) {
    if (error instanceof OperationPlanError)
      return { kind: 'failed', code: error.code, message: error.message };
    return {
      kind: 'broken',
      message: error instanceof Error ? (error.stack ?? error.message) : String(error),
    };
  }
}

// Where both want one core, the event loop's thread gets three times the planner's share (1.25 to the fifth power).
const plannerNiceness = 5;

/**
 * Lets requests that run go before operations that wait for a plan, where the two want one core. On Linux a priority is
 * the calling thread's; elsewhere it is the whole process's, and stays as it is.
 */
function yieldToRequests(): void {
  if (process.platform !== 'linux') return;
  try {
    setPriority(plannerNiceness);
  } catch {
    // Where it is not allowed, planning is as urgent as everything else.
  }
}

try {
  // The parent starts this file with nothing else.
  const { supergraphSdl } = workerData as PlannerThreadData;
  const planner = createOperationPlanner(supergraphSdl);
  yieldToRequests();
  parentPort?.on('message', (request: PlanRequest) => say(answer(planner, request)));
  say({ kind: 'ready', description: planner.description });
} catch (error) {
  say({ kind: 'unusable', message: error instanceof Error ? error.message : String(error) });
}
