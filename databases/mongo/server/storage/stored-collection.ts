import type { BsonDocument } from '../values/bson-document.ts';
import type { CollectionIndex } from './collection-index.ts';
import type { TextIndex } from './text-index.ts';

/** One state of a record; older ones are kept while a transaction may still read them. */
export interface RecordVersion {
  /** `null` for a deleted record. */
  readonly document: BsonDocument | null;
  /** When it was committed, on the store's own clock. */
  readonly time: number;
  previous: RecordVersion | undefined;
}

/** A collection in memory: its records by the order string of their `_id`, and its indexes. */
export class StoredCollection {
  readonly database: string;
  name: string;
  readonly uuid: string;
  /** As given to `create`: validator and the like. */
  options: BsonDocument;
  readonly records = new Map<string, RecordVersion>();
  readonly indexes = new Map<string, CollectionIndex>();
  textIndex: TextIndex | null = null;
  /** True for system.profile, which is not written to the journal. */
  readonly isVolatile: boolean;
  /** Records that have older versions or are deleted but kept. */
  private readonly withHistory = new Set<string>();
  private liveCount = 0;

  constructor(database: string, name: string, uuid: string, options: BsonDocument, isVolatile = false) {
    this.database = database;
    this.name = name;
    this.uuid = uuid;
    this.options = options;
    this.isVolatile = isVolatile;
  }

  get namespace(): string {
    return `${this.database}.${this.name}`;
  }

  /** How many documents there are. */
  get size(): number {
    return this.liveCount;
  }

  /** The newest state of a record, `null` when there is none. */
  newest(id: string): BsonDocument | null {
    return this.records.get(id)?.document ?? null;
  }

  /** Puts the new state of a record (`null` deletes it) into records and indexes. */
  write(id: string, document: BsonDocument | null, time: number, keepsHistory: boolean): void {
    const before = this.records.get(id);
    const old = before?.document ?? null;
    if (old !== null) this.unindex(id, old);
    if (document !== null) this.index(id, document);
    this.liveCount += (document === null ? 0 : 1) - (old === null ? 0 : 1);
    if (keepsHistory) {
      this.withHistory.add(id);
      this.records.set(id, { document, time, previous: before });
    } else if (document === null) {
      this.records.delete(id);
    } else {
      this.records.set(id, { document, time, previous: undefined });
    }
  }

  /** The records that changed after a moment: what an index no longer tells a transaction. */
  *changedAfter(time: number): Generator<string> {
    for (const id of this.withHistory) {
      const version = this.records.get(id);
      if (version !== undefined && version.time > time) yield id;
    }
  }

  /** Drops the versions that nobody who began at `oldest` or later can see. */
  prune(oldest: number): void {
    for (const id of this.withHistory) {
      const newest = this.records.get(id);
      if (newest === undefined) this.withHistory.delete(id);
      else if (newest.time <= oldest) {
        newest.previous = undefined;
        this.withHistory.delete(id);
        if (newest.document === null) this.records.delete(id);
      }
    }
  }

  private index(id: string, document: BsonDocument): void {
    for (const index of this.indexes.values()) index.add(id, document);
    this.textIndex?.add(id, document);
  }

  private unindex(id: string, document: BsonDocument): void {
    for (const index of this.indexes.values()) index.remove(id, document);
    this.textIndex?.remove(id, document);
  }
}
