import { deserialize, Double, Int32, serialize } from 'bson';
import { type BsonDocument, isDocument, setField } from './bson-document.ts';

const INT32_MAX = 2_147_483_647;
const INT32_MIN = -2_147_483_648;

/** A double that a JavaScript number would turn into an int32 when it is written back. */
function isIntegralDouble(value: number): boolean {
  return (Number.isInteger(value) && value <= INT32_MAX && value >= INT32_MIN) || Object.is(value, -0);
}

function plainValue(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Int32) return value.value;
  if (value instanceof Double) return isIntegralDouble(value.value) ? value : value.value;
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index++) value[index] = plainValue(value[index]);
    return value;
  }
  if (isDocument(value)) {
    for (const key of Object.keys(value)) setField(value, key, plainValue(value[key]));
  }
  return value;
}

/**
 * Reads one BSON document. Types survive a round trip: int32 and most doubles become numbers, a
 * double such as 1.0 stays a `Double`, int64 stays a `Long`.
 */
export function decodeDocument(bytes: Uint8Array): BsonDocument {
  const document = deserialize(bytes, {
    promoteValues: false,
    promoteBuffers: false,
    promoteLongs: false,
    bsonRegExp: true,
    validation: { utf8: true },
  });
  plainValue(document);
  return document;
}

/** Writes one BSON document; fields that are `undefined` are left out. */
export function encodeDocument(document: BsonDocument): Uint8Array {
  return serialize(document, { ignoreUndefined: true, checkKeys: false });
}

/** A copy that shares nothing which an update could change. */
export function copyValue(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(copyValue);
  if (!isDocument(value)) return value;
  const copy: BsonDocument = {};
  for (const key of Object.keys(value)) setField(copy, key, copyValue(value[key]));
  return copy;
}

/** A copy of a document that shares nothing which an update could change. */
export function copyDocument(document: BsonDocument): BsonDocument {
  const copy: BsonDocument = {};
  for (const key of Object.keys(document)) setField(copy, key, copyValue(document[key]));
  return copy;
}
