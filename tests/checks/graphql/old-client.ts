import {
  getNamedType,
  getVariableValues,
  isAbstractType,
  isCompositeType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
  typeFromAST,
  TypeInfo,
  validate,
  visit,
  visitWithTypeInfo,
  type DocumentNode,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  type GraphQLInputType,
  type GraphQLNamedOutputType,
  type GraphQLOutputType,
  type GraphQLSchema,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';

import type { Random } from '../../differential/random.ts';

/** What a change does to a client that still sends the operation: nothing, perhaps a surprise, or a failure. */
export interface Outcome {
  readonly breaks: readonly string[];
  readonly surprises: readonly string[];
}

/**
 * Asks graphql-js itself what becomes of an operation of the base when the head answers it, with its variables and, in
 * `tries`, with other values that the base reads.
 */
export function tryOldClient(
  base: GraphQLSchema,
  head: GraphQLSchema,
  document: DocumentNode,
  variables: Readonly<Record<string, unknown>>,
  random: Random,
  tries: number,
): Outcome {
  const refusals = validate(head, document).map(({ message }) => `refused: ${message}`);
  if (refusals.length > 0) return { breaks: refusals, surprises: [] };
  const operation = document.definitions.find(
    (definition): definition is OperationDefinitionNode => definition.kind === Kind.OPERATION_DEFINITION,
  );
  if (operation === undefined) return { breaks: [], surprises: [] };
  const reader = new AnswerReader(base, head, document);
  reader.compare(base.getQueryType() ?? undefined, head.getQueryType() ?? undefined, operation.selectionSet);
  return {
    breaks: [
      ...findRefusedNulls(base, head, document, operation),
      ...findRefusedVariables(base, head, operation, variables, random, tries),
      ...reader.breaks,
    ],
    surprises: [...reader.surprises],
  };
}

/**
 * Places where a variable that may be null stands and null is refused now: validation lets it pass where a default
 * stands for a variable that is left out, and an explicit null is an error of the field.
 */
function findRefusedNulls(
  base: GraphQLSchema,
  head: GraphQLSchema,
  document: DocumentNode,
  { variableDefinitions = [] }: OperationDefinitionNode,
): string[] {
  const list = (schema: GraphQLSchema) => {
    const places: { name: string; isRequired: boolean }[] = [];
    const typeInfo = new TypeInfo(schema);
    visit(
      document,
      visitWithTypeInfo(typeInfo, {
        Variable: ({ name }) => {
          places.push({ name: name.value, isRequired: isNonNullType(typeInfo.getInputType()) });
        },
      }),
    );
    return places;
  };
  const nullable = new Set(
    variableDefinitions
      .filter(({ type }) => type.kind !== Kind.NON_NULL_TYPE)
      .map(({ variable }) => variable.name.value),
  );
  const before = list(base);
  return list(head)
    .filter(({ name, isRequired }, at) => isRequired && !before[at]?.isRequired && nullable.has(name))
    .map(({ name }) => `$${name} may be null`);
}

function findRefusedVariables(
  base: GraphQLSchema,
  head: GraphQLSchema,
  { variableDefinitions = [] }: OperationDefinitionNode,
  variables: Readonly<Record<string, unknown>>,
  random: Random,
  triesMax: number,
): string[] {
  const read = (schema: GraphQLSchema, values: Readonly<Record<string, unknown>>) =>
    getVariableValues(schema, variableDefinitions, values).errors?.[0]?.message;
  for (let tries = 0; tries <= triesMax; tries += 1) {
    const values: Record<string, unknown> = { ...variables };
    for (const { variable, type } of tries === 0 ? [] : variableDefinitions) {
      const declared = typeFromAST(base, type) as GraphQLInputType;
      if (isNonNullType(declared) || random.chance(0.8))
        values[variable.name.value] = makeVariable(declared, random, 6);
    }
    if (read(base, values) !== undefined) continue;
    const refusal = read(head, values);
    if (refusal !== undefined) return [`variables ${JSON.stringify(values)} refused: ${refusal}`];
  }
  return [];
}

function makeVariable(type: GraphQLInputType, random: Random, depth: number): unknown {
  if (isNonNullType(type)) return makeVariable(type.ofType, random, depth);
  if (isListType(type))
    return Array.from({ length: depth > 0 ? random.integer(0, 2) : 0 }, () =>
      isNonNullType(type.ofType) || random.chance(0.7) ? makeVariable(type.ofType, random, depth - 1) : null,
    );
  if (isEnumType(type)) return random.pick(type.getValues()).name;
  if (isInputObjectType(type))
    return Object.fromEntries(
      Object.values(type.getFields()).flatMap((field) => {
        const isRequired = isNonNullType(field.type) && field.defaultValue === undefined;
        if (!isRequired && (depth <= 0 || random.chance(0.5))) return [];
        const isNull = !isNonNullType(field.type) && random.chance(0.3);
        return [[field.name, isNull ? null : makeVariable(field.type, random, depth - 1)]];
      }),
    );
  const values: Readonly<Record<string, unknown>> = { Int: 3, Float: 1.5, Boolean: true };
  return values[type.name] ?? 'text';
}

/** Compares what the answer may hold with what it could hold before. */
class AnswerReader {
  readonly breaks = new Set<string>();
  readonly surprises = new Set<string>();
  readonly #base: GraphQLSchema;
  readonly #head: GraphQLSchema;
  readonly #fragments: ReadonlyMap<string, FragmentDefinitionNode>;

  constructor(base: GraphQLSchema, head: GraphQLSchema, document: DocumentNode) {
    this.#base = base;
    this.#head = head;
    this.#fragments = new Map(
      document.definitions
        .filter((definition) => definition.kind === Kind.FRAGMENT_DEFINITION)
        .map((fragment) => [fragment.name.value, fragment]),
    );
  }

  compare(
    before: GraphQLCompositeType | undefined,
    after: GraphQLCompositeType | undefined,
    { selections }: SelectionSetNode,
  ): void {
    for (const selection of selections) {
      if (selection.kind === Kind.FIELD) {
        const old = before && 'getFields' in before ? before.getFields()[selection.name.value] : undefined;
        const now = after && 'getFields' in after ? after.getFields()[selection.name.value] : undefined;
        if (old === undefined || now === undefined) continue;
        this.#compareTypes(`${before?.name}.${old.name}`, old.type, now.type);
        const [oldType, nowType] = [getNamedType(old.type), getNamedType(now.type)];
        if (selection.selectionSet && isCompositeType(oldType) && isCompositeType(nowType))
          this.compare(oldType, nowType, selection.selectionSet);
        continue;
      }
      const part =
        selection.kind === Kind.INLINE_FRAGMENT ? selection : this.#fragments.get(selection.name.value);
      const name = part?.typeCondition?.name.value;
      if (part === undefined) continue;
      this.compare(
        name === undefined ? before : (this.#base.getType(name) as GraphQLCompositeType),
        name === undefined ? after : (this.#head.getType(name) as GraphQLCompositeType),
        part.selectionSet,
      );
    }
  }

  #compareTypes(place: string, before: GraphQLOutputType, after: GraphQLOutputType): void {
    const [old, now] = [
      isNonNullType(before) ? before.ofType : before,
      isNonNullType(after) ? after.ofType : after,
    ];
    if (isNonNullType(before) && !isNonNullType(after)) this.breaks.add(`${place} may be null`);
    if (isListType(old) !== isListType(now)) this.breaks.add(`${place} is a list on one side only`);
    else if (isListType(old) && isListType(now)) this.#compareTypes(place, old.ofType, now.ofType);
    else this.#compareNamed(place, getNamedType(old), getNamedType(now));
  }

  #compareNamed(place: string, before: GraphQLNamedOutputType, after: GraphQLNamedOutputType): void {
    if (isEnumType(before) && isEnumType(after)) {
      const known = new Set(before.getValues().map(({ name }) => name));
      for (const { name } of after.getValues())
        if (!known.has(name)) this.surprises.add(`${place} may be ${before.name}.${name}`);
    }
    if (!isCompositeType(before) || !isCompositeType(after)) {
      if (before.name !== after.name || before.constructor !== after.constructor)
        this.breaks.add(`${place} was ${before.name} and is ${after.name}`);
      return;
    }
    const known = new Set(listPossible(this.#base, before));
    for (const name of listPossible(this.#head, after))
      if (!known.has(name))
        (isAbstractType(before) && before.name === after.name ? this.surprises : this.breaks).add(
          `${place} may be ${name}`,
        );
  }
}

function listPossible(schema: GraphQLSchema, type: GraphQLCompositeType): string[] {
  return isObjectType(type) ? [type.name] : schema.getPossibleTypes(type).map(({ name }) => name);
}
