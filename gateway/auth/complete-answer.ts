import { getNullableType, isListType, isNonNullType, type GraphQLOutputType } from 'graphql';

import type { DeniedPlaces } from './filter-operation.ts';

/**
 * Puts null where a field was taken out, and lets a null that may not be there go up to the next place that may have
 * it (GraphQL, section 6.4.4). `data` is the answer to the filtered operation.
 */
export function completeData(data: unknown, places: DeniedPlaces): unknown {
  return isObject(data) ? completeObject(data, places) : data;
}

/** The completed object, or null when a field that was taken out may not be null. */
function completeObject(value: Readonly<Record<string, unknown>>, places: DeniedPlaces): unknown {
  const entries = new Map<string, unknown>();
  for (const [name, found] of Object.entries(value)) {
    const denied = places.denied.get(name);
    if (denied !== undefined) {
      // Another selection of the same name may be one that the caller may see.
      if (Object.hasOwn(value, denied.responseName) || entries.has(denied.responseName)) continue;
      if (denied.isNonNull) return null;
      entries.set(denied.responseName, null);
      continue;
    }
    const child = places.children.get(name);
    if (child?.type === undefined) {
      entries.set(name, found);
      continue;
    }
    const completed = completeValue(found, child.type, child);
    if (completed === null && isNonNullType(child.type)) return null;
    entries.set(name, completed);
  }
  // A client may call a field "__proto__": entries become own properties, assignments would not.
  return Object.fromEntries(entries);
}

function completeValue(value: unknown, type: GraphQLOutputType, places: DeniedPlaces): unknown {
  const nullable = getNullableType(type);
  if (isListType(nullable)) {
    if (!Array.isArray(value)) return value;
    const itemType = nullable.ofType;
    const items = value.map((item: unknown) => completeValue(item, itemType, places));
    return isNonNullType(itemType) && items.includes(null) ? null : items;
  }
  return isObject(value) ? completeObject(value, places) : value;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
