import {
  Kind,
  type DirectiveNode,
  type DocumentNode,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';

/** What the shape guards limit: counted with fragments spread out, as an engine would meet them. */
export interface OperationShape {
  /** Levels of fields below the root, 1 for `{ a }`. Introspection fields do not count: they have their own switch. */
  readonly depth: number;
  readonly aliases: number;
  /** Fields of the root type, counted as often as they are asked for. */
  readonly rootFields: number;
  /** Uses of directives, on the operation, its variables, fields and fragments. */
  readonly directives: number;
  /** Fields and fragment spreads. */
  readonly selections: number;
}

type Mutable = { -readonly [Key in keyof OperationShape]: number };

const introspectionFields = new Set(['__schema', '__type']);

/**
 * Measures each operation of a document. Linear in the document's length: a fragment is measured once, however often
 * it is spread. A fragment that is missing or that contains itself counts as empty; validation refuses both.
 */
export function measureOperations(document: DocumentNode): OperationShape[] {
  const fragments = new Map<string, { selectionSet: SelectionSetNode; directives: number }>();
  for (const definition of document.definitions) {
    if (definition.kind !== Kind.FRAGMENT_DEFINITION) continue;
    const directives = definition.directives?.length ?? 0;
    fragments.set(definition.name.value, { selectionSet: definition.selectionSet, directives });
  }
  const measured = new Map<string, OperationShape>();

  const measureFragment = (name: string): OperationShape => {
    const known = measured.get(name);
    if (known !== undefined) return known;
    const fragment = fragments.get(name);
    measured.set(name, emptyShape);
    if (fragment === undefined) return emptyShape;
    const shape = measureSelections(fragment.selectionSet);
    shape.directives += fragment.directives;
    measured.set(name, shape);
    return shape;
  };

  const measureSelections = (set: SelectionSetNode): Mutable => {
    const total: Mutable = { ...emptyShape };
    for (const selection of set.selections) {
      total.selections += 1;
      total.directives += selection.directives?.length ?? 0;
      addSelection(total, selection);
    }
    return total;
  };

  const addSelection = (total: Mutable, selection: SelectionNode): void => {
    switch (selection.kind) {
      case Kind.FIELD: {
        total.rootFields += 1;
        if (selection.alias !== undefined) total.aliases += 1;
        const below = selection.selectionSet ? measureSelections(selection.selectionSet) : emptyShape;
        const isIntrospection = introspectionFields.has(selection.name.value);
        add(total, below, isIntrospection ? 0 : below.depth + 1);
        return;
      }
      case Kind.INLINE_FRAGMENT: {
        const below = measureSelections(selection.selectionSet);
        total.rootFields += below.rootFields;
        add(total, below, below.depth);
        return;
      }
      case Kind.FRAGMENT_SPREAD: {
        const below = measureFragment(selection.name.value);
        total.rootFields += below.rootFields;
        add(total, below, below.depth);
      }
    }
  };

  return document.definitions
    .filter((definition) => definition.kind === Kind.OPERATION_DEFINITION)
    .map((operation) => {
      const shape = measureSelections(operation.selectionSet);
      shape.directives += listOperationDirectives(operation).length;
      return shape;
    });
}

const emptyShape: OperationShape = { depth: 0, aliases: 0, rootFields: 0, directives: 0, selections: 0 };

function add(total: Mutable, below: OperationShape, depth: number): void {
  total.depth = Math.max(total.depth, depth);
  total.aliases += below.aliases;
  total.directives += below.directives;
  total.selections += below.selections;
}

function listOperationDirectives(operation: OperationDefinitionNode): readonly DirectiveNode[] {
  return [
    ...(operation.directives ?? []),
    ...(operation.variableDefinitions ?? []).flatMap((variable) => variable.directives ?? []),
  ];
}
