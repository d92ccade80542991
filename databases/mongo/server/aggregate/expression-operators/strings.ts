import { Binary } from 'bson';
import { CommandError } from '../../command-error.ts';
import { bsonTypeOf, isNumeric } from '../../values/bson-type.ts';
import { printValue } from '../../values/print-value.ts';
import { mingo } from '../mingo.ts';
import { evaluateExactly, evaluateList, type ExpressionOperator, isNil } from './operator.ts';

// mingo answers null for null.
function changeCase(name: '$toLower' | '$toUpper'): ExpressionOperator {
  const theirs: ExpressionOperator = (document, operand, options) =>
    // mingo's operators are typed by its own value type.
    (Reflect.get(mingo().expressions, name) as ExpressionOperator)(document, operand, options);
  return (document, operand, options) => theirs(document, operand, options) ?? '';
}

// mingo refuses a negative length, which stands for the rest.
const substring: ExpressionOperator = (document, operand, options) => {
  const [text, from, length] = evaluateList(document, operand, options);
  if (isNil(text)) return '';
  const bytes = Buffer.from(text instanceof Date ? text.toISOString() : printValue(text));
  const start = Number(from);
  if (!isNumeric(from) || start < 0)
    throw new CommandError('Location50752', '$substrBytes: the starting index must be a non-negative number');
  const end = Number(length) < 0 ? bytes.length : start + Number(length);
  if ([start, end].some((place) => isContinuation(bytes[place])))
    throw new CommandError('Location28656', '$substrBytes: a character of UTF-8 would be cut in two');
  return bytes.subarray(start, end).toString();
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
  $toLower: changeCase('$toLower'),
  $toUpper: changeCase('$toUpper'),
  $substr: substring,
  $substrBytes: substring,
  $indexOfBytes: indexOf('$indexOfBytes', (text) => [...Buffer.from(text)]),
  $indexOfCP: indexOf('$indexOfCP', (text) => Array.from(text)),
};
