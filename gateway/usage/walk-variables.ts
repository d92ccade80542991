import {
  getNamedType,
  getNullableType,
  isEnumType,
  isInputObjectType,
  isListType,
  typeFromAST,
  type GraphQLInputType,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from 'graphql';

/** A variable whose values hold input fields or enum values. */
export interface WatchedVariable {
  readonly name: string;
  readonly type: GraphQLInputType;
}

/** The variables of an operation that carry schema coordinates; scalars carry none. */
export function listWatchedVariables(
  schema: GraphQLSchema,
  operation: OperationDefinitionNode,
): WatchedVariable[] {
  return (operation.variableDefinitions ?? []).flatMap(({ variable, type: node }) => {
    const type = typeFromAST(schema, node);
    if (type === undefined) return [];
    const named = getNamedType(type);
    return isInputObjectType(named) || isEnumType(named)
      ? [{ name: variable.name.value, type: type as GraphQLInputType }]
      : [];
  });
}

/**
 * The coordinates in the variables of one request: input types, their fields that are given, enum values. The values
 * are not checked yet, and what does not fit its type is passed over. No recursion: a client chooses how deep it nests.
 */
export function collectVariableCoordinates(
  watched: readonly WatchedVariable[],
  variables: Readonly<Record<string, unknown>>,
): Set<string> {
  const found = new Set<string>();
  const open = watched.map(({ name, type }) => ({ type, value: variables[name] }));
  for (let entry = open.pop(); entry !== undefined; entry = open.pop()) {
    const type = getNullableType(entry.type);
    const { value } = entry;
    if (value === null || value === undefined) continue;
    if (isListType(type)) {
      const items: unknown[] = Array.isArray(value) ? value : [value];
      for (const item of items) open.push({ type: type.ofType, value: item });
    } else if (isEnumType(type)) {
      if (typeof value === 'string' && type.getValue(value)) found.add(`${type.name}.${value}`);
    } else if (isInputObjectType(type) && typeof value === 'object') {
      found.add(type.name);
      const fields = type.getFields();
      for (const [key, inner] of Object.entries(value)) {
        const field = Object.hasOwn(fields, key) ? fields[key] : undefined;
        if (field === undefined) continue;
        found.add(`${type.name}.${key}`);
        open.push({ type: field.type, value: inner });
      }
    }
  }
  return found;
}
