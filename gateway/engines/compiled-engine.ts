import { Supergraph } from '@apollo/federation-internals';
import {
  getVariableValues,
  type GraphQLError,
  type GraphQLFormattedError,
  type GraphQLSchema,
} from 'graphql';

import type { Engine, EngineAnswer, EngineOptions, EngineRequest, PreparedOperation } from '../engine.ts';
import { executeOperation } from '../execution/execute-operation.ts';
import { OperationStore } from '../execution/operation-store.ts';
import { listFieldNames } from '../operation/field-names.ts';
import type { CacheStatistics } from '../planning/bounded-cache.ts';
import { createInProcessPlanner, type Planner } from '../planning/planner.ts';
import { OperationPlanError } from '../planning/query-planner.ts';
import { SupergraphError } from '../supergraph/supergraph-error.ts';
import { createTransport, type Transport } from '../transport/create-transport.ts';

/** Our engine, with what it tells of itself. */
export interface CompiledEngine extends Engine {
  readonly name: 'compiled';
  readonly planCache: CacheStatistics;
}

/**
 * The compiled engine: Apollo's planner over a mended supergraph, and our own execution of its plans. Rejects with a
 * `SupergraphError` when the supergraph cannot be used.
 */
export async function createCompiledEngine(options: EngineOptions): Promise<CompiledEngine> {
  const { supergraph, planner } = build(options.supergraphSdl);
  const schema = supergraph.apiSchema().toGraphQLJSSchema();
  const fieldNames = listFieldNames(supergraph.schema.types());
  const transport = createTransport(listUrls(supergraph, options.subgraphUrls));
  const store = new OperationStore({ schema, fieldNames, planner, entriesMax: 1000 });
  let closed: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    await Promise.all([planner.close(), transport.close()]);
  };
  return {
    name: 'compiled',
    supergraphSdl: options.supergraphSdl,
    apiSchema: schema,
    execute: (request) => executeRequest(request, schema, store, transport, options),
    prepare: (operations) => prepareOperations(operations, store),
    close: () => (closed ??= close()),
    get planCache() {
      return store.statistics;
    },
  };
}

function build(supergraphSdl: string): { supergraph: Supergraph; planner: Planner } {
  try {
    return { supergraph: Supergraph.build(supergraphSdl), planner: createInProcessPlanner(supergraphSdl) };
  } catch (error) {
    throw new SupergraphError(
      `The supergraph cannot be used: ${error instanceof Error ? error.message : String(error)}`,
      { cause: error },
    );
  }
}

function listUrls(
  supergraph: Supergraph,
  given: Readonly<Record<string, string>>,
): ReadonlyMap<string, readonly string[]> {
  return new Map(
    supergraph.subgraphsMetadata().map(({ name, url }) => {
      const known = given[name] ?? url;
      if (!URL.canParse(known))
        throw new SupergraphError(`Expected a URL for the subgraph "${name}", found "${known}".`);
      return [name, [known]];
    }),
  );
}

async function executeRequest(
  request: EngineRequest,
  schema: GraphQLSchema,
  store: OperationStore,
  transport: Transport,
  { log }: EngineOptions,
): Promise<EngineAnswer> {
  const definitions = request.operation.variableDefinitions ?? [];
  const { coerced = {}, errors } =
    definitions.length === 0
      ? { coerced: {}, errors: undefined }
      : getVariableValues(schema, definitions, { ...request.variables });
  if (errors !== undefined) return refuse(errors.map(describeVariableError));
  try {
    const found = store.get(request, coerced);
    const compiled = found instanceof Promise ? await found : found;
    return await executeOperation(compiled, request, coerced, { schema, send: transport.send, log });
  } catch (error) {
    const refusal = describePlanFailure(error);
    if (refusal === undefined) throw error;
    return refuse([refusal]);
  }
}

function refuse(errors: readonly GraphQLFormattedError[]): EngineAnswer {
  return { kind: 'result', result: { errors } };
}

function describeVariableError(error: GraphQLError): GraphQLFormattedError {
  const { extensions, ...formatted } = error.toJSON();
  return { ...formatted, extensions: { ...extensions, code: 'BAD_USER_INPUT' } };
}

function describePlanFailure(error: unknown): GraphQLFormattedError | undefined {
  if (error instanceof OperationPlanError)
    return { message: error.message, extensions: { code: 'OPERATION_PLAN_FAILED' } };
  return undefined;
}

async function prepareOperations(
  operations: readonly PreparedOperation[],
  store: OperationStore,
): Promise<void> {
  for (const operation of operations)
    for (const conditions of store.listConditionValues(operation))
      // What cannot be planned now fails at its first request, with its reason.
      await Promise.resolve(store.get(operation, conditions)).catch(() => {});
}
