import { Long } from 'bson';
import { CommandError } from '../command-error.ts';
import { FIRST_BATCH_DOCUMENTS } from '../cursors.ts';
import { compileProjection } from '../query/projection.ts';
import { type BsonDocument, isDocument } from '../values/bson-document.ts';
import { someValueAt, splitPath } from '../values/paths.ts';
import { sortKeyOf } from '../values/sort-key.ts';
import { type CommandContext, type CommandDefinition, collectionName, findCollection } from './command.ts';
import { ownerOf } from './command-owner.ts';
import { countOption, documentOption, flagOption, refuseCollation, stringOption } from './command-options.ts';
import { runServerAggregate } from './operation-commands.ts';
import { findIn, pipelineContext, runAggregate } from './run-aggregate.ts';

/** Who opens a cursor: it can be read by the same user only. */
export function cursorUser(context: CommandContext): {
  readonly owner: string | null;
  readonly session: string | null;
} {
  return {
    owner: ownerOf(context),
    session: context.session,
  };
}

const REFUSED_FIND_OPTIONS = ['min', 'max', 'returnKey', 'showRecordId', 'tailable', 'awaitData'];

function refuseFindOptions(command: BsonDocument): void {
  refuseCollation(command);
  for (const name of REFUSED_FIND_OPTIONS) {
    const value = command[name];
    if (value === undefined || value === false) continue;
    throw new CommandError(
      'NotImplemented',
      `The option ${name} of find is not supported by the development server`,
    );
  }
}

/** Runs a find to its end: filter, sort, skip, limit, projection. */
export function runFind(context: CommandContext): BsonDocument[] {
  const { command } = context;
  refuseFindOptions(command);
  const filter = documentOption(command, 'filter');
  const { variables } = pipelineContext(context);
  const projection = documentOption(command, 'projection');
  const project =
    Object.keys(projection).length > 0 ? compileProjection(projection, filter, variables) : null;
  const order = documentOption(command, 'sort');
  const skip = countOption(command, 'skip', 0);
  const limit = countOption(command, 'limit', 0);
  const end = limit === 0 ? Infinity : skip + limit;
  const found = findIn(context, findCollection(context), filter, {
    hint: command['hint'],
    sort: Object.keys(order).length > 0 ? order : undefined,
    variables,
    statistics: context.statistics,
  });
  const chosen: BsonDocument[] = [];
  let count = 0;
  for (const document of found) {
    count += 1;
    if (count > skip) chosen.push(project === null ? document : project(document));
    if (count >= end) break;
  }
  return chosen;
}

const find: CommandDefinition = {
  name: 'find',
  fields: [
    'filter', 'sort', 'projection', 'hint', 'skip', 'limit', 'batchSize', 'singleBatch', 'let',
    'collation', 'allowDiskUse', 'allowPartialResults', 'noCursorTimeout', 'oplogReplay',
    ...REFUSED_FIND_OPTIONS,
  ], // prettier-ignore
  needs: 'find',
  isTransactional: true,
  run(context) {
    context.server.counters.query += 1;
    const documents = runFind(context);
    const cursor = context.server.cursors.open(
      `${context.database}.${collectionName(context)}`,
      documents,
      countOption(context.command, 'batchSize', FIRST_BATCH_DOCUMENTS),
      cursorUser(context),
      flagOption(context.command, 'singleBatch', false),
    );
    return { cursor };
  },
};

function longOption(command: BsonDocument, field: string): Long {
  const value = command[field];
  if (value instanceof Long) return value;
  if (typeof value === 'number') return Long.fromNumber(value);
  throw new CommandError('TypeMismatch', `BSON field '${field}' is the wrong type, expected type 'long'`);
}

const getMore: CommandDefinition = {
  name: 'getMore',
  fields: ['collection', 'batchSize', 'term', 'lastKnownCommittedOpTime'],
  needs: 'login',
  isTransactional: true,
  run(context) {
    context.server.counters.getmore += 1;
    const batchSize = countOption(context.command, 'batchSize', 0);
    const cursor = context.server.cursors.next(
      longOption(context.command, 'getMore'),
      `${context.database}.${stringOption(context.command, 'collection')}`,
      batchSize === 0 ? Infinity : batchSize,
      cursorUser(context),
    );
    return { cursor };
  },
};

const killCursors: CommandDefinition = {
  name: 'killCursors',
  fields: ['cursors'],
  needs: 'login',
  run(context) {
    const { cursors } = context.command;
    if (!Array.isArray(cursors)) {
      throw new CommandError('TypeMismatch', "BSON field 'killCursors.cursors' must be an array");
    }
    const { owner } = cursorUser(context);
    const ids = cursors.map((id: unknown) => longOption({ id }, 'id'));
    const isKilled = ids.map((id) => context.server.cursors.kill(id, owner));
    return {
      cursorsKilled: ids.filter((_, index) => isKilled[index]),
      cursorsNotFound: ids.filter((_, index) => isKilled[index] !== true),
      cursorsAlive: [],
      cursorsUnknown: [],
    };
  },
};

const aggregate: CommandDefinition = {
  name: 'aggregate',
  fields: [
    'pipeline', 'cursor', 'allowDiskUse', 'hint', 'let', 'collation', 'explain',
    'bypassDocumentValidation',
  ], // prettier-ignore
  needs: 'find',
  isTransactional: true,
  run(context) {
    const { command, database, server } = context;
    refuseCollation(command);
    server.counters.command += 1;
    if (command['explain'] === true) {
      throw new CommandError(
        'NotImplemented',
        'The option explain of aggregate is not supported; use the explain command',
      );
    }
    if (!isDocument(command['cursor'])) {
      throw new CommandError(
        'FailedToParse',
        "The 'cursor' option is required, except for aggregate with the explain argument",
      );
    }
    const isOfServer = command['aggregate'] === 1;
    const documents = isOfServer
      ? runServerAggregate(context)
      : runAggregate(context, findCollection(context), command['pipeline']);
    const batchSize = countOption(command['cursor'], 'batchSize', FIRST_BATCH_DOCUMENTS);
    const cursor = server.cursors.open(
      `${database}.${isOfServer ? '$cmd.aggregate' : collectionName(context)}`,
      documents,
      batchSize,
      cursorUser(context),
    );
    return { cursor };
  },
};

/** How many documents match, within skip and limit. */
export function runCount(context: CommandContext): number {
  const { command } = context;
  refuseCollation(command);
  const collection = findCollection(context);
  const filter = documentOption(command, 'query');
  const skip = countOption(command, 'skip', 0);
  const limit = Math.abs(Number(command['limit'] ?? 0));
  const options = { hint: command['hint'], statistics: context.statistics };
  let count = 0;
  if (Object.keys(filter).length === 0 && collection !== undefined) {
    count = context.server.store.reader(collection, context.transaction).count();
  } else {
    for (const document of findIn(context, collection, filter, options)) {
      if (document !== undefined) count += 1;
    }
  }
  const rest = Math.max(0, count - skip);
  return limit === 0 ? rest : Math.min(rest, limit);
}

const count: CommandDefinition = {
  name: 'count',
  fields: ['query', 'limit', 'skip', 'hint', 'collation', 'fields'],
  needs: 'find',
  run(context) {
    context.server.counters.command += 1;
    return { n: runCount(context) };
  },
};

/** The distinct values of a path, elements of arrays each. */
export function runDistinct(context: CommandContext): unknown[] {
  const { command } = context;
  refuseCollation(command);
  const key = stringOption(command, 'key');
  const values = new Map<string, unknown>();
  const documents = findIn(context, findCollection(context), documentOption(command, 'query'), {
    hint: command['hint'],
    statistics: context.statistics,
  });
  for (const document of documents) {
    for (const value of presentValues(document, key)) {
      const id = sortKeyOf(value);
      if (!values.has(id)) values.set(id, value);
    }
  }
  return [...values.values()];
}

function presentValues(document: BsonDocument, path: string): unknown[] {
  const values: unknown[] = [];
  someValueAt(document, splitPath(path), (leaf) => {
    if (Array.isArray(leaf)) values.push(...(leaf as unknown[]));
    else if (leaf !== undefined) values.push(leaf);
    return false;
  });
  return values;
}

const distinct: CommandDefinition = {
  name: 'distinct',
  fields: ['key', 'query', 'collation', 'hint'],
  needs: 'find',
  isTransactional: true,
  run(context) {
    context.server.counters.command += 1;
    return { values: runDistinct(context) };
  },
};

/** The commands that read documents. */
export const readCommands: readonly CommandDefinition[] = [
  find,
  getMore,
  killCursors,
  aggregate,
  count,
  distinct,
];
