/** A document as the server holds it: plain, never changed once it is stored. */
export type BsonDocument = Record<string, unknown>;

/** True for an embedded document, false for arrays, dates and BSON's own classes. */
export function isDocument(value: unknown): value is BsonDocument {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}

/** The own field of a document, `undefined` when it has none (never one of `Object.prototype`). */
export function fieldOf(document: BsonDocument, name: string): unknown {
  return Object.hasOwn(document, name) ? document[name] : undefined;
}

/** Sets a field, `__proto__` included, which plain assignment would take for the prototype. */
export function setField(document: BsonDocument, name: string, value: unknown): void {
  if (name === '__proto__') {
    Object.defineProperty(document, name, {
      value,
      configurable: true,
      enumerable: true,
      writable: true,
    });
  } else {
    document[name] = value;
  }
}
