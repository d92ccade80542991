import type { FragmentDefinitionNode, GraphQLSchema, OperationDefinitionNode } from 'graphql';

import type { PreparedOperation } from '../engine.ts';
import {
  listConditionVariables,
  listFragments,
  listNamedFields,
  printConditionValues,
} from '../operation/conditions.ts';
import { normaliseOperation } from '../operation/normalise-operation.ts';
import { BoundedCache, type CacheStatistics } from '../planning/bounded-cache.ts';
import type { CompiledPlan } from '../planning/compiled-plan.ts';
import {
  findOverrideVariant,
  listOverrideVariants,
  type OverrideVariant,
} from '../planning/override-variants.ts';
import type { Planner, RootField } from '../planning/planner.ts';
import type { OverrideLabel } from '../supergraph/override-labels.ts';
import { compileOperation, type CompiledOperation } from './compile-operation.ts';

/** What is known of a document before its conditions are decided. */
interface KnownOperation {
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  readonly conditionVariables: readonly string[];
  readonly overrides: readonly OverrideVariant[];
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
  readonly overrideLabels: readonly OverrideLabel[];
  /** For how many percent of the requests a label is true, by label. */
  readonly overridePercents: Readonly<Record<string, number>>;
  /** What a request draws for its labels. */
  readonly drawPercent: () => number;
}

/** One of the forms in which an operation is compiled. */
export interface OperationVariant {
  /** The values of the variables that decide an `@skip` or `@include`. */
  readonly conditions: Readonly<Record<string, boolean>>;
  /** Its place among those by labels of `@override`. */
  readonly variant: number;
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
   * The compiled form of an operation with these (coerced) variables: at once when it is known. Where it depends on
   * labels of `@override`, the variant is drawn when it is not given. Rejects as the planner does, and with an
   * `InputError`.
   */
  get(
    request: PreparedOperation,
    variables: Readonly<Record<string, unknown>>,
    variant?: number,
  ): CompiledOperation | Promise<CompiledOperation> {
    const { key, known } = this.#lookUp(request);
    const place = variant ?? this.#drawVariant(known.overrides);
    const conditions = printConditionValues(known.conditionVariables, variables);
    const form = place === 0 ? key + conditions : `${key}${conditions} ${place}`;
    const found = this.#compiled.get(form);
    if (found !== undefined) return found;
    const compiling = this.#compile(request.operation, known, variables, place);
    const { length } = request.query;
    this.#compiled.set(form, compiling, length);
    compiling.then(
      (compiled) => this.#compiled.set(form, compiled, length),
      () => this.#compiled.delete(form),
    );
    return compiling;
  }

  /** The forms that an operation can have; of its conditions only the first values where they are many. */
  listVariants(request: PreparedOperation): readonly OperationVariant[] {
    const { conditionVariables: names, overrides } = this.#lookUp(request).known;
    const count = names.length <= 2 ? 2 ** names.length : 1;
    return Array.from({ length: count }, (_, bits) =>
      Object.fromEntries(names.map((name, index) => [name, (bits & (1 << index)) !== 0])),
    ).flatMap((conditions) => overrides.map((_, variant) => ({ conditions, variant })));
  }

  #drawVariant(overrides: readonly OverrideVariant[]): number {
    return overrides.length <= 1 ? 0 : findOverrideVariant(overrides, this.#options.drawPercent());
  }

  #listOverrides(
    operation: OperationDefinitionNode,
    fragments: ReadonlyMap<string, FragmentDefinitionNode>,
  ): readonly OverrideVariant[] {
    const { overrideLabels, overridePercents } = this.#options;
    const names = overrideLabels.length === 0 ? new Set<string>() : listNamedFields(operation, fragments);
    return listOverrideVariants(overrideLabels, overridePercents, names);
  }

  #lookUp({ query, queryHash, operationName, document, operation }: PreparedOperation): {
    key: string;
    known: KnownOperation;
  } {
    const key = `${queryHash} ${operationName ?? ''} `;
    let known = this.#known.get(key);
    if (known === undefined) {
      const fragments = listFragments(document);
      known = {
        fragments,
        conditionVariables: listConditionVariables(operation, fragments),
        overrides: this.#listOverrides(operation, fragments),
      };
      this.#known.set(key, known, query.length);
    }
    return { key, known };
  }

  async #compile(
    operation: OperationDefinitionNode,
    { fragments, overrides }: KnownOperation,
    variables: Readonly<Record<string, unknown>>,
    variant: number,
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
    const { trueLabels = [] } = overrides[variant] ?? {};
    const plan = text === '' ? emptyPlan : await this.#plan(text, rootFields, trueLabels);
    return compileOperation({ normalised, plan, operation, fragments, schema, reuseEntityFields });
  }

  #plan(
    text: string,
    rootFields: readonly RootField[],
    trueLabels: readonly string[],
  ): Promise<CompiledPlan> {
    // No label has a space, and no operation begins with one.
    const key = trueLabels.length === 0 ? text : `${trueLabels.join(' ')}  ${text}`;
    const known = this.#plans.get(key);
    if (known !== undefined) return known;
    const planning = this.#options.planner.plan(text, rootFields, trueLabels);
    this.#plans.set(key, planning);
    // A failure may be the moment's (a time limit): the next request tries again.
    planning.catch(() => this.#plans.delete(key));
    return planning;
  }
}
