import {
  type DocumentNode,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  type GraphQLOutputType,
  type GraphQLSchema,
  type SelectionSetNode,
  Kind,
  getNamedType,
  isAbstractType,
  isCompositeType,
  isEnumType,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
  parse,
  valueFromASTUntyped,
} from 'graphql';

import type { ClientAnswer, ClientOperation } from './engines-under-test.ts';

/** What a walk through an answer needs to know of its operation. */
interface Walk {
  readonly schema: GraphQLSchema;
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly problems: string[];
}

/**
 * Lists what in an answer cannot be by the schema and the operation, whatever the subgraphs said: keys that were not
 * asked for or are missing, a null in a non-null place, a value of another type. Aliased `__typename` fields are
 * followed; conditions are evaluated.
 */
export function listShapeProblems(
  schema: GraphQLSchema,
  operation: ClientOperation,
  answer: ClientAnswer,
): string[] {
  const document = parse(operation.query);
  const definition = document.definitions.find((node) => node.kind === Kind.OPERATION_DEFINITION);
  if (!definition) return ['the document has no operation'];
  const root = schema.getRootType(definition.operation);
  if (!root) return [`the schema has no ${definition.operation}`];
  const defaults = (definition.variableDefinitions ?? []).flatMap((node) =>
    node.defaultValue ? [[node.variable.name.value, valueFromASTUntyped(node.defaultValue)]] : [],
  );
  const walk: Walk = {
    schema,
    fragments: listFragments(document),
    variables: { ...(Object.fromEntries(defaults) as Record<string, unknown>), ...operation.variables },
    problems: [],
  };
  const { data, errors } = answer;
  if (data === undefined || data === null) {
    if (!errors?.length) walk.problems.push('there are neither data nor errors');
  } else {
    checkObject(walk, root, [definition.selectionSet], data, '');
  }
  for (const error of errors ?? []) {
    if (typeof error.message !== 'string' || error.message === '')
      walk.problems.push('an error has no message');
  }
  return walk.problems;
}

function listFragments(document: DocumentNode): Map<string, FragmentDefinitionNode> {
  return new Map(
    document.definitions.flatMap((node) =>
      node.kind === Kind.FRAGMENT_DEFINITION ? [[node.name.value, node]] : [],
    ),
  );
}

interface CollectedField {
  readonly fieldName: string;
  readonly selectionSets: SelectionSetNode[];
}

function collect(
  walk: Walk,
  type: GraphQLCompositeType,
  sets: readonly SelectionSetNode[],
  fields = new Map<string, CollectedField>(),
): Map<string, CollectedField> {
  for (const selection of sets.flatMap((set) => set.selections)) {
    const isLeftOut = (selection.directives ?? []).some((directive) => {
      const value = directive.arguments?.[0]?.value;
      const condition = value ? valueFromASTUntyped(value, { ...walk.variables }) : undefined;
      return directive.name.value === 'skip' ? condition === true : condition === false;
    });
    if (isLeftOut) continue;
    if (selection.kind === Kind.FIELD) {
      const name = selection.alias?.value ?? selection.name.value;
      const known = fields.get(name) ?? { fieldName: selection.name.value, selectionSets: [] };
      if (selection.selectionSet) known.selectionSets.push(selection.selectionSet);
      fields.set(name, known);
      continue;
    }
    const fragment =
      selection.kind === Kind.FRAGMENT_SPREAD ? walk.fragments.get(selection.name.value) : selection;
    if (!fragment) continue;
    const condition = fragment.typeCondition && walk.schema.getType(fragment.typeCondition.name.value);
    const applies =
      !condition ||
      condition === type ||
      (isAbstractType(condition) && isObjectType(type) && walk.schema.isSubType(condition, type));
    if (applies) collect(walk, type, [fragment.selectionSet], fields);
  }
  return fields;
}

/** The concrete types that an object may have, by its keys alone: where no `__typename` was asked for, several. */
function listCandidates(walk: Walk, type: GraphQLCompositeType): readonly GraphQLCompositeType[] {
  return isAbstractType(type) ? walk.schema.getPossibleTypes(type) : [type];
}

function checkObject(
  walk: Walk,
  type: GraphQLCompositeType,
  sets: readonly SelectionSetNode[],
  value: unknown,
  path: string,
): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    walk.problems.push(`${path}: expected an object of ${type.name}, found ${JSON.stringify(value)}`);
    return;
  }
  let fewest: string[] | undefined;
  for (const candidate of listCandidates(walk, type)) {
    const attempt: Walk = { ...walk, problems: [] };
    checkFields(attempt, candidate, sets, value as Record<string, unknown>, path);
    if (fewest === undefined || attempt.problems.length < fewest.length) fewest = attempt.problems;
    if (fewest.length === 0) return;
  }
  walk.problems.push(...(fewest ?? [`${path}: ${type.name} has no types`]));
}

function checkFields(
  walk: Walk,
  type: GraphQLCompositeType,
  sets: readonly SelectionSetNode[],
  value: Readonly<Record<string, unknown>>,
  path: string,
): void {
  const fields = collect(walk, type, sets);
  const wanted = [...fields.keys()].join(' ');
  const found = Object.keys(value).join(' ');
  if (wanted !== found) {
    walk.problems.push(`${path}: expected the keys "${wanted}" of ${type.name}, found "${found}"`);
    return;
  }
  for (const [name, { fieldName, selectionSets }] of fields) {
    const place = path ? `${path}.${name}` : name;
    if (fieldName === '__typename') {
      if (value[name] !== type.name) walk.problems.push(`${place}: expected "${type.name}"`);
      continue;
    }
    if (fieldName.startsWith('__')) continue;
    const field = isObjectType(type) || isInterfaceType(type) ? type.getFields()[fieldName] : undefined;
    if (field) checkValue(walk, field.type, selectionSets, value[name], place);
  }
}

function checkValue(
  walk: Walk,
  type: GraphQLOutputType,
  sets: readonly SelectionSetNode[],
  value: unknown,
  path: string,
): void {
  if (isNonNullType(type)) {
    if (value === null) walk.problems.push(`${path}: null in a place of type ${String(type)}`);
    else checkValue(walk, type.ofType, sets, value, path);
    return;
  }
  if (value === null) return;
  if (isListType(type)) {
    if (!Array.isArray(value)) walk.problems.push(`${path}: expected a list, found ${JSON.stringify(value)}`);
    else value.forEach((item, index) => checkValue(walk, type.ofType, sets, item, `${path}.${index}`));
    return;
  }
  const named = getNamedType(type);
  if (isCompositeType(named)) checkObject(walk, named, sets, value, path);
  else if (
    !isLeaf(named.name, value) ||
    (isEnumType(named) && !(typeof value === 'string' && named.getValue(value)))
  ) {
    walk.problems.push(`${path}: ${JSON.stringify(value)} is no ${named.name}`);
  }
}

function isLeaf(typeName: string, value: unknown): boolean {
  switch (typeName) {
    case 'Int':
      return Number.isInteger(value);
    case 'Float':
      return typeof value === 'number';
    case 'Boolean':
      return typeof value === 'boolean';
    case 'String':
    case 'ID':
      return typeof value === 'string';
    default:
      return true;
  }
}
