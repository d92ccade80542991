import type { PlanStep } from '../planning/compiled-plan.ts';
import { FetchError } from '../transport/fetch-error.ts';
import type { SubgraphRequest, SubgraphResponse } from '../transport/subgraph-request.ts';
import type { ExecutionState } from './execution-state.ts';
import { parseSubgraphAnswer, type SubgraphAnswer } from './subgraph-answer.ts';

/** A response, and what it says where that has been read already. */
export interface StepResponse extends SubgraphResponse {
  readonly answer?: SubgraphAnswer;
}

/** Sends the request of a step. Rejects with a `FetchError`. */
export function sendStep(
  state: ExecutionState,
  step: PlanStep,
  body: string,
  representations: number | null,
): Promise<StepResponse> {
  const request: SubgraphRequest = {
    service: step.service,
    kind: step.kind === 'root' ? step.operationKind : 'query',
    body,
    headers: state.headers,
    cancellation: state.cancellation,
    deadlineAt: state.deadlineAt,
  };
  if (state.trace !== undefined) return sendTraced(state, step, request, representations);
  return state.send(request);
}

async function sendTraced(
  state: ExecutionState,
  step: PlanStep,
  request: SubgraphRequest,
  representations: number | null,
): Promise<StepResponse> {
  const timing = state.trace?.beginFetch(step, representations, request.body);
  const headers = { ...request.headers, ...timing?.headers };
  try {
    const response = await state.send({ ...request, headers, timing });
    timing?.received(response.status, response.body);
    const answer = parseSubgraphAnswer(step.service, response);
    if (timing !== undefined) timing.extensions = answer.extensions;
    return { ...response, answer };
  } catch (failure) {
    timing?.failed(failure instanceof FetchError ? failure.code : 'INTERNAL_SERVER_ERROR');
    throw failure;
  }
}
