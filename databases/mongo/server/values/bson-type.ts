import {
  Binary,
  BSONRegExp,
  BSONSymbol,
  Code,
  DBRef,
  Decimal128,
  Double,
  Long,
  MaxKey,
  MinKey,
  ObjectId,
  Timestamp,
} from 'bson';

/** BSON type names as `$type` spells them, with their numbers. */
export const BSON_TYPE_NUMBERS: Readonly<Record<string, number>> = {
  double: 1,
  string: 2,
  object: 3,
  array: 4,
  binData: 5,
  undefined: 6,
  objectId: 7,
  bool: 8,
  date: 9,
  null: 10,
  regex: 11,
  dbPointer: 12,
  javascript: 13,
  symbol: 14,
  javascriptWithScope: 15,
  int: 16,
  timestamp: 17,
  long: 18,
  decimal: 19,
  minKey: -1,
  maxKey: 127,
};

function numberTypeOf(value: number): string {
  const isInt32 = Number.isInteger(value) && value <= 2_147_483_647 && value >= -2_147_483_648;
  return isInt32 && !Object.is(value, -0) ? 'int' : 'double';
}

// The order is that of frequency; each class is told apart by instanceof because a document may hold
// a field that is named like the driver's own marker.
const CLASSES: readonly (readonly [abstract new (...input: never[]) => object, string])[] = [
  [Date, 'date'],
  [ObjectId, 'objectId'],
  // A Timestamp is a Long by inheritance, so it is asked first.
  [Timestamp, 'timestamp'],
  [Long, 'long'],
  [Double, 'double'],
  [Decimal128, 'decimal'],
  [Binary, 'binData'],
  [BSONRegExp, 'regex'],
  [RegExp, 'regex'],
  [BSONSymbol, 'symbol'],
  [MinKey, 'minKey'],
  [MaxKey, 'maxKey'],
  [DBRef, 'object'],
];

/** The BSON type of a value by `$type`'s name; `missing` for `undefined`. */
export function bsonTypeOf(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return 'string';
    case 'number':
      return numberTypeOf(value);
    case 'boolean':
      return 'bool';
    case 'undefined':
      return 'missing';
    case 'bigint':
      return 'long';
    default:
      break;
  }
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (value instanceof Code) return value.scope === null ? 'javascript' : 'javascriptWithScope';
  for (const [type, name] of CLASSES) if (value instanceof type) return name;
  return 'object';
}

/** True for int, long, double and decimal. */
export function isNumeric(value: unknown): boolean {
  return (
    typeof value === 'number' ||
    value instanceof Double ||
    value instanceof Decimal128 ||
    (value instanceof Long && !(value instanceof Timestamp))
  );
}
