import { CommandError, writeConflict } from '../command-error.ts';
import { encodeDocument } from '../values/bson-codec.ts';
import { type BsonDocument, isDocument } from '../values/bson-document.ts';
import { duplicateKey } from './catalog.ts';
import type { CollectionIndex } from './collection-index.ts';
import type { Operation } from './operations.ts';
import type { Store } from './store.ts';
import type { StoredCollection } from './stored-collection.ts';
import { LockedByTransaction, type Transaction } from './transaction.ts';

/** MongoDB's limit on one document. */
export const DOCUMENT_BYTES_MAX = 16 * 1024 * 1024;

/** MongoDB's limit on documents and lists within each other; far beyond it, a stored document could not be read back. */
const DEPTH_MAX = 180;

function isDeeperThan(levels: number, value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (Array.isArray(value)) return levels === 0 || value.some((part) => isDeeperThan(levels - 1, part));
  if (!isDocument(value)) return false;
  if (levels === 0) return true;
  for (const name in value) if (isDeeperThan(levels - 1, value[name])) return true;
  return false;
}

/** A change of one record: `before` null inserts, `after` null removes. */
export interface Change {
  readonly id: string;
  readonly before: BsonDocument | null;
  readonly after: BsonDocument | null;
}

/**
 * Writes records for one command, straight into the store or into a transaction. What it changed
 * straight away is visible at once; the command answers after `store.persist(operations)`.
 */
export class Writer {
  readonly operations: Operation[] = [];
  private readonly store: Store;
  private readonly transaction: Transaction | null;

  constructor(store: Store, transaction: Transaction | null) {
    this.store = store;
    this.transaction = transaction;
  }

  /**
   * Makes sure that nobody else holds what a statement is about to change, before it changes
   * anything: throws WriteConflict inside a transaction, LockedByTransaction outside.
   */
  prepare(collection: StoredCollection, changes: readonly Change[]): void {
    const locks = changes.flatMap((change) => this.locksOf(collection, change));
    for (const lock of locks) {
      const holder = this.store.locks.get(lock);
      if (holder === undefined || holder === this.transaction) continue;
      if (this.transaction === null) throw new LockedByTransaction(holder);
      throw writeConflict(`another transaction has written to ${collection.namespace}`);
    }
    if (this.transaction === null) return;
    for (const { id } of changes) {
      const newest = collection.records.get(id);
      if (newest !== undefined && newest.time > this.transaction.snapshot) {
        throw writeConflict(`a record of ${collection.namespace} changed since the snapshot`);
      }
    }
    for (const lock of locks) {
      this.store.locks.set(lock, this.transaction);
      this.transaction.locks.add(lock);
    }
  }

  /** Makes one change. Throws DuplicateKey, BSONObjectTooLarge; then nothing has changed. */
  apply(collection: StoredCollection, change: Change): void {
    const { id, after, before } = change;
    if (after !== null) {
      this.checkSize(after);
      for (const index of collection.indexes.values()) {
        const keys = index.keysOf(after);
        if (index.isUnique) this.checkUnique(collection, index, change, keys);
      }
    }
    if (this.transaction === null) {
      collection.write(id, after, this.store.tick(), this.store.keepsHistory);
      if (collection.isVolatile) return;
      const n = collection.namespace;
      this.operations.push(
        after === null ? { o: 'remove', n, id: before?.['_id'] } : { o: 'put', n, d: after },
      );
      return;
    }
    const writes = this.transaction.writes.get(collection) ?? new Map();
    writes.set(id, after);
    this.transaction.writes.set(collection, writes);
  }

  private checkSize(document: BsonDocument): void {
    if (isDeeperThan(DEPTH_MAX, document)) {
      throw new CommandError(
        'Overflow',
        `cannot insert document because it exceeds ${DEPTH_MAX} levels of nesting`,
      );
    }
    const bytes = encodeDocument(document).length;
    if (bytes <= DOCUMENT_BYTES_MAX) return;
    throw new CommandError(
      'BSONObjectTooLarge',
      `object to insert too large. size in bytes: ${bytes}, max size: ${DOCUMENT_BYTES_MAX}`,
    );
  }

  private locksOf(collection: StoredCollection, { id, before, after }: Change): string[] {
    // Without a transaction, nobody can hold anything, and the keys need not be made.
    if (this.transaction === null && !this.store.keepsHistory) return [];
    const locks = [`${collection.uuid}\u0000${id}`];
    for (const index of collection.indexes.values()) {
      if (!index.isUnique || index.spec.name === '_id_') continue;
      for (const document of [before, after]) {
        if (document === null) continue;
        for (const key of index.keysOf(document)) {
          locks.push(`${collection.uuid}\u0000${index.spec.name}\u0000${key}`);
        }
      }
    }
    return locks;
  }

  private checkUnique(
    collection: StoredCollection,
    index: CollectionIndex,
    { id, after }: Change,
    keys: readonly string[],
  ): void {
    if (after === null) return;
    for (const key of keys) {
      for (const owner of index.owners(key)) {
        if (owner === id && index.spec.name !== '_id_') continue;
        if (!this.stillOwns(collection, index, owner, id, key)) continue;
        throw this.duplicateOrConflict(collection, index, owner, after, key);
      }
    }
    if (this.transaction === null) return;
    for (const [otherId, other] of this.transaction.writes.get(collection) ?? []) {
      if (otherId === id || other === null) continue;
      const shared = index.keysOf(other).find((key) => keys.includes(key));
      if (shared !== undefined) throw duplicateKey(collection, index, after, shared);
    }
  }

  // An owner in the index may be overwritten by this very transaction.
  private stillOwns(
    collection: StoredCollection,
    index: CollectionIndex,
    owner: string,
    id: string,
    key: string,
  ): boolean {
    if (owner === id) return false;
    const own = this.transaction?.ownWrite(collection, owner);
    if (own === undefined) return true;
    return own !== null && index.keysOf(own).includes(key);
  }

  private duplicateOrConflict(
    collection: StoredCollection,
    index: CollectionIndex,
    owner: string,
    after: BsonDocument,
    key: string,
  ): CommandError {
    const newest = collection.records.get(owner);
    const isNewer =
      this.transaction !== null && newest !== undefined && newest.time > this.transaction.snapshot;
    return isNewer
      ? writeConflict(`a key of ${index.spec.name} was taken since the snapshot`)
      : duplicateKey(collection, index, after, key);
  }
}
