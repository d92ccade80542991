import type { BsonDocument } from '../values/bson-document.ts';
import type { StoredCollection } from './stored-collection.ts';

/** A multi-document transaction: what it saw at its start, and what it would write. */
export class Transaction {
  /** The moment on the store's clock whose state it reads. */
  readonly snapshot: number;
  /** Changed records by collection; `null` is a deletion. */
  readonly writes = new Map<StoredCollection, Map<string, BsonDocument | null>>();
  /** Records and unique keys that nobody else may write until the end. */
  readonly locks = new Set<string>();
  /** Collections that this transaction made. */
  readonly created: StoredCollection[] = [];
  /** Settles at commit or abort. */
  readonly ended: Promise<void>;
  state: 'open' | 'committed' | 'aborted' = 'open';
  private settle: () => void = () => undefined;

  constructor(snapshot: number) {
    this.snapshot = snapshot;
    this.ended = new Promise((resolve) => {
      this.settle = resolve;
    });
  }

  /** What the transaction itself wrote: `undefined` when it did not touch the record. */
  ownWrite(collection: StoredCollection, id: string): BsonDocument | null | undefined {
    return this.writes.get(collection)?.get(id);
  }

  end(state: 'committed' | 'aborted'): void {
    this.state = state;
    this.settle();
  }
}

/** A plain write met a record that an open transaction has written: wait for its end, try again. */
export class LockedByTransaction extends Error {
  readonly transaction: Transaction;

  constructor(transaction: Transaction) {
    super('The record is locked by a transaction');
    this.transaction = transaction;
  }
}
