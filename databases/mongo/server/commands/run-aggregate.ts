import { CommandError } from '../command-error.ts';
import { compilePipeline } from '../aggregate/compile-pipeline.ts';
import type { PipelineContext } from '../aggregate/pipeline-context.ts';
import { compileExpression } from '../aggregate/expressions.ts';
import { splitLeadingMatch, splitLeadingSort } from '../aggregate/stages/join-stages.ts';
import { compileSort } from '../query/sort-documents.ts';
import { findRecords, newStatistics, type FindStatistics } from '../query/find-documents.ts';
import type { StoredCollection } from '../storage/stored-collection.ts';
import type { BsonDocument } from '../values/bson-document.ts';
import type { CommandContext } from './command.ts';
import { documentOption } from './command-options.ts';

/** The documents of a collection that match, as the command's transaction sees them, in the order of `sort`. */
export function* findIn(
  context: CommandContext,
  collection: StoredCollection | undefined,
  filter: BsonDocument,
  options: {
    readonly hint?: unknown;
    readonly sort?: BsonDocument | undefined;
    readonly variables?: BsonDocument | undefined;
    readonly statistics?: FindStatistics;
  } = {},
): Generator<BsonDocument> {
  const { variables, statistics = newStatistics(), hint, sort } = options;
  const { deadline, server, transaction } = context;
  if (collection === undefined) {
    // A mistake in the filter is one, whether the collection exists or not.
    const empty = server.store.emptyReader(context.database);
    yield* findDocuments(empty);
    return;
  }
  yield* findDocuments(server.store.reader(collection, transaction));

  function* findDocuments(reader: Parameters<typeof findRecords>[0]): Generator<BsonDocument> {
    const search = { filter, deadline, statistics, hint, sort };
    const found = findRecords(reader, variables === undefined ? search : { ...search, variables });
    for (const { document } of found) yield document;
  }
}

function collectionOf(context: CommandContext, name: string): StoredCollection | undefined {
  const { server, database } = context;
  if (name === 'system.profile') return server.profiler.collectionOf(database);
  return server.store.catalog.find(database, name);
}

/** What the stages of a pipeline of this command may use. */
export function pipelineContext(context: CommandContext): PipelineContext {
  const given = documentOption(context.command, 'let');
  const variables = Object.fromEntries(
    Object.entries(given).map(([name, expression]) => [name, compileExpression(expression)({})]),
  );
  return {
    database: context.database,
    deadline: context.deadline,
    variables: Object.keys(variables).length > 0 ? variables : undefined,
    find: (name, filter, inner) => findIn(context, collectionOf(context, name), filter, { variables: inner }),
    findByValues: (name, path, values) =>
      findIn(context, collectionOf(context, name), { [path]: { $in: values } }),
  };
}

/** Runs a pipeline on a collection; its first `$match` and `$sort` use the indexes. */
export function runAggregate(
  context: CommandContext,
  collection: StoredCollection | undefined,
  pipeline: unknown,
): BsonDocument[] {
  if (!Array.isArray(pipeline)) {
    throw new CommandError(
      'TypeMismatch',
      "BSON field 'aggregate.pipeline' is the wrong type, expected type 'array'",
    );
  }
  const stages = pipelineContext(context);
  const { filter, rest: afterMatch } = splitLeadingMatch(pipeline);
  // All stages are compiled before the first document is looked for, so that a mistake in any of them is told.
  const { sort, rest } = splitLeadingSort(afterMatch);
  if (sort !== undefined) compileSort(sort);
  const run = compilePipeline(rest, stages);
  const found = findIn(context, collection, filter, {
    hint: context.command['hint'],
    sort,
    variables: stages.variables,
    statistics: context.statistics,
  });
  return [...run(found)];
}
