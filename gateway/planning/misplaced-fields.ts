import {
  getNamedType,
  isCompositeType,
  isListType,
  isNonNullType,
  Kind,
  type FieldNode,
  type GraphQLCompositeType,
  type GraphQLOutputType,
  type GraphQLSchema,
  type SelectionSetNode,
} from 'graphql';

import type { TypeNamesOf } from './list-fetches.ts';
import type { PlannedFetch } from './planned-fetch.ts';
import type { FieldPaths, SubgraphRequirements } from './subgraph-requirements.ts';

/** What the pass needs to know of the supergraph. */
export interface CompletionContext {
  readonly schema: GraphQLSchema;
  readonly typeNamesOf: TypeNamesOf;
  readonly requirements: SubgraphRequirements;
}

/** A field with a `@requires` that is asked for without what it requires. */
export interface Misplaced {
  readonly position: number;
  /** The set that has it, so that it can be found again. */
  readonly set: SelectionSetNode;
  readonly field: FieldNode;
  readonly typeName: string;
  readonly path: readonly string[];
  readonly required: FieldPaths;
}

/** The fields with a `@requires` that are asked for elsewhere than at the top of an entity fetch. */
export function listMisplaced(
  fetches: readonly PlannedFetch[],
  { schema, requirements }: CompletionContext,
): Misplaced[] {
  return fetches.flatMap((fetch, position) => {
    const found: Misplaced[] = [];
    const walk = (
      set: SelectionSetNode,
      type: GraphQLCompositeType | undefined,
      path: readonly string[],
      isEntity: boolean,
    ): void => {
      for (const node of set.selections) {
        if (node.kind === Kind.FRAGMENT_SPREAD) continue;
        if (node.kind === Kind.INLINE_FRAGMENT) {
          const named = schema.getType(node.typeCondition?.name.value ?? '');
          walk(node.selectionSet, isCompositeType(named) ? named : type, path, isEntity);
          continue;
        }
        if (type === undefined) continue;
        const required = requirements.requiredBy(fetch.service, type.name, node.name.value);
        if (required.size > 0 && !isEntity)
          found.push({ position, set, field: node, typeName: type.name, path, required });
        const fieldType = 'getFields' in type ? type.getFields()[node.name.value]?.type : undefined;
        if (node.selectionSet === undefined || fieldType === undefined) continue;
        const named = getNamedType(fieldType);
        const inner = [...path, (node.alias ?? node.name).value, ...listMarks(fieldType)];
        walk(node.selectionSet, isCompositeType(named) ? named : undefined, inner, false);
      }
    };
    const root = fetch.requires === undefined ? schema.getQueryType() : undefined;
    const rootType = fetch.operationKind === 'mutation' ? schema.getMutationType() : root;
    walk(fetch.selectionSet, rootType ?? undefined, fetch.path, fetch.requires !== undefined);
    return found;
  });
}

function listMarks(type: GraphQLOutputType): readonly string[] {
  if (isNonNullType(type)) return listMarks(type.ofType);
  return isListType(type) ? ['@', ...listMarks(type.ofType)] : [];
}
