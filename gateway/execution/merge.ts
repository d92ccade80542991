import type { DataObject } from './data.ts';

/**
 * Merges an answer into the object it belongs to, in place. Objects merge by key, lists of one length by position;
 * anything else is replaced. Parts of `source` may become parts of `target`: an entity that stands at several places
 * is then one object, which the projection writes once.
 */
export function mergeData(target: DataObject, source: DataObject): void {
  if (target === source) return;
  for (const key of Object.keys(source)) {
    // A subgraph's own key of this name would become the prototype.
    if (key === '__proto__') continue;
    const from = source[key];
    const into = target[key];
    if (typeof into === 'object' && into !== null && typeof from === 'object' && from !== null)
      target[key] = mergeValues(into, from);
    else target[key] = from;
  }
}

function mergeValues(target: object, source: object): object {
  if (target === source) return target;
  if (Array.isArray(target) && Array.isArray(source)) {
    if (target.length !== source.length) return source;
    for (let index = 0; index < source.length; index++) {
      const from: unknown = source[index];
      const into: unknown = target[index];
      target[index] =
        typeof into === 'object' && into !== null && typeof from === 'object' && from !== null
          ? mergeValues(into, from)
          : from;
    }
    return target;
  }
  if (Array.isArray(target) || Array.isArray(source)) return source;
  // Both are objects of an answer.
  mergeData(target as DataObject, source as DataObject);
  return target;
}
