import {
  getNamedType,
  getNullableType,
  isCompositeType,
  isListType,
  isInterfaceType,
  isObjectType,
  Kind,
  OperationTypeNode,
  valueFromASTUntyped,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLOutputType,
  type GraphQLSchema,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
  type ValueNode,
} from 'graphql';

import { readDefaults } from '../operation/read-defaults.ts';
import type { CostRules } from './cost-rules.ts';

type Variables = Readonly<Record<string, unknown>>;

/** A cost that is known at once, or that variables decide. */
export type Cost = number | ((variables: Variables) => number);

/** What a mutation costs before its fields: Apollo's weight for an operation that writes. */
const mutationCost = 10;

/** Arguments that say how long a list is where the supergraph has no `@listSize`. */
const usualSlicingArguments = ['first', 'last', 'limit'];
/** Lists below a field with such an argument (GraphQL Cursor Connections, and their short forms). */
const usualSizedFields = ['edges', 'nodes', 'items'];

interface CostSources {
  readonly schema: GraphQLSchema;
  readonly document: DocumentNode;
  readonly rules: CostRules;
  /** Items of a list about which nothing is known. */
  readonly listSizeAssumed: number;
}

/**
 * Compiles the estimated cost of an operation: an object is 1, a leaf 0, `@cost` overrides both, and a list multiplies
 * what is below it by its size. Done once per document; only sizes in variables are left for the request.
 */
export function compileCost(operation: OperationDefinitionNode, sources: CostSources): Cost {
  const { schema, document } = sources;
  const rootType = schema.getRootType(operation.operation);
  if (!rootType) return 0;
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  }
  const compiler = new CostCompiler(sources, fragments);
  const base = operation.operation === OperationTypeNode.MUTATION ? mutationCost : 0;
  const cost = addCosts([base, compiler.compileSelections(operation.selectionSet, rootType, noSizes)]);
  if (typeof cost === 'number') return cost;
  const defaults = readDefaults(operation);
  return (variables) => cost({ ...defaults, ...variables });
}

/** Sizes that a field gives to lists in the object that it returns. */
type InheritedSizes = ReadonlyMap<string, Cost>;
const noSizes: InheritedSizes = new Map();

class CostCompiler {
  readonly #sources: CostSources;
  readonly #fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  readonly #ofFragment = new Map<string, Cost>();

  constructor(sources: CostSources, fragments: ReadonlyMap<string, FragmentDefinitionNode>) {
    this.#sources = sources;
    this.#fragments = fragments;
  }

  compileSelections(set: SelectionSetNode, type: GraphQLNamedType, sizes: InheritedSizes): Cost {
    return addCosts(set.selections.map((selection) => this.#compileSelection(selection, type, sizes)));
  }

  #compileSelection(selection: SelectionNode, type: GraphQLNamedType, sizes: InheritedSizes): Cost {
    if (selection.kind === Kind.FIELD) return this.#compileField(selection, type, sizes);
    if (selection.kind === Kind.FRAGMENT_SPREAD) {
      return this.#compileSpread(selection.name.value, type, sizes);
    }
    const typeOfFragment = this.#typeOf(selection.typeCondition?.name.value, type);
    return this.compileSelections(selection.selectionSet, typeOfFragment, sizes);
  }

  #compileSpread(name: string, type: GraphQLNamedType, sizes: InheritedSizes): Cost {
    const fragment = this.#fragments.get(name);
    if (fragment === undefined) return 0;
    const compile = (): Cost =>
      this.compileSelections(
        fragment.selectionSet,
        this.#typeOf(fragment.typeCondition.name.value, type),
        sizes,
      );
    // Inherited sizes change what the fragment costs here, so that it cannot be looked up.
    if (sizes.size > 0) return compile();
    const known = this.#ofFragment.get(name) ?? compile();
    this.#ofFragment.set(name, known);
    return known;
  }

  #typeOf(condition: string | undefined, parent: GraphQLNamedType): GraphQLNamedType {
    return (condition === undefined ? undefined : this.#sources.schema.getType(condition)) ?? parent;
  }

  #compileField(node: FieldNode, parent: GraphQLNamedType, sizes: InheritedSizes): Cost {
    if (!isObjectType(parent) && !isInterfaceType(parent)) return 0;
    const field = parent.getFields()[node.name.value];
    // Introspection has its own switch.
    if (field === undefined) return 0;
    const coordinate = `${parent.name}.${field.name}`;
    const { weights } = this.#sources.rules;
    const type = getNamedType(field.type);
    const own = weights.get(coordinate) ?? weights.get(type.name) ?? (isCompositeType(type) ? 1 : 0);
    const size = this.#compileSize(node, field, coordinate);
    const below = node.selectionSet
      ? this.compileSelections(node.selectionSet, type, this.#inheritSizes(field, coordinate, size))
      : 0;
    const once = addCosts([own, below]);
    const times = isList(field.type) ? (sizes.get(field.name) ?? size ?? this.#sources.listSizeAssumed) : 1;
    return addCosts([multiplyCosts(times, once), ...this.#listArgumentWeights(node, coordinate)]);
  }

  #listArgumentWeights(node: FieldNode, coordinate: string): number[] {
    return (node.arguments ?? []).map(
      (argument) => this.#sources.rules.weights.get(`${coordinate}(${argument.name.value}:)`) ?? 0,
    );
  }

  #inheritSizes(
    field: GraphQLField<unknown, unknown>,
    coordinate: string,
    size: Cost | undefined,
  ): InheritedSizes {
    if (size === undefined) return noSizes;
    const rule = this.#sources.rules.listSizes.get(coordinate);
    const names = rule === undefined ? (isList(field.type) ? [] : usualSizedFields) : rule.sizedFields;
    return new Map(names.map((name) => [name, size]));
  }

  /** The size that a field's directive and arguments give, or undefined when they say nothing. */
  #compileSize(node: FieldNode, field: GraphQLField<unknown, unknown>, coordinate: string): Cost | undefined {
    const rule = this.#sources.rules.listSizes.get(coordinate);
    const names = rule?.slicingArguments ?? usualSlicingArguments;
    const given = names.flatMap((name): Cost[] => {
      const value = node.arguments?.find((argument) => argument.name.value === name)?.value;
      return value === undefined ? [] : [this.#compileArgument(value)];
    });
    if (given.length > 0) return maximum(given);
    const defaults = names
      .map((name) => field.args.find((argument) => argument.name === name)?.defaultValue)
      .filter((value) => typeof value === 'number');
    if (defaults.length > 0) return Math.max(...defaults);
    return rule?.assumedSize;
  }

  #compileArgument(value: ValueNode): Cost {
    const assumed = this.#sources.listSizeAssumed;
    const read = (variables: Variables): number => {
      const found: unknown = valueFromASTUntyped(value, { ...variables });
      return numberOf(found) ?? assumed;
    };
    return value.kind === Kind.VARIABLE ? read : read({});
  }
}

/**
 * The size that a value of a slicing argument asks for. Custom scalars read a number in a text, or in a list of one, some
 * by `parseInt` and some by `Number`: the larger counts, or "100" would pass for a list about which nothing is known.
 */
function numberOf(value: unknown): number | undefined {
  const text = Array.isArray(value) ? String(value) : value;
  if (typeof text === 'string' && text.trim() === '') return undefined;
  if (typeof text !== 'number' && typeof text !== 'string') return undefined;
  const sizes = [Number(text), Number.parseInt(String(text), 10)].filter((size) => size >= 0);
  return sizes.length === 0 ? undefined : Math.max(...sizes);
}

function isList(type: GraphQLOutputType): boolean {
  return isListType(getNullableType(type));
}

function addCosts(costs: readonly Cost[]): Cost {
  let known = 0;
  const open: ((variables: Variables) => number)[] = [];
  for (const cost of costs) {
    if (typeof cost === 'number') known += cost;
    else open.push(cost);
  }
  if (open.length === 0) return known;
  return (variables) => open.reduce((sum, cost) => sum + cost(variables), known);
}

function multiplyCosts(times: Cost, cost: Cost): Cost {
  if (typeof times === 'number' && typeof cost === 'number') return times * cost;
  return (variables) => readCost(times, variables) * readCost(cost, variables);
}

function maximum(costs: readonly Cost[]): Cost {
  const [first = 0, ...rest] = costs;
  if (rest.length === 0) return first;
  return (variables) => Math.max(...costs.map((cost) => readCost(cost, variables)));
}

/** The cost of a request with these variables. */
export function readCost(cost: Cost, variables: Variables): number {
  return typeof cost === 'number' ? cost : cost(variables);
}
