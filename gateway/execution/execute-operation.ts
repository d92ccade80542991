import type { GraphQLSchema } from 'graphql';
import type { Logger } from 'pino';

import type { EngineAnswer, EngineRequest } from '../engine.ts';
import type { SendToSubgraph } from '../transport/subgraph-request.ts';
import type { CompiledOperation } from './compile-operation.ts';
import type { DataObject } from './data.ts';
import type { ExecutionState } from './execution-state.ts';
import type { LastRunSlot, LastRunStore } from './last-run.ts';
import type { SubgraphErrorPolicy } from './mask-subgraph-error.ts';
import type { RunOutcome } from './run-plan.ts';
import { noLocal } from './projection/compile-projection.ts';
import { listClientErrors } from './write-answer.ts';

/** What every request of an engine shares. */
export interface ExecutionContext {
  readonly schema: GraphQLSchema;
  readonly send: SendToSubgraph;
  readonly log: Logger;
  readonly lastRuns: LastRunStore;
  readonly subgraphErrors: SubgraphErrorPolicy;
}

/** Runs a compiled operation and writes its answer. `coerced` are the variables as the schema reads them. */
export async function executeOperation(
  compiled: CompiledOperation,
  request: EngineRequest,
  coerced: Readonly<Record<string, unknown>>,
  { schema, send, log, lastRuns, subgraphErrors }: ExecutionContext,
): Promise<EngineAnswer> {
  const data: DataObject = {};
  const { renamedVariables } = compiled.normalised;
  const { variables } = request;
  const state: ExecutionState = {
    data,
    errors: [],
    lost: [],
    send,
    headers: request.headers,
    variable(name) {
      const clientName = renamedVariables.get(name) ?? name;
      return Object.hasOwn(variables, clientName) ? variables[clientName] : undefined;
    },
    cancellation: request.cancellation,
    deadlineAt: request.deadlineAt,
    trace: request.trace,
    log,
    subgraphErrors,
    collected: new Map(),
    // What the gateway itself answers (introspection) may have any text.
    facts: { isPlain: true, isAscii: compiled.introspection === undefined, hasShared: false },
  };
  // A watched run must show what each fetch does.
  const slot =
    request.trace === undefined && compiled.introspection === undefined ? compiled.lastRun : undefined;
  // First, because it refuses the whole operation where a variable does not fit.
  const local = compiled.introspection?.(coerced) ?? noLocal;
  const outcome = await compiled.run(state, slot?.run);
  if (outcome.kind === 'same') {
    if (slot !== undefined) slot.misses = 0;
    return { kind: 'json', body: outcome.last.body, hasErrors: false };
  }
  const { json, errors: found } = compiled.project(data, local, state.facts);
  if (state.errors.length === 0 && found.length === 0) {
    const body = encodeAnswer(`{"data":${json}}\n`, state.facts.isAscii);
    if (slot !== undefined && compiled.plan.kind === 'query') keepRun(lastRuns, slot, outcome, body);
    return { kind: 'json', body, hasErrors: false };
  }
  const errors = listClientErrors(state, found, compiled.normalised, schema);
  const hasErrors = errors.length > 0;
  const before = hasErrors ? `"errors":${JSON.stringify(errors)},` : '';
  return { kind: 'json', body: encodeAnswer(`{${before}"data":${json}}\n`, false), hasErrors };
}

/** The end of line is for people who ask by curl. */
function encodeAnswer(text: string, isAscii: boolean): Buffer {
  return Buffer.from(text, isAscii ? 'latin1' : 'utf8');
}

/** Only a run without errors is kept: an error's places are found in the data, which nobody keeps. */
function keepRun(
  lastRuns: LastRunStore,
  slot: LastRunSlot,
  { lists, answers }: Extract<RunOutcome, { kind: 'run' }>,
  body: Buffer,
): void {
  if (lastRuns.isKept(slot)) lastRuns.keep(slot, { lists, answers, body });
  slot.misses += 1;
}
