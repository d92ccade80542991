import { ObjectId } from 'bson';
import { isAllowed } from '../auth/privileges.ts';
import { CommandError } from '../command-error.ts';
import { findRecords, type FoundRecord } from '../query/find-documents.ts';
import { duplicateKey } from '../storage/catalog.ts';
import type { StoredCollection } from '../storage/stored-collection.ts';
import { LockedByTransaction } from '../storage/transaction.ts';
import { type Change, Writer } from '../storage/writer.ts';
import { compileUpdate, isReplacement } from '../update/compile-update.ts';
import { buildUpsert } from '../update/upsert.ts';
import { encodeDocument } from '../values/bson-codec.ts';
import { type BsonDocument, isDocument, setField } from '../values/bson-document.ts';
import { bsonTypeOf } from '../values/bson-type.ts';
import { sortKeyOf } from '../values/sort-key.ts';
import { checkValidator } from './collection-validator.ts';
import { type CommandContext, collectionName, findCollection, storedName } from './command.ts';
import { documentOption, flagOption, refuseCollation } from './command-options.ts';

/** A write command while it runs: its writer, and whether validators are passed over. */
export class WriteRun {
  readonly context: CommandContext;
  readonly writer: Writer;
  private readonly skipsValidators: boolean;

  constructor(context: CommandContext) {
    this.context = context;
    this.writer = new Writer(context.server.store, context.transaction);
    this.skipsValidators = flagOption(context.command, 'bypassDocumentValidation', false);
    if (this.skipsValidators) this.need('bypassDocumentValidation');
  }

  private need(action: 'bypassDocumentValidation' | 'createCollection'): void {
    const { database, privileges } = this.context;
    if (isAllowed(privileges(), action, database, collectionName(this.context))) return;
    throw new CommandError(
      'Unauthorized',
      `not authorized on ${database} to ${action} ${database}.${collectionName(this.context)}`,
    );
  }

  /** The collection to write to; made when it is missing and the user may. */
  collectionToInsert(): StoredCollection {
    const existing = findCollection(this.context);
    if (existing !== undefined) return existing;
    this.need('createCollection');
    const { database, server, transaction } = this.context;
    const collection = server.store.catalog.create(database, storedName(this.context), {});
    transaction?.created.push(collection);
    const operation = {
      o: 'create',
      n: collection.namespace,
      uuid: collection.uuid,
      options: {},
    } as const;
    // Within a transaction the empty collection is there at once; an abort drops it again.
    if (transaction === null) this.writer.operations.push(operation);
    else void server.store.persist([operation]);
    return collection;
  }

  /** Checks, locks and makes the changes of one statement. */
  change(collection: StoredCollection, changes: readonly Change[]): void {
    if (collection.isVolatile) {
      throw new CommandError('Unauthorized', `cannot write to '${collection.namespace}'`);
    }
    if (!this.skipsValidators) {
      for (const change of changes) checkValidator(collection, change, this.context.server.log);
    }
    this.writer.prepare(collection, changes);
    for (const change of changes) this.writer.apply(collection, change);
  }

  /**
   * Runs a statement at once. Gives what to wait for before it is tried again when a transaction holds what it would
   * change. It never waits without need: between a change and its place in the journal no other command may run, or
   * the journal had two changes of one record in the wrong order.
   */
  attempt(statement: () => void): Promise<void> | null {
    try {
      statement();
      return null;
    } catch (error) {
      if (!(error instanceof LockedByTransaction)) throw error;
      return this.waitFor(error);
    }
  }

  /** Puts what was changed so far into the journal, for a command that goes on later or ends with an error. */
  async persistDone(): Promise<void> {
    await this.context.server.store.persist(this.writer.operations.splice(0));
  }

  private async waitFor({ transaction }: LockedByTransaction): Promise<void> {
    await this.persistDone();
    await this.context.deadline.waitFor(transaction.ended);
  }
}

function checkId(id: unknown): void {
  const type = bsonTypeOf(id);
  if (['array', 'regex', 'undefined', 'missing'].includes(type)) {
    throw new CommandError('InvalidIdField', `The '_id' value cannot be of type ${type}`);
  }
  if (!isDocument(id)) return;
  for (const name of Object.keys(id)) {
    if (!name.startsWith('$')) continue;
    throw new CommandError(
      'DollarPrefixedFieldName',
      `_id fields may not contain '$'-prefixed fields: ${name} is not valid for storage.`,
    );
  }
}

function withIdFirst(document: BsonDocument): BsonDocument {
  const [first] = Object.keys(document);
  if (first === '_id') return document;
  const result: BsonDocument = { _id: document['_id'] ?? new ObjectId() };
  for (const [name, value] of Object.entries(document)) {
    if (name !== '_id') setField(result, name, value);
  }
  return result;
}

/** Inserts one document. Throws DuplicateKey and whatever its validator says. */
export function insertDocument(
  run: WriteRun,
  collection: StoredCollection,
  given: BsonDocument,
): BsonDocument {
  const document = withIdFirst(given);
  checkId(document['_id']);
  const id = sortKeyOf(document['_id']);
  const { store } = run.context.server;
  if (store.reader(collection, run.context.transaction).get(id) !== null) {
    const index = collection.indexes.get('_id_');
    if (index !== undefined) throw duplicateKey(collection, index, document, id);
  }
  run.change(collection, [{ id, before: null, after: document }]);
  return document;
}

/** One statement of an update, or the update of a findAndModify. */
export interface UpdateStatement {
  readonly filter: BsonDocument;
  readonly update: unknown;
  readonly isMulti: boolean;
  readonly isUpsert: boolean;
  readonly arrayFilters: readonly BsonDocument[];
  readonly variables: BsonDocument | undefined;
  readonly hint: unknown;
  readonly sort: BsonDocument;
}

export interface UpdateResult {
  readonly matched: number;
  readonly modified: number;
  /** The document an upsert inserted. */
  readonly inserted: BsonDocument | null;
  readonly before: BsonDocument | null;
  readonly after: BsonDocument | null;
}

/** The records a statement is about: all of them, or the first in an order. */
export function chosenRecords(
  run: WriteRun,
  collection: StoredCollection | undefined,
  statement: Pick<UpdateStatement, 'filter' | 'hint' | 'variables' | 'sort' | 'isMulti'>,
): FoundRecord[] {
  if (collection === undefined) return [];
  const { deadline, server, statistics, transaction } = run.context;
  const reader = server.store.reader(collection, transaction);
  const { filter, hint, variables, isMulti } = statement;
  const sort = Object.keys(statement.sort).length > 0 ? statement.sort : undefined;
  const options = variables === undefined ? { filter, hint, sort } : { filter, hint, sort, variables };
  const found: FoundRecord[] = [];
  for (const record of findRecords(reader, { ...options, deadline, statistics })) {
    found.push(record);
    if (!isMulti) break;
  }
  return found;
}

function isSameDocument(left: BsonDocument, right: BsonDocument): boolean {
  return Buffer.compare(encodeDocument(left), encodeDocument(right)) === 0;
}

/** Runs one update statement: finds, computes, checks, and then changes all of it. */
export function updateDocuments(run: WriteRun, statement: UpdateStatement): UpdateResult {
  const { filter, update, isMulti, isUpsert, arrayFilters, variables } = statement;
  if (isMulti && isReplacement(update)) {
    throw new CommandError('FailedToParse', 'multi update is not supported for replacement-style update');
  }
  const updater = compileUpdate(update, {
    filter,
    arrayFilters,
    ...(variables === undefined ? {} : { variables }),
  });
  const collection = findCollection(run.context);
  const found = chosenRecords(run, collection, statement);
  if (found.length === 0 && isUpsert) {
    const document = buildUpsert(filter, update, updater);
    const inserted = insertDocument(run, run.collectionToInsert(), document);
    return { matched: 0, modified: 0, inserted, before: null, after: inserted };
  }
  const changes = found.map(({ id, document }) => ({
    id,
    before: document,
    after: updater(document, false),
  }));
  const changed = changes.filter(({ before, after }) => !isSameDocument(before, after));
  if (collection !== undefined && changed.length > 0) run.change(collection, changed);
  const [first] = changes;
  return {
    matched: found.length,
    modified: changed.length,
    inserted: null,
    before: first?.before ?? null,
    after: first?.after ?? null,
  };
}

/** Removes what a statement finds. */
export function deleteDocuments(
  run: WriteRun,
  statement: Pick<UpdateStatement, 'filter' | 'hint' | 'variables' | 'sort' | 'isMulti'>,
): FoundRecord[] {
  const collection = findCollection(run.context);
  const found = chosenRecords(run, collection, statement);
  if (collection !== undefined && found.length > 0) {
    const changes = found.map(({ id, document }) => ({ id, before: document, after: null }));
    run.change(collection, changes);
  }
  return found;
}

/** The options that update, delete and findAndModify share. */
export function statementOptions(
  context: CommandContext,
  statement: BsonDocument,
): Pick<UpdateStatement, 'hint' | 'variables' | 'arrayFilters'> {
  refuseCollation(statement);
  const { arrayFilters = [] } = statement;
  if (!Array.isArray(arrayFilters) || !arrayFilters.every(isDocument)) {
    throw new CommandError('TypeMismatch', "BSON field 'arrayFilters' must be an array of objects");
  }
  const variables = { ...documentOption(context.command, 'let'), ...documentOption(statement, 'c') };
  return {
    hint: statement['hint'],
    variables: Object.keys(variables).length > 0 ? variables : undefined,
    arrayFilters,
  };
}
