import { OperationTypeNode } from 'graphql';

import type { EngineAnswer } from '../engine.ts';
import type { EngineSwitch } from '../engines/engine-switch.ts';
import { RequestError, toGraphqlError } from '../errors.ts';
import type { UsageRecorder } from '../usage/record-usage.ts';
import type { KnownOperation } from './known-operations.ts';
import type { OperationContext } from './operation-context.ts';

/** Counts an operation and has it run. Rejects with what the server is to answer, or with what broke the engine. */
export async function askEngine(
  engines: EngineSwitch,
  usage: UsageRecorder | undefined,
  { schema, source, queryHash, document, operation, operationName }: KnownOperation,
  variables: Readonly<Record<string, unknown>>,
  { headers, identity, cancellation, deadlineAt, trace, client }: OperationContext,
): Promise<EngineAnswer> {
  if (operation.operation === OperationTypeNode.SUBSCRIPTION) {
    const message = 'Subscriptions are not supported; expected a query or a mutation.';
    throw toGraphqlError(new RequestError('SUBSCRIPTION_NOT_SUPPORTED', message));
  }
  usage?.count({ schema, queryHash, document, operation, variables, client });
  trace?.begun(operation.operation, operation.name?.value);
  try {
    return await engines.execute(schema, {
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
      trace,
    });
  } catch (error) {
    const { reason } = cancellation;
    if (reason?.code === 'REQUEST_TIMEOUT')
      throw toGraphqlError(new RequestError(reason.code, reason.message));
    throw error;
  }
}
