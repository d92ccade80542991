/** An object of an answer. */
export type DataObject = Record<string, unknown>;

/** A place in an answer: keys and list positions. */
export type DataPath = readonly (string | number)[];

export function isDataObject(value: unknown): value is DataObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The own value of a key, also where the key is one that every object inherits (`constructor`, `toString`). */
export function getOwn(object: DataObject, key: string): unknown {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

/** Whether a plain read of this key could find what every object inherits. */
export function isInheritedKey(key: string): boolean {
  return key in Object.prototype;
}

/** The `__typename` of an object, where it is one. */
export function typeNameOf(object: DataObject): string | undefined {
  const name = object['__typename'];
  return typeof name === 'string' ? name : undefined;
}
