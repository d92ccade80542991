import type { BsonDocument } from '../values/bson-document.ts';
import type { StoredCollection } from './stored-collection.ts';
import type { Transaction } from './transaction.ts';

/** A collection as one reader sees it: the newest state, or a transaction's snapshot and own writes. */
export class CollectionReader {
  readonly collection: StoredCollection;
  private readonly transaction: Transaction | null;

  constructor(collection: StoredCollection, transaction: Transaction | null) {
    this.collection = collection;
    this.transaction = transaction;
  }

  /** True when this reader sees a snapshot, and writes that nobody else sees yet. */
  get isInTransaction(): boolean {
    return this.transaction !== null;
  }

  /** The document of a record, `null` when this reader sees none. */
  get(id: string): BsonDocument | null {
    if (this.transaction === null) return this.collection.newest(id);
    const own = this.transaction.ownWrite(this.collection, id);
    if (own !== undefined) return own;
    let version = this.collection.records.get(id);
    while (version !== undefined && version.time > this.transaction.snapshot) {
      version = version.previous;
    }
    return version?.document ?? null;
  }

  /** Every record in natural order; some may turn out to be invisible. */
  *allIds(): Generator<string> {
    yield* this.collection.records.keys();
    if (this.transaction === null) return;
    for (const id of this.transaction.writes.get(this.collection)?.keys() ?? []) {
      if (!this.collection.records.has(id)) yield id;
    }
  }

  /** What an index found, and what it cannot know for this reader: each id once. */
  *withUnindexed(found: Iterable<string>): Generator<string> {
    const seen = new Set<string>();
    for (const source of [found, this.unindexedIds()]) {
      for (const id of source) {
        if (seen.has(id)) continue;
        seen.add(id);
        yield id;
      }
    }
  }

  /** How many documents this reader sees. */
  count(): number {
    if (this.transaction === null) return this.collection.size;
    let count = 0;
    for (const id of this.allIds()) if (this.get(id) !== null) count += 1;
    return count;
  }

  // An index knows the newest committed state only.
  private *unindexedIds(): Generator<string> {
    if (this.transaction === null) return;
    yield* this.collection.changedAfter(this.transaction.snapshot);
    yield* this.transaction.writes.get(this.collection)?.keys() ?? [];
  }
}
