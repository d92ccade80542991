import { printValue } from '../values/print-value.ts';
import { Long, Timestamp } from 'bson';
import { CommandError } from '../command-error.ts';
import { addNumbers, multiplyNumbers } from '../values/arithmetic.ts';
import { copyValue } from '../values/bson-codec.ts';
import { isDocument } from '../values/bson-document.ts';
import { bsonTypeOf, isNumeric } from '../values/bson-type.ts';
import { compareValues } from '../values/sort-key.ts';
import { addToSet, type FieldUpdate, pop, pull, pullAll, push, UNCHANGED } from './array-operators.ts';

function arithmetic(
  operator: '$inc' | '$mul',
  operand: unknown,
  compute: (left: unknown, right: unknown) => unknown,
): FieldUpdate {
  const verb = operator === '$inc' ? 'increment' : 'multiply';
  if (!isNumeric(operand)) {
    throw new CommandError(
      'TypeMismatch',
      `Cannot ${verb} with non-numeric argument: {${printValue(operand)}}`,
    );
  }
  return (current, path) => {
    if (current === undefined) return operator === '$inc' ? operand : compute(operand, 0);
    if (!isNumeric(current)) {
      throw new CommandError(
        'TypeMismatch',
        `Cannot apply ${operator} to a value of non-numeric type. The field '${path}' is of ` +
          `non-numeric type ${bsonTypeOf(current)}`,
      );
    }
    const result = compute(current, operand);
    if (result !== null) return result;
    throw new CommandError(
      'BadValue',
      `Failed to apply ${operator} operations to current value (${printValue(current)}) of '${path}'`,
    );
  };
}

function bound(operand: unknown, isBetter: (order: number) => boolean): FieldUpdate {
  return (current) =>
    current === undefined || isBetter(compareValues(operand, current)) ? copyValue(operand) : UNCHANGED;
}

function currentDate(operand: unknown): FieldUpdate {
  const type = isDocument(operand) ? operand['$type'] : operand === true ? 'date' : undefined;
  if (type === 'date') return () => new Date();
  if (type === 'timestamp') {
    return () => new Timestamp({ t: Math.floor(Date.now() / 1000), i: 1 });
  }
  if (typeof operand === 'boolean') return () => new Date();
  throw new CommandError(
    'BadValue',
    "$currentDate needs a boolean or { $type: 'date' } or { $type: 'timestamp' }",
  );
}

function bigintOf(value: unknown): bigint {
  return value instanceof Long ? value.toBigInt() : BigInt(Number(value));
}

function bitwise(operand: unknown): FieldUpdate {
  const operations = isDocument(operand) ? Object.entries(operand) : [];
  if (operations.length === 0) {
    throw new CommandError('BadValue', 'You must pass in at least one bitwise operation');
  }
  for (const [name, value] of operations) {
    if (!['and', 'or', 'xor'].includes(name)) {
      throw new CommandError(
        'BadValue',
        `The $bit modifier only supports 'and', 'or', and 'xor', not '${name}'`,
      );
    }
    if (!['int', 'long'].includes(bsonTypeOf(value))) {
      throw new CommandError(
        'BadValue',
        `The $bit modifier field must be an Integer(32/64 bit); a '${bsonTypeOf(value)}' is not supported here`,
      );
    }
  }
  return (current, path) => {
    if (current !== undefined && !['int', 'long'].includes(bsonTypeOf(current))) {
      throw new CommandError(
        'BadValue',
        `Cannot apply $bit to a value of non-integral type. ${path} has the type ${bsonTypeOf(current)}`,
      );
    }
    let value = bigintOf(current ?? 0);
    let isLong = current instanceof Long;
    for (const [name, part] of operations) {
      const mask = bigintOf(part);
      isLong ||= part instanceof Long;
      if (name === 'and') value &= mask;
      else if (name === 'or') value |= mask;
      else value ^= mask;
    }
    return isLong ? Long.fromBigInt(value) : Number(value);
  };
}

/** The update operators that make one field's new value from its old one. */
export const FIELD_OPERATORS: Readonly<Record<string, (operand: unknown) => FieldUpdate>> = {
  $set: (operand) => () => copyValue(operand),
  $setOnInsert: (operand) => () => copyValue(operand),
  $inc: (operand) => arithmetic('$inc', operand, addNumbers),
  $mul: (operand) => arithmetic('$mul', operand, multiplyNumbers),
  $min: (operand) => bound(operand, (order) => order < 0),
  $max: (operand) => bound(operand, (order) => order > 0),
  $currentDate: currentDate,
  $bit: bitwise,
  $push: push,
  $addToSet: addToSet,
  $pull: pull,
  $pullAll: pullAll,
  $pop: pop,
};
