import { randomUUID } from 'node:crypto';
import { ObjectId } from 'bson';
import { printValue } from '../values/print-value.ts';
import { CommandError } from '../command-error.ts';
import { compileFilter } from '../query/compile-filter.ts';
import { type BsonDocument, isDocument } from '../values/bson-document.ts';
import { CollectionIndex, type IndexSpec } from './collection-index.ts';
import { StoredCollection } from './stored-collection.ts';
import { TextIndex } from './text-index.ts';

function coverageOf(spec: IndexSpec): (document: BsonDocument) => boolean {
  const filter = spec.partialFilterExpression;
  return isDocument(filter) ? compileFilter(filter) : () => true;
}

/** True for the specification of a text index. */
export function isTextSpec(spec: IndexSpec): boolean {
  return Object.values(spec.key).includes('text');
}

/** Every collection by database and name; all in memory, made durable by the journal. */
export class Catalog {
  private readonly databases = new Map<string, Map<string, StoredCollection>>();

  find(database: string, name: string): StoredCollection | undefined {
    return this.databases.get(database)?.get(name);
  }

  /** The collections of a database in order of their names. */
  collectionsOf(database: string): StoredCollection[] {
    const collections = [...(this.databases.get(database)?.values() ?? [])];
    return collections.sort((left, right) => (left.name < right.name ? -1 : 1));
  }

  databaseNames(): string[] {
    return [...this.databases.keys()].sort();
  }

  /** Makes an empty collection with its `_id` index. */
  create(
    database: string,
    name: string,
    options: BsonDocument,
    uuid: string = randomUUID(),
    isVolatile = false,
  ): StoredCollection {
    const collection = new StoredCollection(database, name, uuid, options, isVolatile);
    this.attach(collection);
    this.buildIndex(collection, { v: 2, key: { _id: 1 }, name: '_id_' });
    return collection;
  }

  drop(collection: StoredCollection): void {
    const collections = this.databases.get(collection.database);
    collections?.delete(collection.name);
    if (collections?.size === 0) this.databases.delete(collection.database);
  }

  rename(collection: StoredCollection, name: string): void {
    this.drop(collection);
    collection.name = name;
    this.attach(collection);
  }

  /** Builds an index over what is there. Throws DuplicateKey when a unique one cannot be. */
  buildIndex(collection: StoredCollection, spec: IndexSpec): void {
    if (isTextSpec(spec)) {
      const index = new TextIndex(spec, coverageOf(spec));
      for (const [id, { document }] of collection.records) {
        if (document !== null) index.add(id, document);
      }
      collection.textIndex = index;
      return;
    }
    const index = new CollectionIndex(spec, coverageOf(spec));
    for (const [id, { document }] of collection.records) {
      if (document === null) continue;
      if (index.isUnique) {
        for (const key of index.keysOf(document)) {
          for (const owner of index.owners(key)) {
            if (owner !== id) throw duplicateKey(collection, index, document, key);
          }
        }
      }
      index.add(id, document);
    }
    collection.indexes.set(spec.name, index);
  }

  dropIndex(collection: StoredCollection, name: string): void {
    if (collection.textIndex?.spec.name === name) collection.textIndex = null;
    collection.indexes.delete(name);
  }

  private attach(collection: StoredCollection): void {
    const collections = this.databases.get(collection.database) ?? new Map();
    collections.set(collection.name, collection);
    this.databases.set(collection.database, collections);
  }
}

function printKeyValue(value: unknown): string {
  if (value === undefined || value === null) return 'null';
  if (value instanceof ObjectId) return `ObjectId('${value.toHexString()}')`;
  return typeof value === 'string' ? JSON.stringify(value) : printValue(value);
}

/** E11000 with the pattern and the values, worded as MongoDB words it. */
export function duplicateKey(
  collection: StoredCollection,
  index: CollectionIndex,
  document: BsonDocument,
  key: string,
): CommandError {
  const keyValue = index.valuesOf(document, key);
  const shown = Object.entries(keyValue).map(([path, value]) => `${path}: ${printKeyValue(value)}`);
  return new CommandError(
    'DuplicateKey',
    `E11000 duplicate key error collection: ${collection.namespace} index: ${index.spec.name} ` +
      `dup key: { ${shown.join(', ')} }`,
    { keyPattern: index.spec.key, keyValue },
  );
}
