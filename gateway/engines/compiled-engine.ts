import { buildSchema, getVariableValues, type GraphQLError, type GraphQLFormattedError } from 'graphql';

import { closeOnFailure } from '../close-on-failure.ts';
import type {
  Engine,
  EngineAnswer,
  EngineObserver,
  EngineOptions,
  EngineRequest,
  PreparedOperation,
} from '../engine.ts';
import { compiledEngineDefaults, type CompiledEngineOptions } from './compiled-engine-options.ts';
import { executeOperation, type ExecutionContext } from '../execution/execute-operation.ts';
import { LastRunStore } from '../execution/last-run.ts';
import { OperationStore } from '../execution/operation-store.ts';
import { explainAnswer } from '../telemetry/explain-answer.ts';
import { InputError } from '../operation/input-error.ts';
import { replaceLiteralDefaults } from '../operation/literal-defaults.ts';
import type { CacheStatistics } from '../planning/bounded-cache.ts';
import { OperationPlanError } from '../planning/plan-error.ts';
import { plannerDefaults, type PlannerOptions } from '../planning/planner-options.ts';
import { createPlanner, type Planner } from '../planning/planner.ts';
import type { SupergraphDescription } from '../planning/supergraph-description.ts';
import type { Cancellation } from '../transport/cancellation.ts';
import { FetchError } from '../transport/fetch-error.ts';
import { requireSubgraphUrl } from '../supergraph/require-subgraph-url.ts';
import { SupergraphError } from '../supergraph/supergraph-error.ts';
import { createTransport } from '../transport/create-transport.ts';
import { transportDefaults, type TransportOptions } from '../transport/transport-options.ts';

/** Our engine, with what it tells of itself. */
export interface CompiledEngine extends Engine {
  readonly name: 'compiled';
  readonly planCache: CacheStatistics;
}

/**
 * The compiled engine: Apollo's planner over a mended supergraph, and our own execution of its plans. Rejects with a
 * `SupergraphError` when the supergraph cannot be used.
 */
export async function createCompiledEngine(options: CompiledOptions): Promise<CompiledEngine> {
  return closeOnFailure(options.log, async (opened) => {
    const planner = await startPlanner(options.supergraphSdl, {
      ...plannerDefaults,
      ...options.compiled?.planner,
    });
    opened(() => planner.close());
    return makeEngine(options, planner);
  });
}

type CompiledOptions = EngineOptions & { readonly compiled?: CompiledEngineOptions };

/** The engine over a planner, which is its to close once it is made. */
function makeEngine(options: CompiledOptions, planner: Planner): CompiledEngine {
  const transportOptions = {
    ...transportDefaults,
    signRequest: options.signRequest,
    observer: options.observer,
    ...options.compiled?.transport,
  };
  const { description } = planner;
  const schema = replaceLiteralDefaults(buildSchema(description.apiSdl, { assumeValidSDL: true }));
  const fieldNames = new Set(description.fieldNames);
  const transport = createTransport(
    listUrls(description, options.subgraphUrls, transportOptions.replicas),
    transportOptions,
  );
  const { operationsMax, lastRunBytesMax, reuseEntityFields, overridePercents, drawPercent } = {
    ...compiledEngineDefaults,
    ...options.compiled,
  };
  const store = new OperationStore({
    schema,
    fieldNames,
    planner: options.observer === undefined ? planner : observePlanner(planner, options.observer),
    entriesMax: operationsMax,
    reuseEntityFields,
    overrideLabels: description.overrideLabels,
    overridePercents,
    drawPercent,
  });
  const context: ExecutionContext = {
    schema,
    send: transport.send,
    log: options.log,
    subgraphErrors: options.subgraphErrors ?? 'pass',
    lastRuns: new LastRunStore(lastRunBytesMax, operationsMax),
  };
  let closed: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    const { hits, misses, entries } = store.statistics;
    const hitPercent = hits + misses === 0 ? 0 : Math.round((1000 * hits) / (hits + misses)) / 10;
    options.log.info({ hits, misses, entries, hitPercent }, `plan cache: ${hitPercent} % hits`);
    await Promise.all([planner.close(), transport.close()]);
  };
  return {
    name: 'compiled',
    supergraphSdl: options.supergraphSdl,
    apiSchema: schema,
    execute: (request) => executeRequest(request, store, context, options.observer),
    prepare: (operations) => prepareOperations(operations, store),
    close: () => (closed ??= close()),
    get planCache() {
      return store.statistics;
    },
  };
}

async function startPlanner(supergraphSdl: string, options: PlannerOptions): Promise<Planner> {
  try {
    return await createPlanner(supergraphSdl, options);
  } catch (error) {
    throw new SupergraphError(
      `The supergraph cannot be used: ${error instanceof Error ? error.message : String(error)}`,
      { cause: error },
    );
  }
}

function observePlanner(planner: Planner, observer: EngineObserver): Planner {
  return {
    ...planner,
    plan: (text, rootFields, trueLabels) => {
      const startedMs = performance.now();
      const planning = planner.plan(text, rootFields, trueLabels);
      planning.then(
        () => observer.planned(true, performance.now() - startedMs),
        () => observer.planned(false, performance.now() - startedMs),
      );
      return planning;
    },
  };
}

function listUrls(
  { subgraphs }: SupergraphDescription,
  given: Readonly<Record<string, string>>,
  replicas: TransportOptions['replicas'],
): ReadonlyMap<string, readonly string[]> {
  return new Map(
    subgraphs.map(({ name, url }) => {
      const several = replicas[name] ?? [];
      const known = several.length > 0 ? several : [given[name] ?? url];
      for (const entry of known) requireSubgraphUrl(name, entry);
      return [name, known];
    }),
  );
}

async function executeRequest(
  request: EngineRequest,
  store: OperationStore,
  context: ExecutionContext,
  observer: EngineObserver | undefined,
): Promise<EngineAnswer> {
  const definitions = request.operation.variableDefinitions ?? [];
  const { coerced = {}, errors } =
    definitions.length === 0
      ? { coerced: {}, errors: undefined }
      : getVariableValues(context.schema, definitions, { ...request.variables });
  if (errors !== undefined) return refuse(errors.map(describeVariableError));
  try {
    const found = store.get(request, coerced);
    observer?.lookedUp(!(found instanceof Promise));
    const compiled = found instanceof Promise ? await waitForPlan(found, request.cancellation) : found;
    const { trace } = request;
    trace?.planned(!(found instanceof Promise));
    const answer = await executeOperation(compiled, request, coerced, context);
    return trace === undefined || !trace.isExplained
      ? answer
      : explainAnswer(answer, trace.report(compiled.plan, compiled.normalised));
  } catch (error) {
    const refusal = describeRefusal(error);
    if (refusal === undefined) throw error;
    return refuse([refusal]);
  }
}

/** Ends the wait, not the planning: others may wait for the same plan, and the next request will. */
function waitForPlan<Value>(plan: Promise<Value>, cancellation: Cancellation): Promise<Value> {
  return new Promise((resolve, reject) => {
    cancellation.addListener(reject);
    plan.finally(() => cancellation.removeListener(reject)).then(resolve, reject);
  });
}

function refuse(errors: readonly GraphQLFormattedError[]): EngineAnswer {
  return { kind: 'result', result: { errors } };
}

function describeVariableError(error: GraphQLError): GraphQLFormattedError {
  const { extensions, ...formatted } = error.toJSON();
  return { ...formatted, extensions: { ...extensions, code: 'BAD_USER_INPUT' } };
}

function describeRefusal(error: unknown): GraphQLFormattedError | undefined {
  if (error instanceof InputError) return error.toJSON();
  if (error instanceof OperationPlanError || error instanceof FetchError)
    return { message: error.message, extensions: { code: error.code } };
  return undefined;
}

async function prepareOperations(
  operations: readonly PreparedOperation[],
  store: OperationStore,
): Promise<void> {
  for (const operation of operations)
    for (const { conditions, variant } of store.listVariants(operation))
      // What cannot be planned now fails at its first request, with its reason.
      await Promise.resolve(store.get(operation, conditions, variant)).catch(() => {});
}
