import { CommandError } from '../../command-error.ts';
import { bsonTypeOf, isNumeric } from '../../values/bson-type.ts';
import { areEqual, compareValues } from '../../values/sort-key.ts';
import { compileRegex } from '../regex.ts';
import {
  always,
  failure,
  numberOperand,
  rule,
  sizeOperand,
  stringsOperand,
  wrongOperand,
  type Check,
  type Keyword,
  type KeywordTable,
} from './keyword.ts';

const JSON_TYPES: Readonly<Record<string, readonly string[]>> = {
  object: ['object'],
  array: ['array'],
  number: ['int', 'long', 'double', 'decimal'],
  boolean: ['bool'],
  string: ['string'],
  null: ['null'],
};
const BSON_TYPES = new Set(
  (
    'double string object array binData undefined objectId bool date null regex dbPointer javascript ' +
    'symbol javascriptWithScope int timestamp long decimal minKey maxKey number'
  ).split(' '),
);

function typeCheck(keyword: Keyword): Check {
  const { name, operand } = keyword;
  const names = typeof operand === 'string' ? [operand] : stringsOperand(keyword);
  const wanted = new Set(
    names.flatMap((type) => {
      const known = name === 'type' ? JSON_TYPES[type] : BSON_TYPES.has(type) ? [type] : undefined;
      if (known === undefined) {
        throw new CommandError('BadValue', `Unknown type name alias: ${type}`);
      }
      return type === 'number' ? ['int', 'long', 'double', 'decimal'] : known;
    }),
  );
  return (value) => (wanted.has(bsonTypeOf(value)) ? [] : [failure(keyword, 'type did not match', value)]);
}

const isText = (value: unknown): value is string => typeof value === 'string';
const isNumber = (value: unknown): value is unknown => isNumeric(value);

// In code points, as MongoDB counts.
function lengthOf(text: string): number {
  return Array.from(text).length;
}

function boundCheck(keyword: Keyword): Check {
  numberOperand(keyword);
  const { name, operand, schema } = keyword;
  const isExclusive = schema[name === 'minimum' ? 'exclusiveMinimum' : 'exclusiveMaximum'] === true;
  return rule(
    keyword,
    isNumber,
    (value) => {
      const order = compareValues(value, operand) * (name === 'minimum' ? 1 : -1);
      return isExclusive ? order > 0 : order >= 0;
    },
    'comparison failed',
  );
}

/** Keywords on the type of a value, on numbers and on texts. */
export const valueKeywords: KeywordTable = {
  bsonType: typeCheck,
  type: typeCheck,
  enum: (keyword) => {
    const { operand } = keyword;
    if (!Array.isArray(operand)) throw wrongOperand('enum', 'an array');
    return (value) =>
      operand.some((allowed: unknown) => areEqual(allowed, value))
        ? []
        : [failure(keyword, 'value was not found in enum', value)];
  },
  minimum: boundCheck,
  maximum: boundCheck,
  exclusiveMinimum: () => always,
  exclusiveMaximum: () => always,
  multipleOf: (keyword) => {
    const divisor = numberOperand(keyword);
    return rule(
      keyword,
      isNumber,
      (value) => Number(value) % divisor === 0,
      'considered value is not a multiple of the specified value',
    );
  },
  minLength: (keyword) => {
    const size = sizeOperand(keyword);
    return rule(
      keyword,
      isText,
      (value) => lengthOf(value) >= size,
      'specified string length was not satisfied',
    );
  },
  maxLength: (keyword) => {
    const size = sizeOperand(keyword);
    return rule(
      keyword,
      isText,
      (value) => lengthOf(value) <= size,
      'specified string length was not satisfied',
    );
  },
  pattern: (keyword) => {
    const pattern = compileRegex(keyword.operand);
    return rule(keyword, isText, (value) => pattern.test(value), 'regular expression did not match');
  },
};
