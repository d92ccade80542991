import { printValue } from '../../values/print-value.ts';
import { Decimal128, Double, Long, ObjectId } from 'bson';
import { CommandError } from '../../command-error.ts';
import { isDocument } from '../../values/bson-document.ts';
import { BSON_TYPE_NUMBERS, bsonTypeOf, isNumeric } from '../../values/bson-type.ts';
import { isTruthy } from '../truth.ts';
import { parseIsoDate } from './date-texts.ts';
import { evaluate, evaluateExactly, type ExpressionOperator, isNil } from './operator.ts';

function failure(value: unknown, target: string, reason = ''): CommandError {
  return new CommandError(
    'ConversionFailure',
    `Failed to convert ${bsonTypeOf(value)} to ${target} in $convert with no onError value${reason}`,
  );
}

const NUMBER_TEXT = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

function numberFrom(value: unknown, target: string): number {
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (isNumeric(value)) return Number(value);
  if (value instanceof Date && target !== 'int') return value.getTime();
  if (typeof value === 'string') {
    const isInteger = target === 'int' || target === 'long';
    const pattern = isInteger ? /^[+-]?\d+$/ : NUMBER_TEXT;
    if (pattern.test(value)) return Number(value);
    throw failure(value, target, `: Failed to parse number '${value}'`);
  }
  throw failure(value, target);
}

function toInt(value: unknown): number {
  const number = Math.trunc(numberFrom(value, 'int'));
  if (number > 2_147_483_647 || number < -2_147_483_648 || Number.isNaN(number)) {
    throw failure(value, 'int', `: Conversion would overflow target type`);
  }
  return number + 0;
}

function toLong(value: unknown): Long {
  if (value instanceof Long) return value;
  if (typeof value === 'string' && /^[+-]?\d+$/.test(value)) return Long.fromString(value);
  const number = Math.trunc(numberFrom(value, 'long'));
  if (!Number.isFinite(number) || Math.abs(number) >= 2 ** 63) {
    throw failure(value, 'long', `: Conversion would overflow target type`);
  }
  return Long.fromBigInt(BigInt(number));
}

function toText(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return String(value);
  if (value instanceof Date) return value.toISOString();
  if (value instanceof ObjectId) return value.toHexString();
  if (value instanceof Double) return String(value.value);
  if (isNumeric(value)) return String(value);
  throw failure(value, 'string');
}

function toDate(value: unknown): Date {
  if (value instanceof Date) return value;
  if (value instanceof ObjectId) return value.getTimestamp();
  if (typeof value === 'string') {
    const date = parseIsoDate(value);
    if (date !== null) return date;
    throw failure(value, 'date', `: Error parsing date string '${value}'`);
  }
  if (isNumeric(value) && bsonTypeOf(value) !== 'int') return new Date(Math.trunc(Number(value)));
  throw failure(value, 'date');
}

function toObjectId(value: unknown): ObjectId {
  if (value instanceof ObjectId) return value;
  if (typeof value === 'string' && /^[0-9a-fA-F]{24}$/.test(value)) return new ObjectId(value);
  throw failure(value, 'objectId', typeof value === 'string' ? `: Failed to parse objectId '${value}'` : '');
}

function toDecimal(value: unknown): Decimal128 {
  if (value instanceof Decimal128) return value;
  const isDouble = isNumeric(value) && bsonTypeOf(value) === 'double';
  if (isDouble) return Decimal128.fromStringWithRounding(Number(value).toPrecision(15));
  if (value instanceof Long) return Decimal128.fromString(value.toString());
  if (typeof value === 'string' && NUMBER_TEXT.test(value)) return Decimal128.fromString(value);
  return Decimal128.fromString(String(numberFrom(value, 'decimal')));
}

const CONVERSIONS: Readonly<Record<string, (value: unknown) => unknown>> = {
  int: toInt,
  long: toLong,
  double: (value) => numberFrom(value, 'double'),
  decimal: toDecimal,
  bool: (value) => (!isNumeric(value) || isTruthy(value) ? value !== false : false),
  string: toText,
  date: toDate,
  objectId: toObjectId,
};

function conversion(name: string, target: string): ExpressionOperator {
  return (document, operand, options) => {
    const [value] = evaluateExactly(name, 1, document, operand, options);
    return isNil(value) ? null : CONVERSIONS[target]?.(value);
  };
}

function targetOf(to: unknown): string {
  const type = isDocument(to) ? to['type'] : to;
  const name =
    typeof type === 'string'
      ? type
      : Object.keys(BSON_TYPE_NUMBERS).find((key) => BSON_TYPE_NUMBERS[key] === Number(type));
  if (name !== undefined && Object.hasOwn(CONVERSIONS, name)) return name;
  throw new CommandError('BadValue', `Unknown type name: ${printValue(type)}`);
}

const convert: ExpressionOperator = (document, operand, options) => {
  if (!isDocument(operand) || !Object.hasOwn(operand, 'input') || !Object.hasOwn(operand, 'to')) {
    throw new CommandError('FailedToParse', "$convert needs 'input' and 'to'");
  }
  const input = evaluate(document, operand['input'], options);
  if (isNil(input)) {
    return Object.hasOwn(operand, 'onNull') ? evaluate(document, operand['onNull'], options) : null;
  }
  const target = targetOf(evaluate(document, operand['to'], options));
  try {
    return CONVERSIONS[target]?.(input);
  } catch (error) {
    if (!Object.hasOwn(operand, 'onError')) throw error;
    return evaluate(document, operand['onError'], options);
  }
};

/** Types and conversions; mingo knows neither ObjectId nor Long nor Decimal128. */
export const TYPE_OPERATORS: Readonly<Record<string, ExpressionOperator>> = {
  $type: (document, operand, options) =>
    bsonTypeOf(evaluateExactly('$type', 1, document, operand, options)[0]),
  $isNumber: (document, operand, options) =>
    isNumeric(evaluateExactly('$isNumber', 1, document, operand, options)[0]),
  $toInt: conversion('$toInt', 'int'),
  $toLong: conversion('$toLong', 'long'),
  $toDouble: conversion('$toDouble', 'double'),
  $toDecimal: conversion('$toDecimal', 'decimal'),
  $toBool: conversion('$toBool', 'bool'),
  $toString: conversion('$toString', 'string'),
  $toDate: conversion('$toDate', 'date'),
  $toObjectId: conversion('$toObjectId', 'objectId'),
  $convert: convert,
};
