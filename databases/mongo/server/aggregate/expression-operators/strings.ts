import { Binary, Double } from 'bson';
import { CommandError, type ErrorName } from '../../command-error.ts';
import { bsonTypeOf, isNumeric } from '../../values/bson-type.ts';
import { printValue } from '../../values/print-value.ts';
import { compareValues } from '../../values/sort-key.ts';
import { evaluateExactly, evaluateList, type ExpressionOperator, isNil } from './operator.ts';

/** What stands for a value in a text; null and missing are the empty one. */
function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Double) return String(value.value);
  if (isNumeric(value)) return String(value);
  if (isNil(value)) return '';
  throw new CommandError('Location16007', `can't convert from BSON type ${bsonTypeOf(value)} to String`);
}

// MongoDB changes the letters of ASCII alone.
const toLower = (text: string): string => text.replace(/[A-Z]+/g, (part) => part.toLowerCase());
const toUpper = (text: string): string => text.replace(/[a-z]+/g, (part) => part.toUpperCase());

function changeCase(name: string, change: (text: string) => string): ExpressionOperator {
  return (document, operand, options) => {
    const [value] = evaluateExactly(name, 1, document, operand, options);
    return change(textOf(value));
  };
}

const compareWithoutCase: ExpressionOperator = (document, operand, options) => {
  const [left, right] = evaluateExactly('$strcasecmp', 2, document, operand, options);
  return Math.sign(compareValues(toUpper(textOf(left)), toUpper(textOf(right))));
};

const substring: ExpressionOperator = (document, operand, options) => {
  const [text, from, length] = evaluateExactly('$substrBytes', 3, document, operand, options);
  const bytes = Buffer.from(textOf(text));
  const start = Number(from);
  if (!isNumeric(from) || start < 0)
    throw new CommandError('Location50752', '$substrBytes: the starting index must be a non-negative number');
  const end = Number(length) < 0 ? bytes.length : start + Number(length);
  if ([start, end].some((place) => isContinuation(bytes[place])))
    throw new CommandError('Location28656', '$substrBytes: a character of UTF-8 would be cut in two');
  return bytes.subarray(start, end).toString();
};

function countOf(what: string, value: unknown, notNumber: ErrorName, negative: ErrorName): number {
  if (!isNumeric(value) || !Number.isInteger(Number(value)))
    throw new CommandError(
      notNumber,
      `$substrCP: ${what} must be a whole number, found ${printValue(value)}`,
    );
  if (Number(value) < 0) throw new CommandError(negative, `$substrCP: ${what} must not be negative`);
  return Number(value);
}

const substringOfCharacters: ExpressionOperator = (document, operand, options) => {
  const [text, from, length] = evaluateExactly('$substrCP', 3, document, operand, options);
  const start = countOf('the starting index', from, 'Location34450', 'Location34455');
  const count = countOf('length', length, 'Location34452', 'Location34454');
  return Array.from(textOf(text))
    .slice(start, start + count)
    .join('');
};

function lengthOf(name: string, code: ErrorName, count: (text: string) => number): ExpressionOperator {
  return (document, operand, options) => {
    const [text] = evaluateExactly(name, 1, document, operand, options);
    if (typeof text === 'string') return count(text);
    throw new CommandError(code, `${name} requires a string argument, found: ${bsonTypeOf(text)}`);
  };
}

const split: ExpressionOperator = (document, operand, options) => {
  const [text, separator] = evaluateExactly('$split', 2, document, operand, options);
  if (isNil(text) || isNil(separator)) return null;
  if (typeof text !== 'string' || typeof separator !== 'string') {
    throw new CommandError(
      typeof text === 'string' ? 'Location40086' : 'Location40085',
      `$split requires strings, found: ${bsonTypeOf(text)} and ${bsonTypeOf(separator)}`,
    );
  }
  if (separator === '') throw new CommandError('Location40087', '$split requires a non-empty separator');
  return text.split(separator);
};

function isContinuation(byte: number | undefined): boolean {
  return byte !== undefined && (byte & 0xc0) === 0x80;
}

/** Finds a text within another; `split` says what a place counts. */
function indexOf(name: string, split: (text: string) => readonly (string | number)[]): ExpressionOperator {
  return (document, operand, options) => {
    const [text, wanted, from, to] = evaluateList(document, operand, options);
    if (isNil(text)) return null;
    if (typeof text !== 'string' || typeof wanted !== 'string')
      throw new CommandError(
        typeof text === 'string' ? 'Location40092' : 'Location40091',
        `${name} requires strings, found: ${bsonTypeOf(text)} and ${bsonTypeOf(wanted)}`,
      );
    const [units, sought] = [split(text), split(wanted)];
    const last = Math.min(units.length, isNil(to) ? units.length : Number(to)) - sought.length;
    for (let place = isNil(from) ? 0 : Number(from); place <= last; place++)
      if (sought.every((unit, index) => units[place + index] === unit)) return place;
    return -1;
  };
}

// mingo joins whatever it gets.
const concat: ExpressionOperator = (document, operand, options) => {
  const values = evaluateList(document, operand, options);
  let text: string | null = '';
  for (const value of values) {
    if (isNil(value)) text = null;
    else if (typeof value !== 'string')
      throw new CommandError('Location16702', `$concat only supports strings, not ${bsonTypeOf(value)}`);
    else if (text !== null) text += value;
  }
  return text;
};

const binarySize: ExpressionOperator = (document, operand, options) => {
  const [value] = evaluateExactly('$binarySize', 1, document, operand, options);
  if (isNil(value)) return null;
  if (typeof value === 'string') return Buffer.byteLength(value);
  if (value instanceof Binary) return value.length();
  throw new CommandError(
    'Location51276',
    `$binarySize requires a string or BinData argument, found: ${bsonTypeOf(value)}`,
  );
};

/** Texts; all others are mingo's. */
export const STRING_OPERATORS: Readonly<Record<string, ExpressionOperator>> = {
  $concat: concat,
  $binarySize: binarySize,
  $toLower: changeCase('$toLower', toLower),
  $toUpper: changeCase('$toUpper', toUpper),
  $strcasecmp: compareWithoutCase,
  $split: split,
  $strLenBytes: lengthOf('$strLenBytes', 'Location34473', (text) => Buffer.byteLength(text)),
  $strLenCP: lengthOf('$strLenCP', 'Location34471', (text) => Array.from(text).length),
  $substrCP: substringOfCharacters,
  $substr: substring,
  $substrBytes: substring,
  $indexOfBytes: indexOf('$indexOfBytes', (text) => [...Buffer.from(text)]),
  $indexOfCP: indexOf('$indexOfCP', (text) => Array.from(text)),
};
