import type { Logger } from 'pino';
import { UserDirectory } from '../auth/users.ts';
import { RetryRecords } from '../sessions/retry-records.ts';
import { Catalog } from './catalog.ts';
import { DataFolder } from './data-folder.ts';
import type { Operation, StoredState } from './operations.ts';
import { CollectionReader } from './reader.ts';
import { StoredCollection } from './stored-collection.ts';
import { Transaction } from './transaction.ts';

/** All that a server keeps: collections, users and answers to retryable writes, in one folder. */
export class Store implements StoredState {
  readonly catalog = new Catalog();
  readonly users = new UserDirectory();
  readonly retries = new RetryRecords();
  /** Which open transaction holds a record or a unique key. */
  readonly locks = new Map<string, Transaction>();
  private readonly open = new Set<Transaction>();
  private clock = 0;
  private folder: DataFolder | null = null;

  /** Opens the folder and reads it; see DataFolder. */
  static async open(path: string, log: Logger, onFault: (error: unknown) => void): Promise<Store> {
    const store = new Store();
    store.folder = await DataFolder.open(path, store, log, onFault);
    return store;
  }

  reader(collection: StoredCollection, transaction: Transaction | null): CollectionReader {
    return new CollectionReader(collection, transaction);
  }

  /** What a reader of a collection that does not exist sees. */
  emptyReader(database: string): CollectionReader {
    return new CollectionReader(new StoredCollection(database, '', '', {}, true), null);
  }

  /** Makes operations durable; settles before anybody may be told that they happened. */
  async persist(operations: readonly Operation[]): Promise<void> {
    if (operations.length > 0) await this.folder?.append(operations);
  }

  /** The next moment on the clock, for a change that is made now. */
  tick(): number {
    this.clock += 1;
    return this.clock;
  }

  /** True while a transaction may still read what is overwritten now. */
  get keepsHistory(): boolean {
    return this.open.size > 0;
  }

  begin(): Transaction {
    const transaction = new Transaction(this.clock);
    this.open.add(transaction);
    return transaction;
  }

  /** Makes the transaction's writes visible at one moment. Returns what has to be persisted. */
  commit(transaction: Transaction): Operation[] {
    const operations: Operation[] = [];
    const time = this.tick();
    for (const [collection, writes] of transaction.writes) {
      const n = collection.namespace;
      for (const [id, document] of writes) {
        const before = collection.newest(id);
        if (before === null && document === null) continue;
        collection.write(id, document, time, this.keepsHistory);
        operations.push(
          document === null ? { o: 'remove', n, id: before?.['_id'] } : { o: 'put', n, d: document },
        );
      }
    }
    this.finish(transaction, 'committed');
    return operations;
  }

  /** Forgets the transaction's writes. Returns what has to be persisted. */
  abort(transaction: Transaction): Operation[] {
    if (transaction.state !== 'open') return [];
    this.finish(transaction, 'aborted');
    const operations: Operation[] = [];
    for (const collection of transaction.created) {
      const isUntouched =
        collection.size === 0 &&
        collection.indexes.size === 1 &&
        this.catalog.find(collection.database, collection.name) === collection;
      if (!isUntouched) continue;
      this.catalog.drop(collection);
      operations.push({ o: 'drop', n: collection.namespace });
    }
    return operations;
  }

  /** The open transactions that have written into a collection. */
  writersOf(collection: StoredCollection): Transaction[] {
    return [...this.open].filter((transaction) => transaction.writes.has(collection));
  }

  async close(): Promise<void> {
    await this.folder?.close();
  }

  private finish(transaction: Transaction, state: 'committed' | 'aborted'): void {
    for (const lock of transaction.locks) this.locks.delete(lock);
    this.open.delete(transaction);
    transaction.end(state);
    const oldest = Math.min(this.clock, ...[...this.open].map(({ snapshot }) => snapshot));
    for (const database of this.catalog.databaseNames()) {
      for (const collection of this.catalog.collectionsOf(database)) collection.prune(oldest);
    }
  }
}
