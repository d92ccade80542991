import {
  getNamedType,
  isAbstractType,
  isCompositeType,
  isListType,
  isNonNullType,
  isObjectType,
  isInterfaceType,
  Kind,
  print,
  type FieldNode,
  type GraphQLCompositeType,
  type GraphQLOutputType,
  type GraphQLSchema,
  type SelectionSetNode,
} from 'graphql';

import type { PlannedFetch } from './planned-fetch.ts';

/** A leaf that is asked of objects at a place, and the type that such an object must have for it. */
interface AskedLeaf {
  readonly text: string;
  readonly type: GraphQLCompositeType;
}

/** The leaves that a fetch asks for at one place of the data. */
interface Place {
  readonly path: readonly string[];
  readonly leaves: readonly AskedLeaf[];
}

/**
 * The places at which fetches ask for all that `wanted`, a fetch of entities, asks for: an entity that stands there
 * too is known already. `earlier` are fetches to the same subgraph that have ended before it starts. Only leaves can be
 * known; a fetch with inner selections has no such place.
 */
export function findKnownPlaces(
  wanted: PlannedFetch,
  earlier: readonly PlannedFetch[],
  schema: GraphQLSchema,
): readonly (readonly string[])[] {
  if (wanted.renames.length > 0) return [];
  const leaves = listWantedLeaves(wanted.selectionSet, schema);
  if (leaves === undefined || leaves.length === 0) return [];
  const places = earlier
    .filter(({ renames }) => renames.length === 0)
    .flatMap((fetch) => listPlaces(fetch, schema))
    .filter((place) => leaves.every((leaf) => place.leaves.some((other) => covers(other, leaf, schema))))
    .map(({ path }) => path);
  return [...new Map(places.map((path) => [path.join('.'), path])).values()];
}

/** Equal texts are one field with the same arguments under one key. */
function describeLeaf(node: FieldNode): string | undefined {
  if (node.selectionSet !== undefined || (node.directives ?? []).length > 0) return undefined;
  return print(node);
}

/** Undefined where there is more than leaves of types, and where an interface object is asked what it really is. */
function listWantedLeaves(set: SelectionSetNode, schema: GraphQLSchema): readonly AskedLeaf[] | undefined {
  const leaves: AskedLeaf[] = [];
  for (const fragment of set.selections) {
    if (fragment.kind !== Kind.INLINE_FRAGMENT || (fragment.directives ?? []).length > 0) return undefined;
    const type = schema.getType(fragment.typeCondition?.name.value ?? '');
    if (!isCompositeType(type)) return undefined;
    for (const node of fragment.selectionSet.selections) {
      const text =
        node.kind === Kind.FIELD && node.name.value !== '__typename' ? describeLeaf(node) : undefined;
      if (text === undefined) return undefined;
      leaves.push({ text, type });
    }
  }
  return leaves;
}

function covers(known: AskedLeaf, wanted: AskedLeaf, schema: GraphQLSchema): boolean {
  if (known.text !== wanted.text) return false;
  if (known.type === wanted.type) return true;
  return (
    isAbstractType(known.type) &&
    (isObjectType(wanted.type) || isInterfaceType(wanted.type)) &&
    schema.isSubType(known.type, wanted.type)
  );
}

function listPlaces(fetch: PlannedFetch, schema: GraphQLSchema): readonly Place[] {
  const places: Place[] = [];
  // The root is the query's: no answer of a mutation is known to hold until the next fetch.
  const root = fetch.requires === undefined ? schema.getQueryType() : undefined;
  const visit = (set: SelectionSetNode, path: readonly string[], type: GraphQLCompositeType | undefined) => {
    const leaves: AskedLeaf[] = [];
    const collect = (inner: SelectionSetNode, parent: GraphQLCompositeType | undefined): void => {
      for (const node of inner.selections) {
        if (node.kind === Kind.FRAGMENT_SPREAD || (node.directives ?? []).length > 0) continue;
        if (node.kind === Kind.INLINE_FRAGMENT) {
          const condition = node.typeCondition && schema.getType(node.typeCondition.name.value);
          collect(node.selectionSet, isCompositeType(condition) ? condition : parent);
        } else if (parent !== undefined) collectField(node, parent);
      }
    };
    const collectField = (node: FieldNode, parent: GraphQLCompositeType): void => {
      const text = describeLeaf(node);
      if (text !== undefined) leaves.push({ text, type: parent });
      else if (node.selectionSet !== undefined) {
        const field = 'getFields' in parent ? parent.getFields()[node.name.value] : undefined;
        const named = field && getNamedType(field.type);
        if (field === undefined || !isCompositeType(named)) return;
        const key = (node.alias ?? node.name).value;
        visit(node.selectionSet, [...path, key, ...listMarks(field.type)], named);
      }
    };
    collect(set, type);
    places.push({ path, leaves });
  };
  visit(fetch.selectionSet, fetch.path, root ?? undefined);
  return places;
}

/** One `@` for each list around a type. */
function listMarks(type: GraphQLOutputType): readonly string[] {
  if (isNonNullType(type)) return listMarks(type.ofType);
  return isListType(type) ? ['@', ...listMarks(type.ofType)] : [];
}
