import { CommandError, type ErrorName } from '../../command-error.ts';
import { compileSort } from '../../query/sort-documents.ts';
import { isDocument } from '../../values/bson-document.ts';
import { bsonTypeOf, isNumeric } from '../../values/bson-type.ts';
import { areEqual, compareValues, sortKeyOf } from '../../values/sort-key.ts';
import { evaluate, evaluateExactly, evaluateList, type ExpressionOperator, isNil } from './operator.ts';

/** MongoDB's codes for an operand that is no array; 17041 is that of the others. */
const NO_ARRAY: Readonly<Record<string, ErrorName>> = {
  $setUnion: 'Location17043',
  $setEquals: 'Location17044',
  $setIsSubset: 'Location17046',
  $setIntersection: 'Location17047',
  $setDifference: 'Location17048',
  $first: 'Location28689',
  $last: 'Location28689',
  $indexOfArray: 'Location40090',
  $sortArray: 'Location2942504',
};

function arrayOf(name: string, value: unknown): unknown[] {
  if (Array.isArray(value)) return value as unknown[];
  throw new CommandError(
    NO_ARRAY[name] ?? 'Location17041',
    `All operands of ${name} must be arrays. One argument is of type: ${bsonTypeOf(value)}`,
  );
}

function byKey(values: readonly unknown[]): Map<string, unknown> {
  const found = new Map<string, unknown>();
  for (const value of values) {
    const key = sortKeyOf(value);
    if (!found.has(key)) found.set(key, value);
  }
  return found;
}

/** An operator on sets that is null when an argument is. */
function setOperator(
  name: string,
  combine: (sets: readonly Map<string, unknown>[]) => unknown,
): ExpressionOperator {
  return (document, operand, options) => {
    const values = evaluateList(document, operand, options);
    if (values.some(isNil)) return null;
    return combine(values.map((value) => byKey(arrayOf(name, value))));
  };
}

/** A test on sets, for which null is an error. */
function setTest(
  name: string,
  decide: (sets: readonly Map<string, unknown>[]) => boolean,
): ExpressionOperator {
  return (document, operand, options) =>
    decide(evaluateList(document, operand, options).map((value) => byKey(arrayOf(name, value))));
}

const EMPTY = new Map<string, unknown>();

function isSubset(left: Map<string, unknown>, right: Map<string, unknown>): boolean {
  return [...left.keys()].every((key) => right.has(key));
}

const sortArray: ExpressionOperator = (document, operand, options) => {
  if (!isDocument(operand)) throw new CommandError('Location2942500', '$sortArray requires an object');
  const input = evaluate(document, operand['input'], options);
  if (isNil(input)) return null;
  const array = [...arrayOf('$sortArray', input)];
  const order = operand['sortBy'];
  if (isDocument(order)) {
    const items = array.map((value) => ({ document: isDocument(value) ? value : {}, value }));
    return compileSort(order)(items).map(({ value }) => value);
  }
  const direction = Number(order);
  return array.sort((left, right) => direction * compareValues(left, right));
};

const slice: ExpressionOperator = (document, operand, options) => {
  const values = evaluateList(document, operand, options);
  if (values.length < 2 || values.length > 3) {
    throw new CommandError('Location28667', `Expression $slice takes 2 or 3 arguments, not ${values.length}`);
  }
  if (values.some(isNil)) return null;
  const [array, ...places] = values;
  if (!Array.isArray(array)) {
    throw new CommandError(
      'Location28724',
      `First argument to $slice must be an array, but is of type: ${bsonTypeOf(array)}`,
    );
  }
  if (!places.every((place) => isNumeric(place) && Number.isInteger(Number(place)))) {
    throw new CommandError('Location28726', 'The places of $slice must be whole numbers');
  }
  const [first = 0, count] = places.map(Number);
  if (count === undefined) return first < 0 ? array.slice(first) : array.slice(0, first);
  if (count <= 0) throw new CommandError('Location28729', 'Third argument to $slice must be positive');
  const start = first < 0 ? Math.max(0, array.length + first) : first;
  return array.slice(start, start + count);
};

function endOf(name: string, pick: (array: unknown[]) => unknown): ExpressionOperator {
  return (document, operand, options) => {
    const [value] = evaluateExactly(name, 1, document, operand, options);
    return isNil(value) ? null : pick(arrayOf(name, value));
  };
}

/** Operators on arrays that rest on equality or order, and ends of arrays. */
export const SET_OPERATORS: Readonly<Record<string, ExpressionOperator>> = {
  $in: (document, operand, options) => {
    const [value, array] = evaluateExactly('$in', 2, document, operand, options);
    if (!Array.isArray(array)) {
      throw new CommandError(
        'Location40081',
        `$in requires an array as a second argument, found: ${bsonTypeOf(array)}`,
      );
    }
    return array.some((element) => areEqual(element, value));
  },
  $indexOfArray: (document, operand, options) => {
    const [array, value, start = 0, end] = evaluateList(document, operand, options);
    if (isNil(array)) return null;
    const elements = arrayOf('$indexOfArray', array);
    const stop = Math.min(elements.length, isNil(end) ? elements.length : Number(end));
    for (let index = Number(start); index < stop; index++) {
      if (areEqual(elements[index], value)) return index;
    }
    return -1;
  },
  $size: (document, operand, options) => {
    const [array] = evaluateExactly('$size', 1, document, operand, options);
    if (Array.isArray(array)) return array.length;
    throw new CommandError(
      'Location17124',
      `The argument to $size must be an array, but was of type: ${bsonTypeOf(array)}`,
    );
  },
  $setUnion: setOperator('$setUnion', (sets) => [...new Map(sets.flatMap((set) => [...set])).values()]),
  $setIntersection: setOperator('$setIntersection', ([first = EMPTY, ...others]) =>
    [...first].flatMap(([key, value]) => (others.every((set) => set.has(key)) ? [value] : [])),
  ),
  $setDifference: setOperator('$setDifference', ([left = EMPTY, right = EMPTY]) =>
    [...left].flatMap(([key, value]) => (right.has(key) ? [] : [value])),
  ),
  $setEquals: setTest('$setEquals', ([first = EMPTY, ...others]) =>
    others.every((set) => isSubset(first, set) && isSubset(set, first)),
  ),
  $setIsSubset: setTest('$setIsSubset', ([left = EMPTY, right = EMPTY]) => isSubset(left, right)),
  $slice: slice,
  $sortArray: sortArray,
  $first: endOf('$first', (array) => array[0]),
  $last: endOf('$last', (array) => array.at(-1)),
};
