import { isDataObject, type DataObject, type DataPath } from './data.ts';
import type { ExecutionState } from './execution-state.ts';

/** A plan's path, and its hops as one text. */
export interface DataPlace {
  readonly path: readonly string[];
  readonly name: string;
}

export const makePlace = (path: readonly string[]): DataPlace => ({ path, name: path.join('.') });

/** The objects at a place; walked once between two answers. */
export function findEntities(
  { data, facts, collected }: ExecutionState,
  { path, name }: DataPlace,
): readonly DataObject[] {
  let entities = collected.get(name);
  if (entities === undefined) {
    entities = collectEntities(data, path, facts.hasShared);
    collected.set(name, entities);
  }
  return entities;
}

/** The objects at a plan's path, each once even where it stands at several places. */
export function collectEntities(
  data: DataObject,
  path: readonly string[],
  hasShared: boolean,
): readonly DataObject[] {
  let current: unknown[] = [data];
  for (const hop of path) current = hop === '@' ? listItems(current) : listInner(current, hop, hasShared);
  return current.filter(isDataObject);
}

function listItems(values: readonly unknown[]): unknown[] {
  const items: unknown[] = [];
  for (const value of values) if (Array.isArray(value)) for (const item of value) items.push(item);
  return items;
}

/** Each value once: places that share an object would multiply at every list. */
function listInner(values: readonly unknown[], key: string, hasShared: boolean): unknown[] {
  const inner: unknown[] = [];
  for (const value of values)
    if (isDataObject(value)) {
      const found = value[key];
      if (typeof found === 'object' && found !== null) inner.push(found);
    }
  return hasShared ? [...new Set(inner)] : inner;
}

/** Calls `visit` with every object at a plan's path and its place; ends when `visit` answers false. */
export function visitPlaces(
  data: DataObject,
  path: readonly string[],
  visit: (object: DataObject, place: DataPath) => boolean,
): boolean {
  const place: (string | number)[] = [];
  const walk = (value: unknown, index: number): boolean => {
    const hop = path[index];
    if (hop === undefined) return !isDataObject(value) || visit(value, [...place]);
    if (hop === '@') {
      if (!Array.isArray(value)) return true;
      return value.every((item, position) => {
        place.push(position);
        const goesOn = walk(item, index + 1);
        place.pop();
        return goesOn;
      });
    }
    if (!isDataObject(value)) return true;
    place.push(hop);
    const goesOn = walk(value[hop], index + 1);
    place.pop();
    return goesOn;
  };
  return walk(data, 0);
}
