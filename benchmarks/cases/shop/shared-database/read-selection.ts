import {
  type FieldNode,
  type GraphQLResolveInfo,
  Kind,
  type SelectionNode,
  valueFromASTUntyped,
} from 'graphql';

/** A field that the operation asks for. */
export interface AskedField {
  /** Its name in the answer. */
  readonly key: string;
  readonly name: string;
  readonly args: Readonly<Record<string, unknown>>;
  readonly fields: readonly AskedField[];
}

/** What an operation asks of a field's value, down to the leaves; fragments are taken as if their types were met. */
export function readSelection(info: GraphQLResolveInfo): readonly AskedField[] {
  return collect(
    info,
    info.fieldNodes.flatMap((node) => node.selectionSet?.selections ?? []),
  );
}

function collect(info: GraphQLResolveInfo, selections: readonly SelectionNode[]): readonly AskedField[] {
  const nodesByKey = new Map<string, FieldNode[]>();
  for (const node of listFields(info, selections)) {
    const key = node.alias?.value ?? node.name.value;
    nodesByKey.set(key, [...(nodesByKey.get(key) ?? []), node]);
  }
  return [...nodesByKey].flatMap(([key, nodes]) => {
    const [first] = nodes;
    if (!first || first.name.value === '__typename') return [];
    const args = Object.fromEntries(
      (first.arguments ?? []).map(({ name, value }) => [
        name.value,
        valueFromASTUntyped(value, info.variableValues),
      ]),
    );
    const inner = nodes.flatMap((node) => node.selectionSet?.selections ?? []);
    return [{ key, name: first.name.value, args, fields: collect(info, inner) }];
  });
}

function listFields(info: GraphQLResolveInfo, selections: readonly SelectionNode[]): FieldNode[] {
  return selections.flatMap((selection) => {
    if (selection.kind === Kind.FIELD) return [selection];
    const fragment =
      selection.kind === Kind.FRAGMENT_SPREAD ? info.fragments[selection.name.value] : selection;
    return fragment ? listFields(info, fragment.selectionSet.selections) : [];
  });
}
