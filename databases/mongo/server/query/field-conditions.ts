import { printValue } from '../values/print-value.ts';
import { Binary, BSONRegExp, Decimal128, Double, Long } from 'bson';
import { CommandError } from '../command-error.ts';
import { type BsonDocument, isDocument } from '../values/bson-document.ts';
import { BSON_TYPE_NUMBERS, bsonTypeOf, isNumeric } from '../values/bson-type.ts';
import { someValueAt, splitPath } from '../values/paths.ts';
import { sortKeyOf, typeTagOf } from '../values/sort-key.ts';
import { compileRegex } from './regex.ts';

type Predicate = (document: BsonDocument) => boolean;
type ValueTest = (value: unknown) => boolean;

/** True for a regular expression, whichever of its two classes it has. */
export function isRegex(value: unknown): value is BSONRegExp | RegExp {
  return value instanceof BSONRegExp || value instanceof RegExp;
}

/** Tests a value, or any element of it when it is an array. */
function valueOrElement(test: ValueTest): ValueTest {
  return (value) => test(value) || (Array.isArray(value) && value.some(test));
}

function equalTo(operand: unknown): ValueTest {
  if (operand === undefined) {
    throw new CommandError('BadValue', 'cannot compare to undefined');
  }
  if (operand === null) return valueOrElement((value) => value === null || value === undefined);
  if (typeof operand === 'string') {
    return valueOrElement((value) => value === operand);
  }
  const key = sortKeyOf(operand);
  return valueOrElement((value) => value !== undefined && sortKeyOf(value) === key);
}

function isNaNValue(value: unknown): boolean {
  return isNumeric(value) && Number.isNaN(Number(value));
}

/** Orders values of one type only, as MongoDB's type bracketing does. */
function ordered(operand: unknown, wanted: (order: number) => boolean): ValueTest {
  if (isRegex(operand)) {
    throw new CommandError('BadValue', "Can't have RegEx as arg to predicate over field");
  }
  if (operand === null) {
    return wanted(0) ? valueOrElement((value) => value === null || value === undefined) : () => false;
  }
  const tag = typeTagOf(operand);
  const key = sortKeyOf(operand);
  const type = bsonTypeOf(operand);
  const isUnbracketed = type === 'minKey' || type === 'maxKey';
  if (isNaNValue(operand)) return valueOrElement((value) => wanted(0) && isNaNValue(value));
  return valueOrElement((value) => {
    // What is missing lies between the two ends as well, as the lowest type but for the lower end.
    if (value === undefined) return isUnbracketed && wanted(type === 'minKey' ? 1 : -1);
    if (!isUnbracketed && typeTagOf(value) !== tag) return false;
    if (isNaNValue(value)) return false;
    const valueKey = sortKeyOf(value);
    return wanted(valueKey === key ? 0 : valueKey < key ? -1 : 1);
  });
}

function oneOf(operator: string, operand: unknown): ValueTest {
  if (!Array.isArray(operand)) throw new CommandError('BadValue', `${operator} needs an array`);
  const keys = new Set<string>();
  const patterns: RegExp[] = [];
  let hasNull = false;
  for (const value of operand as unknown[]) {
    if (isDocument(value) && Object.keys(value)[0]?.startsWith('$') === true) {
      throw new CommandError('BadValue', `cannot nest $ under ${operator}`);
    }
    if (isRegex(value)) patterns.push(compileRegex(value));
    if (value === null) hasNull = true;
    keys.add(sortKeyOf(value));
  }
  return valueOrElement((value) => {
    if (value === undefined || value === null) return hasNull;
    if (keys.has(sortKeyOf(value))) return true;
    return typeof value === 'string' && patterns.some((pattern) => pattern.test(value));
  });
}

function typeTest(operand: unknown): ValueTest {
  const wanted = new Set<string>();
  for (const type of Array.isArray(operand) ? (operand as unknown[]) : [operand]) {
    if (type === 'number') {
      for (const name of ['int', 'long', 'double', 'decimal']) wanted.add(name);
      continue;
    }
    const name =
      typeof type === 'string'
        ? type
        : Object.keys(BSON_TYPE_NUMBERS).find((key) => BSON_TYPE_NUMBERS[key] === Number(type));
    if (name === undefined || !Object.hasOwn(BSON_TYPE_NUMBERS, name)) {
      throw new CommandError('BadValue', `Unknown type name alias: ${printValue(type)}`);
    }
    wanted.add(name);
  }
  return valueOrElement((value) => wanted.has(bsonTypeOf(value)));
}

function integerOf(operator: string, value: unknown): number {
  if (isNumeric(value) && Number.isInteger(Number(value))) return Number(value);
  throw new CommandError(
    'BadValue',
    `Failed to parse ${operator}. Expected an integer: ${printValue(value)}`,
  );
}

function modulo(operand: unknown): ValueTest {
  if (!Array.isArray(operand)) {
    throw new CommandError('BadValue', 'malformed mod, needs to be an array');
  }
  if (operand.length < 2) throw new CommandError('BadValue', 'malformed mod, not enough elements');
  if (operand.length > 2) throw new CommandError('BadValue', 'malformed mod, too many elements');
  const [divisor, remainder] = operand.map((part: unknown) => {
    if (!isNumeric(part)) throw new CommandError('BadValue', 'malformed mod, divisor not a number');
    return Math.trunc(Number(part));
  });
  if (divisor === undefined || divisor === 0) {
    throw new CommandError('BadValue', 'divisor cannot be 0');
  }
  return valueOrElement(
    (value) =>
      isNumeric(value) &&
      Number.isFinite(Number(value)) &&
      // Adding zero turns -0 into 0.
      (Math.trunc(Number(value)) % divisor) + 0 === remainder,
  );
}

function bitsOf(operator: string, operand: unknown): bigint {
  if (Array.isArray(operand)) {
    return operand.reduce(
      (mask: bigint, bit: unknown) => mask | (1n << BigInt(integerOf(operator, bit))),
      0n,
    );
  }
  if (operand instanceof Binary) {
    return [...operand.value()].reduce((mask, byte, index) => mask | (BigInt(byte) << BigInt(8 * index)), 0n);
  }
  const mask = operand instanceof Long ? operand.toBigInt() : BigInt(integerOf(operator, operand));
  if (mask < 0n) {
    throw new CommandError('BadValue', `Expected a non-negative number in: ${operator}: ${mask}`);
  }
  return mask;
}

function bits(operator: string, operand: unknown, test: (value: bigint, mask: bigint) => boolean): ValueTest {
  const mask = bitsOf(operator, operand);
  return valueOrElement((value) => {
    if (value instanceof Long) return test(BigInt.asUintN(64, value.toBigInt()), mask);
    if (value instanceof Binary) return test(bitsOf(operator, value), mask);
    if (!isNumeric(value) || !Number.isInteger(Number(value))) return false;
    return test(BigInt.asUintN(64, BigInt(Number(value))), mask);
  });
}

function sizeTest(operand: unknown): ValueTest {
  if (!isNumeric(operand)) {
    throw new CommandError(
      'BadValue',
      `Failed to parse $size. Expected a number in: $size: ${printValue(operand)}`,
    );
  }
  const size = integerOf('$size', operand);
  if (size < 0) {
    throw new CommandError(
      'BadValue',
      `Failed to parse $size. Expected a non-negative number in: $size: ${size}`,
    );
  }
  return (value) => Array.isArray(value) && value.length === size;
}

function regexTest(operand: unknown, siblings: BsonDocument): ValueTest {
  const options = siblings['$options'];
  const pattern = compileRegex(operand, options);
  const key = isRegex(operand) ? sortKeyOf(operand) : null;
  return valueOrElement((value) => {
    if (typeof value === 'string') return pattern.test(value);
    return key !== null && isRegex(value) && sortKeyOf(value) === key;
  });
}

type ConditionBuilder = (operand: unknown, siblings: BsonDocument) => ValueTest;

const CONDITIONS: Readonly<Record<string, ConditionBuilder>> = {
  $eq: (operand) => equalTo(operand),
  $gt: (operand) => ordered(operand, (order) => order > 0),
  $gte: (operand) => ordered(operand, (order) => order >= 0),
  $lt: (operand) => ordered(operand, (order) => order < 0),
  $lte: (operand) => ordered(operand, (order) => order <= 0),
  $in: (operand) => oneOf('$in', operand),
  $type: typeTest,
  $mod: modulo,
  $size: sizeTest,
  $regex: regexTest,
  $bitsAllSet: (operand) => bits('$bitsAllSet', operand, (value, mask) => (value & mask) === mask),
  $bitsAnySet: (operand) => bits('$bitsAnySet', operand, (value, mask) => (value & mask) !== 0n),
  $bitsAllClear: (operand) => bits('$bitsAllClear', operand, (value, mask) => (value & mask) === 0n),
  $bitsAnyClear: (operand) => bits('$bitsAnyClear', operand, (value, mask) => (value & mask) !== mask),
  // Given as a compiled test of one element.
  $elemMatch: (operand) => (value) => Array.isArray(value) && value.some(operand as ValueTest),
};

/** Known to MongoDB, but not to this server. */
const UNSUPPORTED = new Set(['$geoWithin', '$geoIntersects', '$near', '$nearSphere', '$within', '$geoNear']);

function isTrueOperand(operand: unknown): boolean {
  if (operand instanceof Long || operand instanceof Double || operand instanceof Decimal128) {
    return Number(operand) !== 0;
  }
  return operand !== false && operand !== 0 && operand !== null && operand !== undefined;
}

/** Compiles one `{ path: { $operator: operand } }`. */
export function compileFieldCondition(
  path: string,
  operator: string,
  operand: unknown,
  siblings: BsonDocument,
): Predicate {
  const parts = splitPath(path);
  const some = (test: ValueTest): Predicate => {
    const [only] = parts;
    // Most conditions are on a top-level field.
    if (parts.length === 1 && only !== undefined) {
      return (document) => test(Object.hasOwn(document, only) ? document[only] : undefined);
    }
    return (document) => someValueAt(document, parts, test);
  };
  const none = (test: ValueTest): Predicate => {
    const matches = some(test);
    return (document) => !matches(document);
  };
  if (operator === '$ne' && isRegex(operand)) {
    throw new CommandError('BadValue', "Can't have regex as arg to $ne.");
  }
  if (operator === '$ne') return none(equalTo(operand));
  if (operator === '$nin') return none(oneOf('$nin', operand));
  if (operator === '$exists') {
    const test: ValueTest = (value) => value !== undefined;
    return isTrueOperand(operand) ? some(test) : none(test);
  }
  if (operator === '$options') {
    if (Object.hasOwn(siblings, '$regex')) return () => true;
    throw new CommandError('BadValue', '$options needs a $regex');
  }
  if (operator === '$eq' && isRegex(operand)) return some(equalTo(operand));
  const build = CONDITIONS[operator];
  if (build !== undefined) return some(build(operand, siblings));
  if (UNSUPPORTED.has(operator)) {
    throw new CommandError('NotImplemented', `${operator} is not supported by the development server`);
  }
  throw new CommandError('BadValue', `unknown operator: ${operator}`);
}
