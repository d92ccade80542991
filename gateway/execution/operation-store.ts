import type { FragmentDefinitionNode, GraphQLSchema, OperationDefinitionNode } from 'graphql';

import type { PreparedOperation } from '../engine.ts';
import { listConditionVariables, listFragments, printConditionValues } from '../operation/conditions.ts';
import { normaliseOperation } from '../operation/normalise-operation.ts';
import { BoundedCache, type CacheStatistics } from '../planning/bounded-cache.ts';
import type { CompiledPlan } from '../planning/compiled-plan.ts';
import type { Planner, RootField } from '../planning/planner.ts';
import { compileOperation, type CompiledOperation } from './compile-operation.ts';

/** What is known of a document before its conditions are decided. */
interface KnownOperation {
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  readonly conditionVariables: readonly string[];
}

/** What the operations of one engine are compiled against. */
export interface OperationStoreOptions {
  readonly schema: GraphQLSchema;
  /** Every field name of the supergraph. */
  readonly fieldNames: ReadonlySet<string>;
  readonly planner: Planner;
  /** How many compiled operations, and how many plans, are kept. */
  readonly entriesMax: number;
  /** Whether fields of an entity that its subgraph has told are reused within one operation. */
  readonly reuseEntityFields: boolean;
}

const emptyPlan: CompiledPlan = { kind: 'query', steps: [] };

/** Compiles operations, each once: for concurrent requests too, and for those that differ in aliases only, one plan. */
export class OperationStore {
  readonly #options: OperationStoreOptions;
  readonly #known: BoundedCache<KnownOperation>;
  readonly #compiled: BoundedCache<CompiledOperation | Promise<CompiledOperation>>;
  readonly #plans: BoundedCache<Promise<CompiledPlan>>;

  constructor(options: OperationStoreOptions) {
    this.#options = options;
    this.#known = new BoundedCache(options.entriesMax);
    this.#compiled = new BoundedCache(options.entriesMax);
    this.#plans = new BoundedCache(options.entriesMax);
  }

  /** How often an operation was found compiled. */
  get statistics(): CacheStatistics {
    return this.#compiled.statistics;
  }

  /**
   * The compiled form of an operation with these (coerced) variables: at once when it is known. Rejects as the
   * planner does, and with an `InputError`.
   */
  get(
    request: PreparedOperation,
    variables: Readonly<Record<string, unknown>>,
  ): CompiledOperation | Promise<CompiledOperation> {
    const { key, known } = this.#lookUp(request);
    const variant = key + printConditionValues(known.conditionVariables, variables);
    const found = this.#compiled.get(variant);
    if (found !== undefined) return found;
    const compiling = this.#compile(request.operation, known, variables);
    const { length } = request.query;
    this.#compiled.set(variant, compiling, length);
    compiling.then(
      (compiled) => this.#compiled.set(variant, compiled, length),
      () => this.#compiled.delete(variant),
    );
    return compiling;
  }

  /** The sets of values that an operation's conditions can have; only the first where they are many. */
  listConditionValues(request: PreparedOperation): readonly Readonly<Record<string, boolean>>[] {
    const names = this.#lookUp(request).known.conditionVariables;
    const count = names.length <= 2 ? 2 ** names.length : 1;
    return Array.from({ length: count }, (_, bits) =>
      Object.fromEntries(names.map((name, index) => [name, (bits & (1 << index)) !== 0])),
    );
  }

  #lookUp({ query, queryHash, operationName, document, operation }: PreparedOperation): {
    key: string;
    known: KnownOperation;
  } {
    const key = `${queryHash} ${operationName ?? ''} `;
    let known = this.#known.get(key);
    if (known === undefined) {
      const fragments = listFragments(document);
      known = { fragments, conditionVariables: listConditionVariables(operation, fragments) };
      this.#known.set(key, known, query.length);
    }
    return { key, known };
  }

  async #compile(
    operation: OperationDefinitionNode,
    { fragments }: KnownOperation,
    variables: Readonly<Record<string, unknown>>,
  ): Promise<CompiledOperation> {
    const { schema, fieldNames, reuseEntityFields } = this.#options;
    const normalised = normaliseOperation({
      operation,
      fragments,
      schema,
      fieldNames,
      conditions: variables,
    });
    const { text, rootFields } = normalised;
    const plan = text === '' ? emptyPlan : await this.#plan(text, rootFields);
    return compileOperation({ normalised, plan, operation, fragments, schema, reuseEntityFields });
  }

  #plan(text: string, rootFields: readonly RootField[]): Promise<CompiledPlan> {
    const known = this.#plans.get(text);
    if (known !== undefined) return known;
    const planning = this.#options.planner.plan(text, rootFields);
    this.#plans.set(text, planning);
    // A failure may be the moment's (a time limit): the next request tries again.
    planning.catch(() => this.#plans.delete(text));
    return planning;
  }
}
