import { Kind, parse, valueFromASTUntyped, type ConstDirectiveNode } from 'graphql';

import { listLinkedFeatures } from '../supergraph/directive-names.ts';

/** How many items a list has, by `@listSize` (https://ibm.github.io/graphql-specs/cost-spec.html). */
export interface ListSize {
  readonly assumedSize: number | undefined;
  /** Arguments that hold the size; the largest counts. */
  readonly slicingArguments: readonly string[];
  /** Fields of the returned object whose lists have that size; none: the field's own list has it. */
  readonly sizedFields: readonly string[];
}

/** What a supergraph says about costs. */
export interface CostRules {
  /** `@cost` by `Type`, `Type.field` and `Type.field(argument:)`. */
  readonly weights: ReadonlyMap<string, number>;
  /** `@listSize` by `Type.field`. */
  readonly listSizes: ReadonlyMap<string, ListSize>;
}

/** Reads @cost and @listSize from a supergraph, under whatever names it links them. */
export function readCostRules(supergraphSdl: string): CostRules {
  const document = parse(supergraphSdl, { noLocation: true });
  const weights = new Map<string, number>();
  const listSizes = new Map<string, ListSize>();
  const feature = listLinkedFeatures(document).find((linked) => linked.name === 'cost');
  if (feature === undefined) return { weights, listSizes };
  const costName = feature.directiveName('cost');
  const listSizeName = feature.directiveName('listSize');

  const addWeight = (coordinate: string, directives: readonly ConstDirectiveNode[] | undefined): void => {
    const weight = readArguments(directives, costName)?.['weight'];
    if (weight !== undefined) weights.set(coordinate, Number(weight));
  };
  for (const definition of document.definitions) {
    if (!('name' in definition) || definition.name === undefined) continue;
    const typeName = definition.name.value;
    if ('directives' in definition) addWeight(typeName, definition.directives as ConstDirectiveNode[]);
    if (
      definition.kind !== Kind.OBJECT_TYPE_DEFINITION &&
      definition.kind !== Kind.INTERFACE_TYPE_DEFINITION
    ) {
      continue;
    }
    for (const field of definition.fields ?? []) {
      const coordinate = `${typeName}.${field.name.value}`;
      addWeight(coordinate, field.directives);
      for (const argument of field.arguments ?? []) {
        addWeight(`${coordinate}(${argument.name.value}:)`, argument.directives);
      }
      const size = readArguments(field.directives, listSizeName);
      if (size !== undefined) listSizes.set(coordinate, toListSize(size));
    }
  }
  return { weights, listSizes };
}

function readArguments(
  directives: readonly ConstDirectiveNode[] | undefined,
  name: string,
): Record<string, unknown> | undefined {
  const directive = directives?.find((candidate) => candidate.name.value === name);
  if (directive === undefined) return undefined;
  return Object.fromEntries(
    (directive.arguments ?? []).map((argument) => [argument.name.value, valueFromASTUntyped(argument.value)]),
  );
}

function toListSize(values: Record<string, unknown>): ListSize {
  return {
    assumedSize: typeof values['assumedSize'] === 'number' ? values['assumedSize'] : undefined,
    slicingArguments: toTexts(values['slicingArguments']),
    sizedFields: toTexts(values['sizedFields']),
  };
}

function toTexts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}
