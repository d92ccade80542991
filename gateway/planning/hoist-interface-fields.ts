import {
  getNamedType,
  isCompositeType,
  isInterfaceType,
  isObjectType,
  Kind,
  type DocumentNode,
  type FieldNode,
  type GraphQLCompositeType,
  type GraphQLInterfaceType,
  type GraphQLSchema,
  type InlineFragmentNode,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';

import type { SubgraphRequirements } from './subgraph-requirements.ts';

/**
 * Asks for fields that an interface object adds with `@requires` of every object of the interface, where an operation
 * asks for them of one type alone (`... on Book { shipping }`). Apollo's planner fetches what such a field requires
 * in a step of its own, merges that step with the one that learns the object's type, which comes before it, and goes
 * round in the circle until its memory is full. Only the answer's own fields are written, so that what the other types
 * get is not seen.
 *
 * `schema` is the supergraph's. Works on normalised operations: inline fragments, and one key for one field.
 */
export function hoistInterfaceFields(
  document: DocumentNode,
  schema: GraphQLSchema,
  requirements: SubgraphRequirements,
): DocumentNode {
  const isAdded = (type: GraphQLInterfaceType, fieldName: string): boolean =>
    requirements
      .ownersOf(type.name, fieldName)
      .some(
        (service) =>
          requirements.isInterfaceObject(service, type.name) &&
          requirements.requiredBy(service, type.name, fieldName).size > 0,
      );
  const hoistIn = (set: SelectionSetNode, type: GraphQLCompositeType): SelectionSetNode => {
    const hoisted: FieldNode[] = [];
    const selections = set.selections.map((node): SelectionNode => {
      if (node.kind === Kind.FRAGMENT_SPREAD) return node;
      if (node.kind === Kind.FIELD) return hoistInField(node, type);
      const inner = hoistInFragment(node, type);
      return isInterfaceType(type) ? takeOut(inner, type, hoisted) : inner;
    });
    return { ...set, selections: [...selections, ...hoisted] };
  };
  const hoistInField = (node: FieldNode, parent: GraphQLCompositeType): FieldNode => {
    const field = 'getFields' in parent ? parent.getFields()[node.name.value] : undefined;
    const type = field && getNamedType(field.type);
    if (node.selectionSet === undefined || !isCompositeType(type)) return node;
    return { ...node, selectionSet: hoistIn(node.selectionSet, type) };
  };
  const hoistInFragment = (node: InlineFragmentNode, parent: GraphQLCompositeType): InlineFragmentNode => {
    const type = node.typeCondition ? schema.getType(node.typeCondition.name.value) : parent;
    return isCompositeType(type) ? { ...node, selectionSet: hoistIn(node.selectionSet, type) } : node;
  };
  const takeOut = (
    fragment: InlineFragmentNode,
    type: GraphQLInterfaceType,
    hoisted: FieldNode[],
  ): InlineFragmentNode => {
    const condition = schema.getType(fragment.typeCondition?.name.value ?? '');
    if (!isObjectType(condition) && !isInterfaceType(condition)) return fragment;
    if (condition !== type && !schema.isSubType(type, condition)) return fragment;
    const kept = fragment.selectionSet.selections.flatMap((node): SelectionNode[] => {
      if (node.kind === Kind.INLINE_FRAGMENT) return [takeOut(node, type, hoisted)];
      if (node.kind !== Kind.FIELD) return [node];
      const { name } = node;
      const own = condition.getFields()[name.value];
      const field = type.getFields()[name.value];
      const isSame = field !== undefined && String(own?.type) === String(field.type);
      if (!isSame || !isAdded(type, name.value)) return [node];
      hoisted.push(node);
      return [];
    });
    return { ...fragment, selectionSet: { ...fragment.selectionSet, selections: orTypeName(kept) } };
  };
  return {
    ...document,
    definitions: document.definitions.map((node) => {
      const type = node.kind === Kind.OPERATION_DEFINITION && schema.getRootType(node.operation);
      return type ? { ...node, selectionSet: hoistIn(node.selectionSet, type) } : node;
    }),
  };
}

/** A set may not be empty, and the object is still to be of the fragment's type. */
function orTypeName(selections: readonly SelectionNode[]): readonly SelectionNode[] {
  if (selections.length > 0) return selections;
  return [{ kind: Kind.FIELD, name: { kind: Kind.NAME, value: '__typename' } }];
}
