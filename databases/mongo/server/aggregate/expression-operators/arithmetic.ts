import { Decimal128, Double, Long } from 'bson';
import type { Options } from 'mingo/types';
import { CommandError, type ErrorName } from '../../command-error.ts';
import { mingo } from '../mingo.ts';
import { addNumbers, multiplyNumbers, negateNumber } from '../../values/arithmetic.ts';
import { bsonTypeOf, isNumeric } from '../../values/bson-type.ts';
import { printValue } from '../../values/print-value.ts';
import { compareValues } from '../../values/sort-key.ts';
import { averageOf, deviationOf, sumOf } from './sums.ts';
import { evaluate, evaluateExactly, evaluateList, type ExpressionOperator, isNil } from './operator.ts';

/** A number that mingo can compute with; it knows JavaScript's only. */
function plainNumber(name: string, value: unknown): unknown {
  if (value instanceof Double) return value.value;
  if (value instanceof Long) return value.toNumber();
  if (value instanceof Decimal128) {
    throw new CommandError(
      'NotImplemented',
      `${name} of a decimal is not supported by the development server`,
    );
  }
  return value;
}

function simpler(value: unknown): unknown {
  // Within an expression a double is a plain number, so that every operator can read it.
  return value instanceof Double ? value.value : value;
}

function add(document: unknown, operand: unknown, options: Options): unknown {
  const values = evaluateList(document, operand, options);
  if (values.some(isNil)) return null;
  const [date, ...otherDates] = values.filter((value) => value instanceof Date);
  if (otherDates.length > 0) {
    throw new CommandError('Location16612', 'only one date allowed in an $add expression');
  }
  for (const value of values) {
    if (value instanceof Date || isNumeric(value)) continue;
    throw new CommandError(
      'TypeMismatch',
      `$add only supports numeric or date types, not ${bsonTypeOf(value)}`,
    );
  }
  const sum = sumOf(values);
  return date === undefined ? simpler(sum) : new Date(date.getTime() + Math.round(Number(sum)));
}

function subtract(document: unknown, operand: unknown, options: Options): unknown {
  const [left, right] = evaluateExactly('$subtract', 2, document, operand, options);
  if (isNil(left) || isNil(right)) return null;
  if (left instanceof Date && right instanceof Date) {
    return Long.fromNumber(left.getTime() - right.getTime());
  }
  if (left instanceof Date && isNumeric(right)) {
    return new Date(left.getTime() - Math.round(Number(right)));
  }
  if (!isNumeric(left) || !isNumeric(right)) {
    throw new CommandError('TypeMismatch', `can't $subtract ${bsonTypeOf(right)} from ${bsonTypeOf(left)}`);
  }
  return simpler(addNumbers(left, negateNumber(right)) ?? Number(left) - Number(right));
}

function multiply(document: unknown, operand: unknown, options: Options): unknown {
  const values = evaluateList(document, operand, options);
  if (values.some(isNil)) return null;
  return values.reduce((product, value) => {
    if (!isNumeric(value)) {
      throw new CommandError(
        'TypeMismatch',
        `$multiply only supports numeric types, not ${bsonTypeOf(value)}`,
      );
    }
    return simpler(multiplyNumbers(product, value) ?? Number(product) * Number(value));
  }, 1);
}

function divide(document: unknown, operand: unknown, options: Options): unknown {
  const [left, right] = evaluateExactly('$divide', 2, document, operand, options);
  if (isNil(left) || isNil(right)) return null;
  if (!isNumeric(left) || !isNumeric(right)) {
    throw new CommandError(
      'TypeMismatch',
      `$divide only supports numeric types, not ${bsonTypeOf(left)} and ${bsonTypeOf(right)}`,
    );
  }
  if (Number(right) === 0) throw new CommandError('BadValue', "can't $divide by zero");
  return Number(plainNumber('$divide', left)) / Number(plainNumber('$divide', right));
}

/** MongoDB rounds halves to the even neighbour, on the decimal digits of the number. */
function roundTo(value: number, places: number, isTruncating: boolean): number {
  if (!Number.isFinite(value)) return value;
  const [mantissa = '0', exponent = '0'] = String(value).split('e');
  const scaled = Number(`${mantissa}e${Number(exponent) + places}`);
  let whole = Math.trunc(scaled);
  if (!isTruncating) {
    whole = Math.floor(scaled);
    const rest = scaled - whole;
    if (rest > 0.5 || (rest === 0.5 && whole % 2 !== 0)) whole += 1;
  }
  const [wholeMantissa = '0', wholeExponent = '0'] = String(whole).split('e');
  return Number(`${wholeMantissa}e${Number(wholeExponent) - places}`);
}

function rounding(name: string, isTruncating: boolean): ExpressionOperator {
  return (document, operand, options) => {
    const [value, places = 0] = evaluateList(document, operand, options);
    if (isNil(value) || isNil(places)) return null;
    if (!isNumeric(value)) {
      throw new CommandError(
        'Location51081',
        `${name} only supports numeric types, not ${bsonTypeOf(value)}`,
      );
    }
    const digits = Number(places);
    if (!Number.isInteger(digits) || digits < -20 || digits > 100) {
      throw new CommandError(
        'Location51083',
        `cannot apply ${name} with precision value ${digits} value must be in [-20, 100]`,
      );
    }
    if (value instanceof Long && digits >= 0) return value;
    return roundTo(Number(plainNumber(name, value)), digits, isTruncating);
  };
}

/** What a function is not defined for: its code in MongoDB, and whether it takes the number. */
const DOMAINS: Readonly<Record<string, { code: ErrorName; takes: (value: number) => boolean }>> = {
  $sqrt: { code: 'Location28714', takes: (value) => !(value < 0) },
  $ln: { code: 'Location28766', takes: (value) => !(value <= 0) },
  $log10: { code: 'Location28761', takes: (value) => !(value <= 0) },
};

/** One of mingo's numeric operators, fed with plain numbers and MongoDB's type errors. */
function numeric(name: string): ExpressionOperator {
  return (document, operand, options) => {
    // mingo's operators are typed by its own value type.
    const operator = Reflect.get(mingo().expressions, name) as ExpressionOperator;
    const value = Array.isArray(operand)
      ? evaluateList(document, operand, options)
      : evaluate(document, operand, options);
    const values: unknown[] = Array.isArray(value) ? value : [value];
    if (values.some(isNil)) return null;
    for (const part of values) {
      if (isNumeric(part)) continue;
      throw new CommandError('Location28765', `${name} only supports numeric types, not ${bsonTypeOf(part)}`);
    }
    const plain = values.map((part) => plainNumber(name, part));
    const domain = DOMAINS[name];
    if (domain !== undefined && !domain.takes(Number(plain[0]))) {
      throw new CommandError(domain.code, `${name} is not defined for ${printValue(plain[0])}`);
    }
    if (name === '$log' && !(Number(plain[0]) > 0 || Number.isNaN(plain[0]))) {
      throw new CommandError(
        'Location28758',
        `$log's argument must be a positive number, but is ${printValue(plain[0])}`,
      );
    }
    if (name === '$log' && !(Number(plain[1]) > 0 && Number(plain[1]) !== 1)) {
      throw new CommandError(
        'Location28759',
        `$log's base must be a positive number not equal to 1, but is ${printValue(plain[1])}`,
      );
    }
    if (name === '$mod' && Number(plain[1]) === 0) {
      throw new CommandError('Location16610', "can't $mod by zero");
    }
    // A single argument may be given to mingo alone or in a list; each operator takes one of the two.
    return operator(document, Array.isArray(operand) && operand.length > 1 ? plain : plain[0], options);
  };
}

const FROM_MINGO = (
  '$abs $ceil $floor $exp $ln $log $log10 $mod $pow $sqrt $sin $cos $tan $asin ' +
  '$acos $atan $atan2 $sinh $cosh $tanh $asinh $acosh $atanh $degreesToRadians ' +
  '$radiansToDegrees $bitAnd $bitOr $bitXor $bitNot'
).split(' ');

/** The numbers in an operand of `$sum` and its like, which look into one array. */
function listed(document: unknown, operand: unknown, options: Options): unknown[] {
  const values = evaluateList(document, operand, options);
  const isSingle = !Array.isArray(operand) || operand.length === 1;
  return isSingle && Array.isArray(values[0]) ? (values[0] as unknown[]) : values;
}

/** The least (-1) or greatest (1) value, null and missing passed over; `null` when nothing is left. */
export function extremeOf(values: readonly unknown[], direction: 1 | -1): unknown {
  let best: unknown = null;
  for (const value of values) {
    if (isNil(value)) continue;
    if (best === null || compareValues(value, best) * direction > 0) best = value;
  }
  return best;
}

/** Arithmetic in MongoDB's types; the functions behind come from mingo where they are functions of doubles. */
export const ARITHMETIC_OPERATORS: Readonly<Record<string, ExpressionOperator>> = {
  ...Object.fromEntries(FROM_MINGO.map((name) => [name, numeric(name)])),
  $add: add,
  $subtract: subtract,
  $multiply: multiply,
  $divide: divide,
  $round: rounding('$round', false),
  $trunc: rounding('$trunc', true),
  $sum: (document, operand, options) => sumOf(listed(document, operand, options)),
  $avg: (document, operand, options) => averageOf(listed(document, operand, options)),
  $stdDevPop: (document, operand, options) => deviationOf(listed(document, operand, options), false),
  $stdDevSamp: (document, operand, options) => deviationOf(listed(document, operand, options), true),
  $max: (document, operand, options) => extremeOf(listed(document, operand, options), 1),
  $min: (document, operand, options) => extremeOf(listed(document, operand, options), -1),
};
