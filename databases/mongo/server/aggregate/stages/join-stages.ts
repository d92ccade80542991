import { printValue } from '../../values/print-value.ts';
import { CommandError } from '../../command-error.ts';
import { compileFilter } from '../../query/compile-filter.ts';
import { type BsonDocument, fieldOf, isDocument, setField } from '../../values/bson-document.ts';
import { isNumeric } from '../../values/bson-type.ts';
import { splitPath, valuesAt } from '../../values/paths.ts';
import { sortKeyOf } from '../../values/sort-key.ts';
import { compileExpression } from '../expressions.ts';
import type { PipelineCompiler, PipelineContext, Stage } from '../pipeline-context.ts';

function stringOption(stage: string, options: BsonDocument, name: string): string {
  const value = options[name];
  if (typeof value === 'string') return value;
  throw new CommandError(
    'FailedToParse',
    `${stage} argument '${name}' must be a string, found ${printValue(value)}`,
  );
}

function onlyKnown(stage: string, options: BsonDocument, known: readonly string[]): void {
  for (const name of Object.keys(options)) {
    if (known.includes(name)) continue;
    throw new CommandError('FailedToParse', `unknown argument to ${stage}: ${name}`);
  }
}

/** The values of a path that a join compares: elements of an array each, missing as null. */
function joinValues(document: BsonDocument, path: string): unknown[] {
  return valuesAt(document, path).values.map((value) => value ?? null);
}

/** A copy with a field at a path; what is on the way and no document, arrays too, gives way to one. */
function withFieldAt(value: unknown, [part = '', ...rest]: readonly string[], made: unknown): BsonDocument {
  const copy: BsonDocument = isDocument(value) ? { ...value } : {};
  setField(copy, part, rest.length === 0 ? made : withFieldAt(fieldOf(copy, part), rest, made));
  return copy;
}

/** A pipeline whose first `$match`es are given to the planner of the joined collection. */
export function splitLeadingMatch(pipeline: readonly unknown[]): {
  readonly filter: BsonDocument;
  readonly rest: readonly unknown[];
} {
  const [first, ...rest] = pipeline;
  const match = isDocument(first) ? first['$match'] : undefined;
  if (!isDocument(first) || Object.keys(first).length !== 1 || !isDocument(match)) {
    return { filter: {}, rest: pipeline };
  }
  return { filter: match, rest };
}

/** The order of a pipeline that begins with `$sort`, and the stages after it. */
export function splitLeadingSort(pipeline: readonly unknown[]): {
  readonly sort: BsonDocument | undefined;
  readonly rest: readonly unknown[];
} {
  const [first, ...rest] = pipeline;
  const sort = isDocument(first) && Object.keys(first).length === 1 ? first['$sort'] : undefined;
  return isDocument(sort) && Object.keys(sort).length > 0
    ? { sort, rest }
    : { sort: undefined, rest: pipeline };
}

/** `$lookup`, by equal fields, by a pipeline with `let`, or by both. */
export function lookupStage(operand: unknown, context: PipelineContext, compile: PipelineCompiler): Stage {
  if (!isDocument(operand)) {
    throw new CommandError('FailedToParse', 'the $lookup specification must be an object');
  }
  onlyKnown('$lookup', operand, ['from', 'as', 'localField', 'foreignField', 'let', 'pipeline']);
  const from = stringOption('$lookup', operand, 'from');
  const asParts = splitPath(stringOption('$lookup', operand, 'as'));
  const hasFields = Object.hasOwn(operand, 'localField') || Object.hasOwn(operand, 'foreignField');
  const local = hasFields ? stringOption('$lookup', operand, 'localField') : null;
  const foreign = hasFields ? stringOption('$lookup', operand, 'foreignField') : null;
  const { pipeline = [], let: letOption = {} } = operand;
  if (!Array.isArray(pipeline) || !isDocument(letOption)) {
    throw new CommandError(
      'FailedToParse',
      "$lookup argument 'pipeline' must be an array and 'let' an object",
    );
  }
  if (!hasFields && !Object.hasOwn(operand, 'pipeline')) {
    throw new CommandError(
      'FailedToParse',
      "$lookup requires either 'pipeline' or both 'localField' and 'foreignField' to be specified",
    );
  }
  const variables = Object.entries(letOption).map(
    ([name, expression]) => [name, compileExpression(expression, context.variables)] as const,
  );
  // Parsed once without values, so that a mistake is reported even when nothing is joined.
  compile(pipeline, { ...context, variables: { ...context.variables, ...letOption } });
  const joinedTo = (document: BsonDocument): BsonDocument[] => {
    const values = Object.fromEntries(variables.map(([name, evaluate]) => [name, evaluate(document)]));
    const inner = { ...context, variables: { ...context.variables, ...values } };
    if (local !== null && foreign !== null) {
      const found = context.findByValues(from, foreign, joinValues(document, local));
      return [...compile(pipeline, inner)(found)];
    }
    const { filter, rest } = splitLeadingMatch(pipeline);
    return [...compile(rest, inner)(context.find(from, filter, inner.variables))];
  };
  return function* lookup(input) {
    for (const document of input) {
      context.deadline.checkNow();
      yield withFieldAt(document, asParts, joinedTo(document));
    }
  };
}

/** `$unionWith`. */
export function unionWithStage(operand: unknown, context: PipelineContext, compile: PipelineCompiler): Stage {
  const options = isDocument(operand) ? operand : { coll: operand };
  onlyKnown('$unionWith', options, ['coll', 'pipeline']);
  const from = stringOption('$unionWith', options, 'coll');
  const { pipeline = [] } = options;
  if (!Array.isArray(pipeline)) {
    throw new CommandError('FailedToParse', "$unionWith argument 'pipeline' must be an array");
  }
  const { filter, rest } = splitLeadingMatch(pipeline);
  const run = compile(rest, context);
  return function* unionWith(input) {
    yield* input;
    yield* run(context.find(from, filter, context.variables));
  };
}

/** `$graphLookup`. */
export function graphLookupStage(operand: unknown, context: PipelineContext): Stage {
  if (!isDocument(operand)) {
    throw new CommandError('FailedToParse', 'the $graphLookup stage specification must be an object');
  }
  onlyKnown('$graphLookup', operand, [
    'from',
    'startWith',
    'connectFromField',
    'connectToField',
    'as',
    'maxDepth',
    'depthField',
    'restrictSearchWithMatch',
  ]);
  const [from, connectFrom, connectTo, asParts] = [
    stringOption('$graphLookup', operand, 'from'),
    stringOption('$graphLookup', operand, 'connectFromField'),
    stringOption('$graphLookup', operand, 'connectToField'),
    splitPath(stringOption('$graphLookup', operand, 'as')),
  ];
  const { maxDepth = Infinity, depthField, restrictSearchWithMatch = {} } = operand;
  if (!isNumeric(maxDepth) || Number(maxDepth) < 0 || !isDocument(restrictSearchWithMatch)) {
    throw new CommandError(
      'FailedToParse',
      "$graphLookup argument 'maxDepth' must be a non-negative number and 'restrictSearchWithMatch' an object",
    );
  }
  const startOf = compileExpression(operand['startWith'], context.variables);
  const matches = compileFilter(restrictSearchWithMatch);
  const reachedFrom = (document: BsonDocument): BsonDocument[] => {
    const start = startOf(document);
    let frontier: unknown[] = Array.isArray(start) ? start : [start ?? null];
    const reached = new Map<string, BsonDocument>();
    for (let depth = 0; depth <= Number(maxDepth) && frontier.length > 0; depth++) {
      context.deadline.checkNow();
      const next: unknown[] = [];
      for (const found of context.findByValues(from, connectTo, frontier)) {
        const key = sortKeyOf(found['_id']);
        if (reached.has(key) || !matches(found)) continue;
        const shown =
          typeof depthField === 'string' ? withFieldAt(found, splitPath(depthField), depth) : found;
        reached.set(key, shown);
        next.push(...joinValues(found, connectFrom));
      }
      frontier = next;
    }
    return [...reached.values()];
  };
  return function* graphLookup(input) {
    for (const document of input) yield withFieldAt(document, asParts, reachedFrom(document));
  };
}
