import {
  type FieldNode,
  type GraphQLResolveInfo,
  GraphQLIncludeDirective,
  GraphQLSkipDirective,
  Kind,
  type SelectionNode,
  doTypesOverlap,
  getDirectiveValues,
  isCompositeType,
} from 'graphql';

/**
 * The names of the fields that the operation selects on this field's type, through fragments and past @skip and
 * @include. `path` leads further down, such as `['edges', 'node']`.
 */
export function fieldsAsked(info: GraphQLResolveInfo, path: readonly string[] = []): Set<string> {
  let nodes: readonly FieldNode[] = info.fieldNodes;
  for (const name of path) nodes = listFields(info, nodes).filter((node) => node.name.value === name);
  return namesOf(listFields(info, nodes));
}

/** As `fieldsAsked`, of a field that returns an abstract type: only what is selected when an object is a `typeName`. */
export function fieldsAskedOfType(info: GraphQLResolveInfo, typeName: string): Set<string> {
  return namesOf(listFields(info, info.fieldNodes, typeName));
}

/** What a connection's caller wants of its nodes, found under `nodes` and under `edges { node }`. */
export function nodeFieldsAsked(info: GraphQLResolveInfo): Set<string> {
  return new Set([...fieldsAsked(info, ['nodes']), ...fieldsAsked(info, ['edges', 'node'])]);
}

function namesOf(fields: readonly FieldNode[]): Set<string> {
  const names = new Set(fields.map((field) => field.name.value));
  names.delete('__typename');
  return names;
}

function listFields(info: GraphQLResolveInfo, nodes: readonly FieldNode[], typeName?: string): FieldNode[] {
  return nodes.flatMap((node) => listSelected(info, node.selectionSet?.selections ?? [], typeName));
}

function listSelected(
  info: GraphQLResolveInfo,
  selections: readonly SelectionNode[],
  typeName: string | undefined,
): FieldNode[] {
  return selections.flatMap((selection) => {
    if (!isIncluded(info, selection)) return [];
    if (selection.kind === Kind.FIELD) return [selection];
    const fragment =
      selection.kind === Kind.FRAGMENT_SPREAD ? info.fragments[selection.name.value] : selection;
    if (!fragment) return [];
    const condition = fragment.typeCondition?.name.value;
    if (typeName && condition && !canBe(info, condition, typeName)) return [];
    return listSelected(info, fragment.selectionSet.selections, typeName);
  });
}

function isIncluded(info: GraphQLResolveInfo, selection: SelectionNode): boolean {
  if (!selection.directives?.length) return true;
  const skip = getDirectiveValues(GraphQLSkipDirective, selection, info.variableValues);
  const include = getDirectiveValues(GraphQLIncludeDirective, selection, info.variableValues);
  return skip?.['if'] !== true && include?.['if'] !== false;
}

/** The type named in a representation may be an interface, and what a fragment is on another: an object may be both. */
function canBe({ schema }: GraphQLResolveInfo, condition: string, typeName: string): boolean {
  if (condition === typeName) return true;
  const [one, other] = [schema.getType(condition), schema.getType(typeName)];
  return isCompositeType(one) && isCompositeType(other) && doTypesOverlap(schema, one, other);
}
