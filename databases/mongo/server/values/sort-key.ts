import {
  Binary,
  BSONRegExp,
  BSONSymbol,
  Code,
  DBRef,
  Decimal128,
  Double,
  Long,
  ObjectId,
  Timestamp,
} from 'bson';
import { bsonTypeOf } from './bson-type.ts';
import type { BsonDocument } from './bson-document.ts';
import { exactDecimal } from './decimal.ts';

/**
 * A string that orders as MongoDB orders the value, and is equal exactly when MongoDB calls the
 * values equal. Indexes, sorting, grouping and equality all rest on it, so they cannot disagree.
 * The first character is the place of the type in MongoDB's comparison order.
 */
export function sortKeyOf(value: unknown): string {
  return typeTagOf(value) + bodyOf(value);
}

const TAGS: Readonly<Record<string, string>> = {
  minKey: '\u0001',
  missing: '\u0002',
  undefined: '\u0002',
  null: '\u0005',
  int: '\u000a',
  long: '\u000a',
  double: '\u000a',
  decimal: '\u000a',
  string: '\u0014',
  symbol: '\u0014',
  object: '\u001e',
  array: '\u0023',
  binData: '\u0028',
  objectId: '\u002d',
  bool: '\u0032',
  date: '\u0037',
  timestamp: '\u003a',
  regex: '\u003d',
  javascript: '\u0046',
  javascriptWithScope: '\u0049',
  maxKey: '\u007f',
};

/** Ends a list of values inside a key: less than every tag. */
const END = '\u0000';

/** The type's place in the comparison order: values of one tag compare with each other. */
export function typeTagOf(value: unknown): string {
  if (typeof value === 'string') return '\u0014';
  if (typeof value === 'number') return '\u000a';
  return TAGS[bsonTypeOf(value)] ?? '\u001e';
}

const view = new DataView(new ArrayBuffer(8));

function wordsOf(high: number, low: number): string {
  return String.fromCharCode(high >>> 16, high & 0xffff, low >>> 16, low & 0xffff);
}

function doubleKey(value: number): string {
  if (Number.isNaN(value)) return '\0\0\0\0';
  view.setFloat64(0, value === 0 ? 0 : value);
  const high = view.getUint32(0);
  const low = view.getUint32(4);
  return high & 0x80000000 ? wordsOf(~high >>> 0, ~low >>> 0) : wordsOf((high | 0x80000000) >>> 0, low);
}

// Sorts after the double itself: what a long or a decimal has beyond the nearest double.
function residueKey(residue: number): string {
  if (residue === 0) return '\u0002';
  return (residue < 0 ? '\u0001' : '\u0003') + doubleKey(residue);
}

function longKey(value: Long): string {
  const nearest = value.toNumber();
  return doubleKey(nearest) + residueKey(Number(value.toBigInt() - BigInt(nearest)));
}

function decimalKey(value: Decimal128): string {
  const { nearest, residue } = exactDecimal(value);
  return doubleKey(nearest) + residueKey(residue);
}

function numberKey(value: unknown): string {
  if (typeof value === 'number') return doubleKey(value) + '\u0002';
  if (value instanceof Double) return doubleKey(value.value) + '\u0002';
  if (value instanceof Long) return longKey(value);
  if (value instanceof Decimal128) return decimalKey(value);
  return doubleKey(Number(value)) + '\u0002';
}

// oxlint-disable-next-line no-control-regex -- the escape is about control characters
const NUL = /\u0000/g;
const SURROGATE_OR_ABOVE = /[\ud800-\uffff]/;

// UTF-16 units order astral characters before U+E000; UTF-8, by which MongoDB compares, after.
function inCodePointOrder(text: string): string {
  if (!SURROGATE_OR_ABOVE.test(text)) return text;
  let ordered = '';
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (unit >= 0xe000) ordered += String.fromCharCode(unit - 0x800);
    else if (unit >= 0xd800) ordered += String.fromCharCode(unit + 0x2000);
    else ordered += text[index];
  }
  return ordered;
}

function stringKey(text: string): string {
  const escaped = text.includes('\u0000') ? text.replace(NUL, '\u0000\u0001') : text;
  return inCodePointOrder(escaped) + '\u0000\u0000';
}

function documentKey(document: BsonDocument): string {
  let key = '';
  for (const [name, value] of Object.entries(document)) {
    if (value === undefined) continue;
    key += typeTagOf(value) + stringKey(name) + bodyOf(value);
  }
  return key + END;
}

function binaryKey(value: Binary): string {
  const bytes = value.value();
  const length = wordsOf(0, bytes.length);
  return length + String.fromCharCode(value.sub_type) + Buffer.from(bytes).toString('latin1');
}

function objectKey(value: object): string {
  if (Array.isArray(value)) return value.map(sortKeyOf).join('') + END;
  if (value instanceof ObjectId) return value.toHexString();
  if (value instanceof Date) return doubleKey(value.getTime());
  if (value instanceof Timestamp) return wordsOf(value.high >>> 0, value.low >>> 0);
  if (value instanceof Binary) return binaryKey(value);
  if (value instanceof BSONRegExp) return stringKey(value.pattern) + stringKey(value.options);
  if (value instanceof RegExp) return stringKey(value.source) + stringKey(value.flags);
  if (value instanceof BSONSymbol) return stringKey(value.value);
  if (value instanceof Code) {
    return stringKey(value.code) + (value.scope === null ? '' : documentKey(value.scope));
  }
  if (value instanceof DBRef) return documentKey({ ...value.toJSON() });
  return documentKey({ ...value });
}

function bodyOf(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return stringKey(value);
    case 'number':
      return doubleKey(value) + '\u0002';
    case 'boolean':
      return value ? '1' : '0';
    case 'object':
      break;
    default:
      return '';
  }
  if (value === null) return '';
  const type = typeTagOf(value);
  if (type === '\u000a') return numberKey(value);
  if (type === '\u0001' || type === '\u007f') return '';
  return objectKey(value);
}

/** Orders two values as MongoDB does: negative, zero or positive. */
export function compareValues(left: unknown, right: unknown): number {
  // Before the difference, which is no number between two infinities.
  if (left === right) return 0;
  if (typeof left === 'number' && typeof right === 'number' && left === left && right === right) {
    return left - right;
  }
  const leftKey = sortKeyOf(left);
  const rightKey = sortKeyOf(right);
  if (leftKey === rightKey) return 0;
  return leftKey < rightKey ? -1 : 1;
}

/** MongoDB's equality: numbers by value across their types, documents by field order too. */
export function areEqual(left: unknown, right: unknown): boolean {
  if (left === right) return true;
  if (typeof left === 'string' && typeof right === 'string') return false;
  return sortKeyOf(left) === sortKeyOf(right);
}
