import { printValue } from '../values/print-value.ts';
import { CommandError } from '../command-error.ts';
import type { Operation } from '../storage/operations.ts';
import { compileProjection } from '../query/projection.ts';
import { type BsonDocument, isDocument } from '../values/bson-document.ts';
import type { CommandContext, CommandDefinition } from './command.ts';
import { documentOption, documentsOption, flagOption, refuseUnknownFields } from './command-options.ts';
import {
  deleteDocuments,
  insertDocument,
  statementOptions,
  updateDocuments,
  WriteRun,
} from './write-commands.ts';

/** MongoDB's limit on the statements of one command. */
const STATEMENTS_MAX = 100_000;
const ENDING_ERRORS: ReadonlySet<string> = new Set(['WriteConflict', 'MaxTimeMSExpired']);

function asWriteError(index: number, error: CommandError): BsonDocument {
  return { index, code: error.code, errmsg: error.message, ...error.details };
}

/** Runs the statements of a command one by one, and answers; ordered ones stop at the first that fails. */
async function runStatements(
  run: WriteRun,
  statements: readonly BsonDocument[],
  runOne: (statement: BsonDocument, index: number) => void,
  replyOf: () => BsonDocument,
): Promise<BsonDocument> {
  if (statements.length === 0 || statements.length > STATEMENTS_MAX) {
    throw new CommandError(
      'InvalidLength',
      `Write batch sizes must be between 1 and ${STATEMENTS_MAX}. Got ${statements.length} operations.`,
    );
  }
  const isOrdered = flagOption(run.context.command, 'ordered', true);
  const writeErrors: BsonDocument[] = [];
  for (const [index, statement] of statements.entries()) {
    try {
      run.context.deadline.check();
      const attempt = (): Promise<void> | null => run.attempt(() => runOne(statement, index));
      for (let wait = attempt(); wait !== null; wait = attempt()) await wait;
    } catch (error) {
      // A conflict and the end of time end the command; other errors belong to their statement.
      if (!(error instanceof CommandError) || ENDING_ERRORS.has(error.codeName)) {
        await run.persistDone();
        throw error;
      }
      writeErrors.push(asWriteError(index, error));
      if (isOrdered) break;
    }
  }
  return finishWrite(run, { ...replyOf(), ...(writeErrors.length > 0 ? { writeErrors } : {}) });
}

/**
 * Makes a write command's changes durable together with its answer, so that a repetition after a
 * crash finds both or none; only then is the answer given.
 */
export async function finishWrite(run: WriteRun, reply: BsonDocument): Promise<BsonDocument> {
  const { context, writer } = run;
  if (context.transaction !== null) return reply;
  const { retries } = context.server.store;
  const operations: Operation[] = writer.operations;
  const number = context.command['txnNumber'];
  if (context.session !== null && number !== undefined) {
    const record = { session: context.session, number: Number(number), reply };
    retries.remember(record);
    operations.push({ o: 'retry', ...record });
  }
  await context.server.store.persist(operations);
  return reply;
}

const insert: CommandDefinition = {
  name: 'insert',
  fields: ['documents', 'ordered', 'bypassDocumentValidation'],
  needs: 'insert',
  isTransactional: true,
  isRetryable: true,
  async run(context) {
    const run = new WriteRun(context);
    const documents = documentsOption(context.command, 'documents');
    let count = 0;
    const insertOne = (document: BsonDocument): void => {
      insertDocument(run, run.collectionToInsert(), document);
      count += 1;
      context.server.counters.insert += 1;
    };
    return runStatements(run, documents, insertOne, () => ({ n: count }));
  },
};

const UPDATE_FIELDS = new Set([
  'q', 'u', 'c', 'multi', 'upsert', 'arrayFilters', 'hint', 'collation', 'sort', 'upsertSupplied',
]); // prettier-ignore

function requireFilter(statement: BsonDocument, command: string): BsonDocument {
  const filter = statement['q'];
  if (isDocument(filter)) return filter;
  throw new CommandError('Location40414', `BSON field '${command}.q' is missing but a required field`);
}

async function runUpdate(context: CommandContext): Promise<BsonDocument> {
  const run = new WriteRun(context);
  const statements = documentsOption(context.command, 'updates');
  const totals = { matched: 0, modified: 0 };
  const upserted: BsonDocument[] = [];
  context.server.counters.update += statements.length;
  const updateOne = (statement: BsonDocument, index: number): void => {
    refuseUnknownFields('update.updates', statement, UPDATE_FIELDS);
    const result = updateDocuments(run, {
      ...statementOptions(context, statement),
      filter: requireFilter(statement, 'update.updates'),
      update: statement['u'],
      isMulti: flagOption(statement, 'multi', false),
      isUpsert: flagOption(statement, 'upsert', false),
      sort: documentOption(statement, 'sort'),
    });
    totals.matched += result.matched;
    totals.modified += result.modified;
    if (result.inserted !== null) upserted.push({ index, _id: result.inserted['_id'] });
  };
  return runStatements(run, statements, updateOne, () => ({
    n: totals.matched + upserted.length,
    nModified: totals.modified,
    ...(upserted.length > 0 ? { upserted } : {}),
  }));
}

const update: CommandDefinition = {
  name: 'update',
  fields: ['updates', 'ordered', 'bypassDocumentValidation', 'let'],
  needs: 'update',
  isTransactional: true,
  isRetryable: true,
  run: runUpdate,
};

const DELETE_FIELDS = new Set(['q', 'limit', 'hint', 'collation', 'c']);

const remove: CommandDefinition = {
  name: 'delete',
  fields: ['deletes', 'ordered', 'let'],
  needs: 'remove',
  isTransactional: true,
  isRetryable: true,
  async run(context) {
    const run = new WriteRun(context);
    const statements = documentsOption(context.command, 'deletes');
    let count = 0;
    context.server.counters.delete += statements.length;
    const deleteOne = (statement: BsonDocument): void => {
      refuseUnknownFields('delete.deletes', statement, DELETE_FIELDS);
      const limit = Number(statement['limit']);
      if (limit !== 0 && limit !== 1) {
        throw new CommandError(
          'FailedToParse',
          `The limit field in delete objects must be 0 or 1. Got ${printValue(statement['limit'])}`,
        );
      }
      count += deleteDocuments(run, {
        ...statementOptions(context, statement),
        filter: requireFilter(statement, 'delete.deletes'),
        isMulti: limit === 0,
        sort: {},
      }).length;
    };
    return runStatements(run, statements, deleteOne, () => ({ n: count }));
  },
};

function checkFindAndModify(command: BsonDocument): void {
  const isRemove = flagOption(command, 'remove', false);
  if (isRemove && command['update'] !== undefined) {
    throw new CommandError('FailedToParse', 'Cannot specify both an update and remove=true');
  }
  if (!isRemove && command['update'] === undefined) {
    throw new CommandError('FailedToParse', 'Either an update or remove=true must be specified');
  }
  if (isRemove && flagOption(command, 'upsert', false)) {
    throw new CommandError('FailedToParse', 'Cannot specify both upsert=true and remove=true');
  }
  if (isRemove && flagOption(command, 'new', false)) {
    throw new CommandError(
      'FailedToParse',
      "Cannot specify both new=true and remove=true; 'remove' always returns the deleted document",
    );
  }
}

function runFindAndModifyOnce(run: WriteRun): BsonDocument {
  const { command } = run.context;
  const filter = documentOption(command, 'query');
  // Compiled before anything is written: a mistake in it is the whole answer.
  const fields = documentOption(command, 'fields');
  const project = Object.keys(fields).length > 0 ? compileProjection(fields, filter) : null;
  const show = (document: BsonDocument | null): BsonDocument | null =>
    document === null || project === null ? document : project(document);
  const shared = {
    ...statementOptions(run.context, command),
    filter,
    isMulti: false,
    sort: documentOption(command, 'sort'),
  };
  if (flagOption(command, 'remove', false)) {
    const [removed] = deleteDocuments(run, shared);
    return {
      lastErrorObject: { n: removed === undefined ? 0 : 1 },
      value: show(removed?.document ?? null),
    };
  }
  const result = updateDocuments(run, {
    ...shared,
    update: command['update'],
    isUpsert: flagOption(command, 'upsert', false),
  });
  return {
    lastErrorObject: {
      n: result.matched > 0 || result.inserted !== null ? 1 : 0,
      updatedExisting: result.matched > 0,
      ...(result.inserted === null ? {} : { upserted: result.inserted['_id'] }),
    },
    value: show(flagOption(command, 'new', false) ? result.after : result.before),
  };
}

const findAndModify: CommandDefinition = {
  name: 'findAndModify',
  aliases: ['findandmodify'],
  fields: [
    'query',
    'sort',
    'remove',
    'update',
    'new',
    'fields',
    'upsert',
    'bypassDocumentValidation',
    'collation',
    'arrayFilters',
    'hint',
    'let',
  ],
  needs: 'update',
  isTransactional: true,
  isRetryable: true,
  async run(context) {
    checkFindAndModify(context.command);
    const run = new WriteRun(context);
    context.server.counters.command += 1;
    let reply: Promise<BsonDocument> | undefined;
    const attempt = (): Promise<void> | null =>
      run.attempt(() => {
        reply = finishWrite(run, runFindAndModifyOnce(run));
      });
    try {
      for (let wait = attempt(); wait !== null; wait = attempt()) await wait;
    } catch (error) {
      await run.persistDone();
      throw error;
    }
    return reply ?? {};
  },
};

/** The commands that change documents. */
export const writeCommands: readonly CommandDefinition[] = [insert, update, remove, findAndModify];
