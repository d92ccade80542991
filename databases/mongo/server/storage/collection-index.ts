import type { BsonDocument } from '../values/bson-document.ts';
import { valuesAt } from '../values/paths.ts';
import { sortKeyOf } from '../values/sort-key.ts';
import { keyTuplesOf } from './key-tuples.ts';
import { SortedKeys } from './sorted-keys.ts';

/** An index as `listIndexes` shows it. */
export interface IndexSpec {
  readonly v: number;
  readonly key: BsonDocument;
  readonly name: string;
  readonly unique?: boolean;
  readonly sparse?: boolean;
  readonly partialFilterExpression?: BsonDocument;
  readonly [option: string]: unknown;
}

/** Follows every key that begins with a prefix. */
export const AFTER_ALL = '\uffff';

/** An ordered index over one or several paths; it leads from values to records. */
export class CollectionIndex {
  readonly spec: IndexSpec;
  readonly paths: readonly string[];
  readonly entries = new SortedKeys();
  /** The paths where a record had an array once: two bounds there may be met by two elements. */
  readonly multikeyPaths = new Set<string>();
  private readonly covers: (document: BsonDocument) => boolean;

  /** `covers` tells which documents a partial index holds. */
  constructor(spec: IndexSpec, covers: (document: BsonDocument) => boolean) {
    this.spec = spec;
    this.paths = Object.keys(spec.key);
    this.covers = covers;
  }

  get isUnique(): boolean {
    return this.spec.unique === true || this.spec.name === '_id_';
  }

  /** The keys of a document; none when the index leaves it out. */
  keysOf(document: BsonDocument): readonly string[] {
    if (!this.covers(document)) return [];
    let keys: string[] = [''];
    let multiplePaths = 0;
    let isPresent = false;
    for (const path of this.paths) {
      const { values, isMultiple } = valuesAt(document, path);
      if (isMultiple) {
        multiplePaths += 1;
        this.multikeyPaths.add(path);
      }
      isPresent ||= this.spec.sparse === true && hasValueAt(document, path);
      const parts = new Set(values.map(sortKeyOf));
      const longer: string[] = [];
      for (const key of keys) for (const part of parts) longer.push(key + part);
      keys = longer;
    }
    if (this.spec.sparse === true && !isPresent) return [];
    if (multiplePaths > 1)
      keys = keyTuplesOf(document, this.paths).map((tuple) => tuple.map(sortKeyOf).join(''));
    return keys.length > 1 ? [...new Set(keys)] : keys;
  }

  add(id: string, document: BsonDocument): void {
    for (const key of this.keysOf(document)) this.entries.add(key, id);
  }

  remove(id: string, document: BsonDocument): void {
    for (const key of this.keysOf(document)) this.entries.remove(key, id);
  }

  /** The values that make a key, for the message about a duplicate. */
  valuesOf(document: BsonDocument, key: string): BsonDocument {
    const found: BsonDocument = {};
    let rest = key;
    for (const path of this.paths) {
      const { values } = valuesAt(document, path);
      const value = values.find((candidate) => rest.startsWith(sortKeyOf(candidate)));
      rest = rest.slice(sortKeyOf(value).length);
      found[path] = value ?? null;
    }
    return found;
  }

  /** The records that have exactly this key. */
  *owners(key: string): Generator<string> {
    for (const entry of this.entries.range(key, key + '\u0000')) yield entry.id;
  }
}

function hasValueAt(document: BsonDocument, path: string): boolean {
  let value: unknown = document;
  for (const part of path.split('.')) {
    if (Array.isArray(value)) return true;
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return false;
    value = Reflect.get(value, part);
  }
  return value !== undefined;
}
