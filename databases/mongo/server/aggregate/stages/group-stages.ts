import { CommandError } from '../../command-error.ts';
import { type BsonDocument, isDocument, setField } from '../../values/bson-document.ts';
import { compareValues, sortKeyOf } from '../../values/sort-key.ts';
import { compileAccumulator } from '../accumulators.ts';
import { compileExpression } from '../expressions.ts';
import type { PipelineContext, Stage } from '../pipeline-context.ts';
import { sortStage } from './basic-stages.ts';

interface Group {
  readonly id: unknown;
  readonly documents: BsonDocument[];
}

/** Gathers documents by the value of an expression; a missing value is null. */
export function groupDocuments(
  input: Iterable<BsonDocument>,
  keyOf: (document: BsonDocument) => unknown,
): Group[] {
  const groups = new Map<string, Group>();
  for (const document of input) {
    const id = keyOf(document) ?? null;
    const key = sortKeyOf(id);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { id, documents: [document] });
    else group.documents.push(document);
  }
  return [...groups.values()];
}

/** `$group`. */
export function groupStage(operand: unknown, { variables }: PipelineContext): Stage {
  if (!isDocument(operand)) {
    throw new CommandError('Location15947', "a group's fields must be specified in an object");
  }
  if (!Object.hasOwn(operand, '_id')) {
    throw new CommandError('Location15955', 'a group specification must include an _id');
  }
  const keyOf = compileExpression(operand['_id'], variables);
  const fields = Object.entries(operand)
    .filter(([name]) => name !== '_id')
    .map(([name, specification]) => {
      if (name.includes('.')) {
        throw new CommandError('Location40235', `The field name '${name}' cannot contain '.'`);
      }
      if (name.startsWith('$')) {
        throw new CommandError('Location40236', `The field name '${name}' cannot be an operator name`);
      }
      return [name, compileAccumulator(name, specification, variables)] as const;
    });
  return function* group(input) {
    for (const { id, documents } of groupDocuments(input, keyOf)) {
      const result: BsonDocument = { _id: id };
      for (const [name, accumulate] of fields) setField(result, name, accumulate(documents));
      yield result;
    }
  };
}

/** `$sortByCount`. */
export function sortByCountStage(operand: unknown, context: PipelineContext): Stage {
  const group = groupStage({ _id: operand, count: { $sum: 1 } }, context);
  const sort = sortStage({ count: -1 });
  return (input) => sort(group(input));
}

const DEFAULT_OUTPUT = { count: { $sum: 1 } };

/** `$bucket`. */
export function bucketStage(operand: unknown, context: PipelineContext): Stage {
  if (!isDocument(operand)) {
    throw new CommandError('Location40201', 'Argument to $bucket stage must be an object');
  }
  const { groupBy, boundaries, default: other, output = DEFAULT_OUTPUT, ...unknown } = operand;
  const [extra] = Object.keys(unknown);
  if (extra !== undefined)
    throw new CommandError('Location40197', `Unrecognized option to $bucket: ${extra}.`);
  if (groupBy === undefined || !Array.isArray(boundaries)) {
    throw new CommandError('Location40198', "$bucket requires 'groupBy' and 'boundaries' to be specified.");
  }
  const bounds: unknown[] = boundaries;
  if (bounds.length < 2) {
    throw new CommandError('Location40192', "The $bucket 'boundaries' field must have at least 2 values");
  }
  if (bounds.some((bound, index) => index > 0 && compareValues(bounds[index - 1], bound) >= 0)) {
    throw new CommandError('Location40194', "The 'boundaries' option to $bucket must be sorted");
  }
  const valueOf = compileExpression(groupBy, context.variables);
  const group = groupStage({ _id: null, ...(isDocument(output) ? output : {}) }, context);
  const bucketOf = (document: BsonDocument): unknown => {
    const value = valueOf(document);
    const index = bounds.findLastIndex((bound) => compareValues(bound, value) <= 0);
    if (index !== -1 && index < bounds.length - 1) return bounds[index];
    if (other !== undefined) return other;
    throw new CommandError(
      'Location40066',
      '$switch could not find a matching branch for an input, and no default was specified.',
    );
  };
  const accumulate = (documents: BsonDocument[], id: unknown): BsonDocument => {
    const [result] = group(documents);
    return { ...result, _id: id };
  };
  return function* bucket(input) {
    const groups = groupDocuments(input, bucketOf);
    groups.sort((left, right) => compareValues(left.id, right.id));
    for (const { id, documents } of groups) yield accumulate(documents, id);
  };
}

/** `$bucketAuto`, without preferred numbers. */
export function bucketAutoStage(operand: unknown, context: PipelineContext): Stage {
  if (!isDocument(operand)) {
    throw new CommandError('Location40240', 'The argument to $bucketAuto must be an object');
  }
  const { groupBy, buckets, output = DEFAULT_OUTPUT, ...unknown } = operand;
  const [extra] = Object.keys(unknown);
  if (extra === 'granularity') {
    throw new CommandError(
      'NotImplemented',
      'granularity of $bucketAuto is not supported by the development server',
    );
  }
  if (extra !== undefined)
    throw new CommandError('Location40245', `Unrecognized option to $bucketAuto: ${extra}.`);
  const count = Number(buckets);
  if (groupBy === undefined || !Number.isInteger(count) || count < 1) {
    throw new CommandError('Location40246', "$bucketAuto requires 'groupBy' and 'buckets' to be specified");
  }
  const valueOf = compileExpression(groupBy, context.variables);
  const group = groupStage({ _id: null, ...(isDocument(output) ? output : {}) }, context);
  return function* bucketAuto(input) {
    const rows = Array.from(input, (document) => ({ document, value: valueOf(document) ?? null }));
    rows.sort((left, right) => compareValues(left.value, right.value));
    const size = Math.max(1, Math.round(rows.length / count));
    let start = 0;
    for (let bucket = 0; bucket < count && start < rows.length; bucket++) {
      let end = bucket === count - 1 ? rows.length : Math.min(rows.length, start + size);
      while (end < rows.length && compareValues(rows[end - 1]?.value, rows[end]?.value) === 0) end += 1;
      const members = rows.slice(start, end);
      const max = rows[end]?.value ?? rows.at(-1)?.value;
      const [result] = group(members.map(({ document }) => document));
      yield { ...result, _id: { min: members[0]?.value, max } };
      start = end;
    }
  };
}
