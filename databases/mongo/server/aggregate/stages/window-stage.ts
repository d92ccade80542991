import { printValue } from '../../values/print-value.ts';
import { CommandError } from '../../command-error.ts';
import { compileSort } from '../../query/sort-documents.ts';
import { type BsonDocument, isDocument } from '../../values/bson-document.ts';
import { bsonTypeOf, isNumeric } from '../../values/bson-type.ts';
import { sortKeyOf } from '../../values/sort-key.ts';
import { splitPath, valueAt } from '../../values/paths.ts';
import { compileAccumulator, isAccumulator } from '../accumulators.ts';
import { compileExpression } from '../expressions.ts';
import type { PipelineContext, Stage } from '../pipeline-context.ts';
import { withValueAt } from './basic-stages.ts';
import { groupDocuments } from './group-stages.ts';

/** Computes one output field for every document of a sorted partition. */
type WindowFunction = (partition: readonly BsonDocument[]) => readonly unknown[];

const UNIT_MS: Readonly<Record<string, number>> = {
  millisecond: 1,
  second: 1000,
  minute: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
  week: 604_800_000,
};

function fail(message: string): CommandError {
  return new CommandError('FailedToParse', message);
}

function sortKeys(partition: readonly BsonDocument[], sortBy: BsonDocument): string[] {
  const paths = Object.keys(sortBy);
  return partition.map((document) =>
    paths.map((path) => sortKeyOf(valueAt(document, path) ?? null)).join(''),
  );
}

function ranks(partition: readonly BsonDocument[], sortBy: BsonDocument, isDense: boolean): number[] {
  const keys = sortKeys(partition, sortBy);
  let rank = 0;
  return keys.map((key, index) => {
    if (index === 0 || key !== keys[index - 1]) rank = isDense ? rank + 1 : index + 1;
    return rank;
  });
}

function shift(operand: unknown, variables: BsonDocument | undefined): WindowFunction {
  if (!isDocument(operand) || !Number.isInteger(Number(operand['by']))) {
    throw fail("$shift requires 'output' and an integer 'by'");
  }
  const by = Number(operand['by']);
  const output = compileExpression(operand['output'], variables);
  const fallback = compileExpression(operand['default'] ?? null, variables);
  return (partition) =>
    partition.map((_, index) => {
      const other = partition[index + by];
      return other === undefined ? fallback({}) : (output(other) ?? null);
    });
}

function rankFunction(
  operator: string,
  operand: unknown,
  sortBy: BsonDocument,
  variables: BsonDocument | undefined,
): WindowFunction {
  if (operator === '$shift') return shift(operand, variables);
  if (!isDocument(operand) || Object.keys(operand).length > 0) {
    throw new CommandError('Location5371601', `${operator} must be specified with '{}' as the value`);
  }
  if (operator === '$documentNumber') return (partition) => partition.map((_, index) => index + 1);
  if (Object.keys(sortBy).length !== 1) {
    throw new CommandError(
      'Location5371602',
      `${operator} must be specified with a top level sortBy expression with exactly one element`,
    );
  }
  return (partition) => ranks(partition, sortBy, operator === '$denseRank');
}

type Bound = number | 'unbounded' | 'current';

function boundsOf(value: unknown, kind: string): readonly [Bound, Bound] {
  const parts: unknown[] = Array.isArray(value) ? value : [];
  const isBound = (part: unknown): boolean => part === 'unbounded' || part === 'current' || isNumeric(part);
  if (parts.length !== 2 || !parts.every(isBound)) {
    throw fail(`Window bounds must be a 2-element array of 'unbounded', 'current' or a number: ${kind}`);
  }
  const [low, high] = parts.map((part) => (part === 'unbounded' || part === 'current' ? part : Number(part)));
  return [low ?? 'unbounded', high ?? 'unbounded'];
}

function documentsWindow(
  partition: readonly BsonDocument[],
  index: number,
  [low, high]: readonly [Bound, Bound],
): readonly BsonDocument[] {
  const start = low === 'unbounded' ? 0 : index + (low === 'current' ? 0 : low);
  const end = high === 'unbounded' ? partition.length : index + (high === 'current' ? 0 : high) + 1;
  return partition.slice(Math.max(0, start), Math.max(0, end));
}

/** Where a document stands in a range: a date where the range has a unit, else a number. */
function rangeValue(value: unknown, hasUnit: boolean): number {
  if (hasUnit ? value instanceof Date : isNumeric(value)) return Number(value);
  if (value instanceof Date) {
    throw new CommandError(
      'Location5429413',
      'For windows that involve date or time ranges, a unit must be provided.',
    );
  }
  throw new CommandError(
    hasUnit ? 'Location5429513' : 'Location5429414',
    `Invalid range: Expected the sortBy field to be a ${hasUnit ? 'Date' : 'number'}, but it was ${bsonTypeOf(value)}`,
  );
}

function rangeWindow(
  partition: readonly BsonDocument[],
  index: number,
  [low, high]: readonly [Bound, Bound],
  path: string,
  unitMs: number | null,
): readonly BsonDocument[] {
  const valueOf = (document: BsonDocument | undefined): number =>
    document === undefined ? Number.NaN : rangeValue(valueAt(document, path), unitMs !== null);
  const current = valueOf(partition[index]);
  const edge = (bound: Bound, open: number): number =>
    bound === 'unbounded' ? open : current + (bound === 'current' ? 0 : bound * (unitMs ?? 1));
  const [from, to] = [edge(low, -Infinity), edge(high, Infinity)];
  return partition.filter((document) => {
    const value = valueOf(document);
    return value >= from && value <= to;
  });
}

function windowFunction(
  field: string,
  specification: BsonDocument,
  sortBy: BsonDocument,
  variables: BsonDocument | undefined,
): WindowFunction {
  const { window, ...accumulator } = specification;
  const [operator = ''] = Object.keys(accumulator);
  if (['$rank', '$denseRank', '$documentNumber', '$shift'].includes(operator)) {
    if (window !== undefined)
      throw new CommandError('Location5371601', `${operator} does not accept a 'window' field`);
    if (Object.keys(sortBy).length === 0)
      throw new CommandError(
        'Location5371602',
        `${operator} must be specified with a top level sortBy expression`,
      );
    return rankFunction(operator, accumulator[operator], sortBy, variables);
  }
  if (!isAccumulator(operator)) throw fail(`Unrecognized window function, ${operator}`);
  const accumulate = compileAccumulator(field, accumulator, variables);
  if (window === undefined) {
    return (partition) => {
      const value = accumulate(partition);
      return partition.map(() => value);
    };
  }
  if (!isDocument(window)) throw fail("'window' field must be an object");
  return boundedFunction(window, sortBy, accumulate);
}

function boundedFunction(
  window: BsonDocument,
  sortBy: BsonDocument,
  accumulate: (documents: readonly BsonDocument[]) => unknown,
): WindowFunction {
  const { documents, range, unit, ...unknown } = window;
  const [extra] = Object.keys(unknown);
  if (extra !== undefined)
    throw fail(
      `'window' field can only contain 'documents' as the only argument or 'range' with an optional 'unit' field, found: ${extra}`,
    );
  if (documents !== undefined) {
    if (range !== undefined) throw fail("Window bounds can specify either 'documents' or 'unit', not both.");
    const bounds = boundsOf(documents, 'documents');
    return (partition) => partition.map((_, index) => accumulate(documentsWindow(partition, index, bounds)));
  }
  const [path = '', ...others] = Object.keys(sortBy);
  if (path === '' || others.length > 0 || Number(sortBy[path]) !== 1) {
    throw new CommandError(
      'Location5339902',
      'Range-based bounds require an ascending sortBy of a single field',
    );
  }
  const bounds = boundsOf(range ?? ['unbounded', 'unbounded'], 'range');
  const unitMs = unit === undefined ? null : UNIT_MS[printValue(unit)];
  if (unitMs === undefined) {
    throw new CommandError(
      'NotImplemented',
      `The window unit ${printValue(unit)} is not supported by the development server`,
    );
  }
  return (partition) =>
    partition.map((_, index) => accumulate(rangeWindow(partition, index, bounds, path, unitMs)));
}

/** `$setWindowFields`. */
export function windowStage(operand: unknown, context: PipelineContext): Stage {
  if (!isDocument(operand)) {
    throw fail('the $setWindowFields stage specification must be an object');
  }
  const { partitionBy = null, sortBy = {}, output, ...unknown } = operand;
  const [extra] = Object.keys(unknown);
  if (extra !== undefined) {
    throw new CommandError('Location40415', `BSON field '$setWindowFields.${extra}' is an unknown field.`);
  }
  if (!isDocument(sortBy) || !isDocument(output)) {
    throw new CommandError(
      'Location40414',
      "BSON field '$setWindowFields.output' is missing but a required field",
    );
  }
  const sort = compileSort(sortBy);
  const keyOf = compileExpression(partitionBy, context.variables);
  const fields = Object.entries(output).map(([name, specification]) => {
    if (!isDocument(specification)) throw fail(`the field '${name}' must be an object`);
    return [name, windowFunction(name, specification, sortBy, context.variables)] as const;
  });
  return function* setWindowFields(input) {
    const groups = groupDocuments(input, keyOf);
    // MongoDB sorts by the partition first.
    groups.sort((left, right) => (sortKeyOf(left.id) < sortKeyOf(right.id) ? -1 : 1));
    for (const { documents } of groups) {
      const partition = sort(documents.map((document) => ({ document }))).map(({ document }) => document);
      const columns = fields.map(([name, compute]) => [name, compute(partition)] as const);
      for (const [index, document] of partition.entries()) {
        let result: unknown = document;
        for (const [name, column] of columns) {
          result = withValueAt(result, splitPath(name), column[index]);
        }
        yield result as BsonDocument;
      }
    }
  };
}
