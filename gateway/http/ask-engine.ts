import { OperationTypeNode } from 'graphql';

import type { EngineAnswer } from '../engine.ts';
import type { EngineSwitch } from '../engines/engine-switch.ts';
import { RequestError, toGraphqlError } from '../errors.ts';
import type { GatewayCounters, OperationOutcome } from '../telemetry/metrics.ts';
import type { UsageRecorder } from '../usage/record-usage.ts';
import type { KnownOperation } from './known-operations.ts';
import type { OperationContext } from './operation-context.ts';

/** Who is told of an operation, and who runs it. */
export interface AskedParts {
  readonly engines: EngineSwitch;
  /** Undefined when nobody wants to know what clients use. */
  readonly usage: UsageRecorder | undefined;
  readonly counters: GatewayCounters;
}

/** Counts an operation and has it run. Rejects with what the server is to answer, or with what broke the engine. */
export async function askEngine(
  { engines, usage, counters }: AskedParts,
  { schema, source, queryHash, document, operation, operationName }: KnownOperation,
  variables: Readonly<Record<string, unknown>>,
  { headers, identity, cancellation, deadlineAt, trace, client }: OperationContext,
): Promise<EngineAnswer> {
  if (operation.operation === OperationTypeNode.SUBSCRIPTION) {
    const message = 'Subscriptions are not supported; expected a query or a mutation.';
    throw toGraphqlError(new RequestError('SUBSCRIPTION_NOT_SUPPORTED', message));
  }
  usage?.count({ schema, queryHash, document, operation, variables, client });
  try {
    const answer = await engines.execute(schema, {
      query: source,
      queryHash,
      document,
      operation,
      operationName,
      variables,
      headers,
      identity,
      cancellation,
      deadlineAt,
      trace: trace?.begin(operation.operation, operation.name?.value),
    });
    // What is left of an answer that nobody waits for is no answer in part.
    const hasLeft = cancellation.reason?.code === 'REQUEST_CANCELLED';
    counters.countOperation(operation.operation, hasLeft ? 'failed' : nameOutcome(answer));
    return answer;
  } catch (error) {
    counters.countOperation(operation.operation, 'failed');
    const { reason } = cancellation;
    if (reason?.code === 'REQUEST_TIMEOUT')
      throw toGraphqlError(new RequestError(reason.code, reason.message));
    throw error;
  }
}

function nameOutcome(answer: EngineAnswer): OperationOutcome {
  if (answer.kind === 'json') return answer.hasErrors ? 'partial' : 'clean';
  const { data, errors } = answer.result;
  if (data === undefined) return 'refused';
  return errors === undefined ? 'clean' : 'partial';
}
