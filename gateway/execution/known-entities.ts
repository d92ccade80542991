import { findEntities, makePlace } from './collect-entities.ts';
import type { ReadRepresentation } from './compile-reader.ts';
import { getOwn, type DataObject } from './data.ts';
import type { ExecutionState } from './execution-state.ts';

/** Entities of which everything wanted is known, by their representations. */
export type FindKnown = (state: ExecutionState) => ReadonlyMap<string, DataObject>;

/**
 * Compiles the search for entities whose `fields` a subgraph has told before, at the places of `paths`. A subgraph
 * tells the same of one entity wherever it stands; a field that is null may be so because of an error, though, and is
 * asked for again.
 */
export function compileKnown(
  paths: readonly (readonly string[])[],
  fields: readonly string[],
  read: ReadRepresentation,
): FindKnown {
  const places = paths.map(makePlace);
  return (state) => {
    const known = new Map<string, DataObject>();
    for (const place of places)
      for (const entity of findEntities(state, place)) {
        if (!hasAll(entity, fields)) continue;
        const text = read(entity);
        if (text !== undefined) known.set(text, entity);
      }
    return known;
  };
}

/** Lists and objects of custom scalars are left out: nulls may be inside. */
function hasAll(entity: DataObject, fields: readonly string[]): boolean {
  for (const field of fields) {
    const value = getOwn(entity, field);
    if (value === undefined || typeof value === 'object') return false;
  }
  return true;
}

/** Gives an entity what is known of it. */
export function copyKnown(source: DataObject, entity: DataObject, fields: readonly string[]): void {
  if (source === entity) return;
  for (const field of fields) entity[field] = source[field];
}
