import type { GraphQLSchema } from 'graphql';
import type { Logger } from 'pino';

import type { EngineAnswer, EngineRequest } from '../engine.ts';
import { RequestError } from '../errors.ts';
import { Cancellation } from '../transport/cancellation.ts';
import { FetchError } from '../transport/fetch-error.ts';
import type { SendToSubgraph } from '../transport/subgraph-request.ts';
import type { CompiledOperation } from './compile-operation.ts';
import type { DataObject } from './data.ts';
import type { ExecutionState } from './execution-state.ts';
import { noLocal } from './projection/compile-projection.ts';
import { listClientErrors } from './write-answer.ts';

/** What every request of an engine shares. */
export interface ExecutionContext {
  readonly schema: GraphQLSchema;
  readonly send: SendToSubgraph;
  readonly log: Logger;
}

/** Runs a compiled operation and writes its answer. `coerced` are the variables as the schema reads them. */
export async function executeOperation(
  compiled: CompiledOperation,
  request: EngineRequest,
  coerced: Readonly<Record<string, unknown>>,
  { schema, send, log }: ExecutionContext,
): Promise<EngineAnswer> {
  const data: DataObject = {};
  const cancellation = new Cancellation();
  const { renamedVariables } = compiled.normalised;
  const { variables } = request;
  const state: ExecutionState = {
    data,
    errors: [],
    send,
    headers: request.headers,
    variable(name) {
      const clientName = renamedVariables[name] ?? name;
      return Object.hasOwn(variables, clientName) ? variables[clientName] : undefined;
    },
    cancellation,
    deadlineAt: request.deadlineAt,
    trace: request.trace,
    log,
  };
  const abort = (): void => cancellation.cancel(describeAbort(request.signal.reason));
  if (request.signal.aborted) abort();
  else request.signal.addEventListener('abort', abort);
  await compiled.run(state);
  request.signal.removeEventListener('abort', abort);
  const { json, errors: found } = compiled.project(data, compiled.introspection?.(coerced) ?? noLocal);
  if (state.errors.length === 0 && found.length === 0)
    return { kind: 'json', json: `{"data":${json}}`, hasErrors: false };
  const errors = listClientErrors(state.errors, found, compiled.normalised, data, schema);
  if (errors.length === 0) return { kind: 'json', json: `{"data":${json}}`, hasErrors: false };
  return { kind: 'json', json: `{"errors":${JSON.stringify(errors)},"data":${json}}`, hasErrors: true };
}

/** The host says by the reason whether the client has left or the time is up. */
function describeAbort(reason: unknown): FetchError {
  return reason instanceof RequestError && reason.code === 'REQUEST_TIMEOUT'
    ? new FetchError('REQUEST_TIMEOUT', reason.message)
    : new FetchError('REQUEST_CANCELLED', 'The request was cancelled.');
}
