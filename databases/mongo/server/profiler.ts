import { randomUUID } from 'node:crypto';
import { ObjectId } from 'bson';
import { StoredCollection } from './storage/stored-collection.ts';
import type { Catalog } from './storage/catalog.ts';
import { sortKeyOf } from './values/sort-key.ts';
import type { BsonDocument } from './values/bson-document.ts';

/** Entries that are kept for a database; the oldest go first. */
const ENTRIES_MAX = 5_000;
const SLOW_MS_DEFAULT = 100;

/** Of a database: 0 nothing, 1 slow commands, 2 every command. */
export interface ProfileSettings {
  level: number;
  slowMs: number;
}

/** Notes commands in `system.profile`, in memory only, so that a test can count statements. */
export class Profiler {
  private readonly settings = new Map<string, ProfileSettings>();
  private readonly collections = new Map<string, StoredCollection>();
  private readonly catalog: Catalog;

  constructor(catalog: Catalog) {
    this.catalog = catalog;
  }

  /** The settings of a database, to be changed in place. */
  settingsOf(database: string): ProfileSettings {
    const settings = this.settings.get(database) ?? { level: 0, slowMs: SLOW_MS_DEFAULT };
    this.settings.set(database, settings);
    return settings;
  }

  collectionOf(database: string): StoredCollection | undefined {
    return this.collections.get(database);
  }

  clear(database: string): void {
    this.collections.delete(database);
  }

  /** Notes one command, when the database's level asks for it. */
  note(database: string, millis: number, entry: () => BsonDocument): void {
    const { level, slowMs } = this.settings.get(database) ?? { level: 0, slowMs: 0 };
    if (level === 0 || (level === 1 && millis < slowMs)) return;
    const collection = this.collections.get(database) ?? this.create(database);
    const id = new ObjectId();
    const document = { _id: id, ...entry(), millis, ts: new Date() };
    collection.write(sortKeyOf(id), document, 0, false);
    if (collection.size <= ENTRIES_MAX) return;
    for (const oldest of collection.records.keys()) {
      collection.write(oldest, null, 0, false);
      return;
    }
  }

  private create(database: string): StoredCollection {
    const collection = new StoredCollection(database, 'system.profile', randomUUID(), { capped: true }, true);
    this.catalog.buildIndex(collection, { v: 2, key: { _id: 1 }, name: '_id_' });
    this.collections.set(database, collection);
    return collection;
  }
}
