import { printValue } from '../values/print-value.ts';
import { CommandError } from '../command-error.ts';
import { mingo } from './mingo.ts';
import { compileSort } from '../query/sort-documents.ts';
import { type BsonDocument, isDocument } from '../values/bson-document.ts';
import { isNumeric } from '../values/bson-type.ts';
import { compareValues, sortKeyOf } from '../values/sort-key.ts';
import { extremeOf } from './expression-operators/arithmetic.ts';
import { averageOf, deviationOf, sumOf } from './expression-operators/sums.ts';
import { isNil } from './expression-operators/operator.ts';
import { asCommandError, compileExpression, expressionOptions } from './expressions.ts';

/** Reduces the documents of a group, or of a window, to one value. */
export type Accumulator = (documents: readonly BsonDocument[]) => unknown;

type Builder = (operand: unknown, variables: BsonDocument | undefined) => Accumulator;

function ofValues(reduce: (values: unknown[]) => unknown): Builder {
  return (operand, variables) => {
    const evaluate = compileExpression(operand, variables);
    return (documents) => reduce(documents.map(evaluate));
  };
}

function namedParts(name: string, operand: unknown, allowed: readonly string[]): BsonDocument {
  if (!isDocument(operand)) {
    throw new CommandError(
      'Location5787801',
      `specification must be an object; found ${name}: ${printValue(operand)}`,
    );
  }
  for (const key of Object.keys(operand)) {
    if (allowed.includes(key)) continue;
    throw new CommandError('Location5787901', `Unknown argument for '${name}' operator: ${key}`);
  }
  for (const key of allowed) {
    if (Object.hasOwn(operand, key)) continue;
    throw new CommandError('Location5787906', `Missing value for '${key}' in ${name}`);
  }
  return operand;
}

function countOf(name: string, operand: unknown, variables: BsonDocument | undefined): number {
  const count = compileExpression(operand, variables)({});
  if (isNumeric(count) && Number.isInteger(Number(count)) && Number(count) > 0) return Number(count);
  throw new CommandError(
    'Location5787908',
    `'n' must be greater than 0, found ${printValue(count)} (${name})`,
  );
}

/** `$firstN` and its like: some of the values of `input`. */
function severalOf(name: string, pick: (values: unknown[], count: number) => unknown[]): Builder {
  return (operand, variables) => {
    const parts = namedParts(name, operand, ['input', 'n']);
    const count = countOf(name, parts['n'], variables);
    const evaluate = compileExpression(parts['input'], variables);
    return (documents) => pick(documents.map(evaluate), count);
  };
}

/** `$top` and its like: outputs in an order of their own. */
function inOrder(name: string, isMany: boolean, isFromEnd: boolean): Builder {
  return (operand, variables) => {
    const allowed = isMany ? ['n', 'sortBy', 'output'] : ['sortBy', 'output'];
    const parts = namedParts(name, operand, allowed);
    if (!isDocument(parts['sortBy'])) {
      throw new CommandError('Location10065', `invalid parameter: expected an object (sortBy) in ${name}`);
    }
    const sort = compileSort(parts['sortBy']);
    const evaluate = compileExpression(parts['output'], variables);
    const count = isMany ? countOf(name, parts['n'], variables) : 1;
    return (documents) => {
      const sorted = sort(documents.map((document) => ({ document })));
      const chosen = isFromEnd ? sorted.slice(-count) : sorted.slice(0, count);
      const outputs = chosen.map(({ document }) => evaluate(document) ?? null);
      return isMany ? outputs : (outputs[0] ?? null);
    };
  };
}

function distinct(values: readonly unknown[]): unknown[] {
  const found = new Map<string, unknown>();
  for (const value of values) if (value !== undefined) found.set(sortKeyOf(value), value);
  return [...found.values()];
}

function sortedPresent(values: readonly unknown[], direction: 1 | -1): unknown[] {
  return values
    .filter((value) => !isNil(value))
    .sort((left, right) => direction * compareValues(left, right));
}

function merged(values: readonly unknown[]): BsonDocument {
  const result: BsonDocument = {};
  for (const value of values) {
    if (isNil(value)) continue;
    if (!isDocument(value)) {
      throw new CommandError('Location40400', '$mergeObjects requires object inputs');
    }
    Object.assign(result, value);
  }
  return result;
}

type MingoAccumulator = (
  documents: readonly BsonDocument[],
  operand: unknown,
  options: ReturnType<typeof expressionOptions>,
) => unknown;

function fromMingo(name: string): Builder {
  return (operand, variables) => (documents) => {
    // mingo's operators are typed by its own value type.
    const accumulate = Reflect.get(mingo().accumulators, name) as MingoAccumulator;
    try {
      return accumulate(documents, operand, expressionOptions(variables));
    } catch (error) {
      throw asCommandError(error);
    }
  };
}

const ACCUMULATORS: Readonly<Record<string, Builder>> = {
  $sum: ofValues(sumOf),
  $avg: ofValues(averageOf),
  $stdDevPop: ofValues((values) => deviationOf(values, false)),
  $stdDevSamp: ofValues((values) => deviationOf(values, true)),
  $min: ofValues((values) => extremeOf(values, -1)),
  $max: ofValues((values) => extremeOf(values, 1)),
  $first: ofValues((values) => values[0] ?? null),
  $last: ofValues((values) => values.at(-1) ?? null),
  $push: ofValues((values) => values.filter((value) => value !== undefined)),
  $addToSet: ofValues(distinct),
  $mergeObjects: ofValues(merged),
  $count: (operand) => {
    if (!isDocument(operand) || Object.keys(operand).length > 0) {
      throw new CommandError('TypeMismatch', '$count takes no arguments, i.e. $count:{}');
    }
    return (documents) => documents.length;
  },
  $firstN: severalOf('$firstN', (values, count) => values.slice(0, count).map((value) => value ?? null)),
  $lastN: severalOf('$lastN', (values, count) => values.slice(-count).map((value) => value ?? null)),
  $minN: severalOf('$minN', (values, count) => sortedPresent(values, 1).slice(0, count)),
  $maxN: severalOf('$maxN', (values, count) => sortedPresent(values, -1).slice(0, count)),
  $top: inOrder('$top', false, false),
  $topN: inOrder('$topN', true, false),
  $bottom: inOrder('$bottom', false, true),
  $bottomN: inOrder('$bottomN', true, true),
  $median: fromMingo('$median'),
  $percentile: fromMingo('$percentile'),
};

/** True for the name of an accumulator. */
export function isAccumulator(name: string): boolean {
  return Object.hasOwn(ACCUMULATORS, name);
}

/** Compiles `{ $operator: operand }` for a group or a window. */
export function compileAccumulator(
  field: string,
  specification: unknown,
  variables: BsonDocument | undefined,
): Accumulator {
  if (!isDocument(specification)) {
    throw new CommandError('Location40234', `The field '${field}' must be an accumulator object`);
  }
  const [operator = '', ...others] = Object.keys(specification);
  if (others.length > 0 || operator === '') {
    throw new CommandError('Location40238', `The field '${field}' must specify one accumulator`);
  }
  const build = ACCUMULATORS[operator];
  if (build === undefined) {
    if (!operator.startsWith('$')) {
      throw new CommandError('Location40234', `The field '${field}' must be an accumulator object`);
    }
    throw new CommandError('Location15952', `unknown group operator '${operator}'`);
  }
  return build(specification[operator], variables);
}
