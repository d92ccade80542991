import { printValue } from '../values/print-value.ts';
import { CommandError } from '../command-error.ts';
import { compileFilter, isValueCondition } from '../query/compile-filter.ts';
import { isRegex } from '../query/field-conditions.ts';
import { compileSort } from '../query/sort-documents.ts';
import { copyValue } from '../values/bson-codec.ts';
import { isDocument } from '../values/bson-document.ts';
import { bsonTypeOf, isNumeric } from '../values/bson-type.ts';
import { areEqual, compareValues, sortKeyOf } from '../values/sort-key.ts';

/** Makes the new value of a field from the old one; `undefined` in is a missing field. */
export type FieldUpdate = (current: unknown, path: string) => unknown;

/** The same as the current value: nothing is to be set. */
export const UNCHANGED: unique symbol = Symbol('unchanged');

function arrayOrNew(operator: string, current: unknown, path: string): unknown[] {
  if (current === undefined) return [];
  if (Array.isArray(current)) return [...(current as unknown[])];
  throw new CommandError(
    'BadValue',
    `The field '${path}' must be an array but is of type ${bsonTypeOf(current)} in document (${operator})`,
  );
}

function eachOf(operator: string, operand: unknown): unknown[] {
  if (!isDocument(operand) || !Object.hasOwn(operand, '$each')) return [operand];
  const each = operand['$each'];
  if (Array.isArray(each)) return each;
  throw new CommandError(
    operator === '$push' ? 'BadValue' : 'TypeMismatch',
    `The argument to $each in ${operator} must be an array but it was of type: ${bsonTypeOf(each)}`,
  );
}

const PUSH_MODIFIERS = new Set(['$each', '$slice', '$sort', '$position']);

function integerModifier(operand: unknown, name: string): number | null {
  if (!isDocument(operand) || operand[name] === undefined) return null;
  const value = operand[name];
  if (isNumeric(value) && Number.isInteger(Number(value))) return Number(value);
  throw new CommandError('BadValue', `The value for ${name} must be an integer value`);
}

function sorted(array: unknown[], order: unknown): unknown[] {
  if (isDocument(order)) {
    const items = array.map((value) => ({ document: isDocument(value) ? value : {}, value }));
    return compileSort(order)(items).map(({ value }) => value);
  }
  const direction = Number(order);
  if (direction !== 1 && direction !== -1) {
    throw new CommandError('BadValue', 'The $sort element value must be either 1 or -1');
  }
  return array.sort((left, right) => direction * compareValues(left, right));
}

/** `$push` with `$each`, `$position`, `$sort` and `$slice`. */
export function push(operand: unknown): FieldUpdate {
  const values = eachOf('$push', operand);
  const hasModifiers = isDocument(operand) && Object.hasOwn(operand, '$each');
  const modifiers = hasModifiers ? operand : {};
  for (const name of Object.keys(modifiers)) {
    if (PUSH_MODIFIERS.has(name)) continue;
    throw new CommandError('BadValue', `Unrecognized clause in $push: ${name}`);
  }
  const position = integerModifier(modifiers, '$position');
  const slice = integerModifier(modifiers, '$slice');
  return (current, path) => {
    let array = arrayOrNew('$push', current, path);
    array.splice(position ?? array.length, 0, ...values.map(copyValue));
    if (modifiers['$sort'] !== undefined) array = sorted(array, modifiers['$sort']);
    if (slice === null) return array;
    return slice < 0 ? array.slice(slice) : array.slice(0, slice);
  };
}

/** `$addToSet` with `$each`. */
export function addToSet(operand: unknown): FieldUpdate {
  const values = eachOf('$addToSet', operand);
  return (current, path) => {
    const array = arrayOrNew('$addToSet', current, path);
    const known = new Set(array.map(sortKeyOf));
    for (const value of values) {
      const key = sortKeyOf(value);
      if (!known.has(key)) array.push(copyValue(value));
      known.add(key);
    }
    return array;
  };
}

function existingArray(operator: string, current: unknown): unknown[] | null {
  if (current === undefined) return null;
  if (Array.isArray(current)) return current as unknown[];
  throw new CommandError('BadValue', `Cannot apply ${operator} to a non-array value`);
}

/** `$pull`: removes the elements that equal a value or match a condition. */
export function pull(operand: unknown): FieldUpdate {
  const test = elementTest(operand);
  return (current) => {
    const array = existingArray('$pull', current);
    return array === null ? UNCHANGED : array.filter((element) => !test(element));
  };
}

function elementTest(operand: unknown): (element: unknown) => boolean {
  if (isValueCondition(operand) || isRegex(operand)) {
    const matches = compileFilter({ element: operand });
    return (element) => matches({ element });
  }
  if (isDocument(operand)) {
    const matches = compileFilter(operand);
    return (element) => isDocument(element) && matches(element);
  }
  return (element) => areEqual(element, operand);
}

/** `$pullAll`: removes the elements that equal one of some values. */
export function pullAll(operand: unknown): FieldUpdate {
  if (!Array.isArray(operand)) {
    throw new CommandError('BadValue', '$pullAll requires an array argument');
  }
  const keys = new Set(operand.map(sortKeyOf));
  return (current) => {
    const array = existingArray('$pullAll', current);
    return array === null ? UNCHANGED : array.filter((element) => !keys.has(sortKeyOf(element)));
  };
}

/** `$pop`: removes the first (-1) or the last (1) element. */
export function pop(operand: unknown): FieldUpdate {
  const end = isNumeric(operand) ? Number(operand) : Number.NaN;
  if (end !== 1 && end !== -1) {
    throw new CommandError('FailedToParse', `$pop expects 1 or -1, found: ${printValue(operand)}`);
  }
  return (current, path) => {
    if (current === undefined) return UNCHANGED;
    if (!Array.isArray(current)) {
      throw new CommandError(
        'TypeMismatch',
        `Path '${path}' contains an element of non-array type '${bsonTypeOf(current)}'`,
      );
    }
    return end === 1 ? current.slice(0, -1) : current.slice(1);
  };
}
