import { isObjectType, type GraphQLSchema } from 'graphql';

import type { FieldSelection, NormalisedOperation, Selection } from '../operation/selection.ts';
import { getOwn, isDataObject, typeNameOf, type DataObject, type DataPath } from './data.ts';
import type { ErrorPlace } from './service-error.ts';
import { applies } from './projection/collect-fields.ts';

/** A place under the client's names. */
export interface ClientPlace {
  readonly path: DataPath;
  /** Whether the client has asked for all of the path. */
  readonly isAsked: boolean;
  /** Whether something that the client has asked for is missing there. */
  readonly isMissed: boolean;
}

/**
 * The places, under the client's names, of a place under the gateway's. One key may be asked for under several
 * names; what the client has not asked for ends the path at its parent.
 */
export function mapErrorPath(
  { path, fields }: ErrorPlace,
  operation: NormalisedOperation,
  data: DataObject,
  schema: GraphQLSchema,
): readonly ClientPlace[] {
  const walk = (rest: DataPath, selections: readonly Selection[], value: unknown): ClientPlace[] => {
    const [step, ...further] = rest;
    if (step === undefined) {
      const isAsked =
        fields.length === 0 || fields.some((key) => listFields(selections, key, value, schema).length > 0);
      return [{ path: [], isAsked, isMissed: isMissing(selections, value, schema) }];
    }
    if (typeof step === 'number') {
      const item: unknown = Array.isArray(value) ? value[step] : undefined;
      return walk(further, selections, item).map((end) => putBefore(step, end));
    }
    const inner = isDataObject(value) ? getOwn(value, step) : undefined;
    const asked = groupByResponseName(listFields(selections, step, value, schema));
    if (asked.size === 0)
      return [{ path: [], isAsked: false, isMissed: isMissing(selections, value, schema) }];
    return [...asked].flatMap(([name, fields]) =>
      walk(
        further,
        fields.flatMap((field) => field.selections ?? []),
        inner,
      ).map((end) => putBefore(name, end)),
    );
  };
  return walk(path, operation.selections, data);
}

function putBefore(step: string | number, place: ClientPlace): ClientPlace {
  return { ...place, path: [step, ...place.path] };
}

/** Whether a value, or a field of it that is asked for, is null or not there. */
function isMissing(selections: readonly Selection[], value: unknown, schema: GraphQLSchema): boolean {
  if (!isDataObject(value)) return value === null || value === undefined;
  const typeName = typeNameOf(value);
  const type = typeName === undefined ? undefined : schema.getType(typeName);
  return selections.some((entry) => {
    if (entry.kind === 'field')
      return entry.fieldName !== '__typename' && (getOwn(value, entry.key) ?? null) === null;
    const isOther = isObjectType(type) && !applies(entry.typeCondition, type, schema);
    return !isOther && isMissing(entry.selections, value, schema);
  });
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
    // An interface's name says too little to leave out what is asked of one of its types.
    const isOther = isObjectType(type) && !applies(entry.typeCondition, type, schema);
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
