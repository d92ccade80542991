import { isAbstractType, type GraphQLCompositeType, type GraphQLSchema } from 'graphql';

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
