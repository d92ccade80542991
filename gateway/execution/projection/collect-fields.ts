import { doTypesOverlap, isAbstractType, type GraphQLCompositeType, type GraphQLSchema } from 'graphql';

import type { FieldSelection, Selection } from '../../operation/selection.ts';

/**
 * The fields of an object of this type: by response name, in the order in which they first appear, those of one name
 * put together. https://spec.graphql.org/October2021/#CollectFields()
 */
export function collectFields(
  selections: readonly Selection[],
  type: GraphQLCompositeType,
  schema: GraphQLSchema,
): readonly FieldSelection[] {
  const fields = new Map<string, FieldSelection>();
  const collect = (entries: readonly Selection[]): void => {
    for (const entry of entries) {
      if (entry.kind === 'fragment') {
        if (applies(entry.typeCondition, type, schema)) collect(entry.selections);
        continue;
      }
      const known = fields.get(entry.responseName);
      if (known === undefined) fields.set(entry.responseName, entry);
      else if (known.selections !== undefined && entry.selections !== undefined)
        fields.set(entry.responseName, {
          ...known,
          selections: [...known.selections, ...entry.selections],
        });
    }
  };
  collect(selections);
  return [...fields.values()];
}

/**
 * Whether the fields of an object depend on its type where only this much of it is known: an interface object that no
 * subgraph could tell more about may or may not fulfil a condition on one of the interface's types.
 */
export function dependOnType(
  selections: readonly Selection[],
  type: GraphQLCompositeType,
  schema: GraphQLSchema,
): boolean {
  if (!isAbstractType(type)) return false;
  return selections.some(
    (entry) =>
      entry.kind === 'fragment' &&
      (applies(entry.typeCondition, type, schema)
        ? dependOnType(entry.selections, type, schema)
        : doTypesOverlap(schema, entry.typeCondition, type)),
  );
}

/** Whether every object of `type` fulfils the condition. */
export function applies(
  condition: GraphQLCompositeType,
  type: GraphQLCompositeType,
  schema: GraphQLSchema,
): boolean {
  if (condition === type) return true;
  // A union is nobody's subtype.
  return isAbstractType(condition) && 'getFields' in type && schema.isSubType(condition, type);
}
