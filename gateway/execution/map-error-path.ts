import { isCompositeType, type GraphQLSchema } from 'graphql';

import type { FieldSelection, NormalisedOperation, Selection } from '../operation/selection.ts';
import { isDataObject, typeNameOf, type DataObject, type DataPath } from './data.ts';
import { applies } from './projection/collect-fields.ts';

/**
 * The places, under the client's names, of a place under the gateway's. One key may be asked for under several
 * names; what the client has not asked for ends the path at its parent.
 */
export function mapErrorPath(
  path: DataPath,
  operation: NormalisedOperation,
  data: DataObject,
  schema: GraphQLSchema,
): readonly DataPath[] {
  const walk = (rest: DataPath, selections: readonly Selection[], value: unknown): DataPath[] => {
    const [step, ...further] = rest;
    if (step === undefined) return [[]];
    if (typeof step === 'number') {
      const item: unknown = Array.isArray(value) ? value[step] : undefined;
      return walk(further, selections, item).map((end) => [step, ...end]);
    }
    const inner = isDataObject(value) ? value[step] : undefined;
    const asked = groupByResponseName(listFields(selections, step, value, schema));
    if (asked.size === 0) return [[]];
    return [...asked].flatMap(([name, fields]) =>
      walk(
        further,
        fields.flatMap((field) => field.selections ?? []),
        inner,
      ).map((end) => [name, ...end]),
    );
  };
  return walk(path, operation.selections, data);
}

/** The fields under a key that an object has; every one that it may have when its type is not known. */
function listFields(
  selections: readonly Selection[],
  key: string,
  value: unknown,
  schema: GraphQLSchema,
): FieldSelection[] {
  const typeName = isDataObject(value) ? typeNameOf(value) : undefined;
  const type = typeName === undefined ? undefined : schema.getType(typeName);
  return selections.flatMap((entry) => {
    if (entry.kind === 'field') return entry.key === key ? [entry] : [];
    const isOther = isCompositeType(type) && !applies(entry.typeCondition, type, schema);
    return isOther ? [] : listFields(entry.selections, key, value, schema);
  });
}

function groupByResponseName(fields: readonly FieldSelection[]): ReadonlyMap<string, FieldSelection[]> {
  const groups = new Map<string, FieldSelection[]>();
  for (const field of fields) {
    const group = groups.get(field.responseName);
    if (group === undefined) groups.set(field.responseName, [field]);
    else group.push(field);
  }
  return groups;
}
