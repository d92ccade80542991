import { expect, test } from 'vitest';

import { CommandError } from '../command-error.ts';
import { Deadline } from '../deadline.ts';
import { CollectionIndex, type IndexSpec } from '../storage/collection-index.ts';
import { CollectionReader } from '../storage/reader.ts';
import { StoredCollection } from '../storage/stored-collection.ts';
import type { BsonDocument } from '../values/bson-document.ts';
import { sortKeyOf } from '../values/sort-key.ts';
import { compileFilter } from './compile-filter.ts';
import { findRecords } from './find-documents.ts';

/** The same numbers in every run: those below 1 by Mulberry32. */
function makeRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const values = [null, 0, 1, 2, 1.5, Number.NaN, 'a', 'b', '', 'a\0', '\uffff', true, new Date(1), { x: 1 }];
const paths = ['a', 'b', 'n', 'n.m', 'n.0', 'n.0.m', '_id'];
const partial = { b: { $gt: 0 } };

/** What a run is made of, by chance. */
class Chance {
  readonly #random: () => number;

  constructor(seed: number) {
    this.#random = makeRandom(seed);
  }

  below(count: number): number {
    return Math.floor(this.#random() * count);
  }

  oneOf<Value>(list: readonly Value[]): Value {
    return list[this.below(list.length)] as Value;
  }

  listOf<Value>(countMax: number, make: () => Value): Value[] {
    return Array.from({ length: this.below(countMax + 1) }, make);
  }

  value(): unknown {
    return this.below(6) === 0 ? this.listOf(3, () => this.oneOf(values)) : this.oneOf(values);
  }

  document(_id: number): BsonDocument {
    const inner = () => ({ m: this.oneOf(values) });
    const n = this.oneOf([inner, () => this.listOf(2, inner), () => this.value()])();
    const fields = Object.entries({ a: this.value(), b: this.value(), n });
    return { _id, ...Object.fromEntries(fields.filter(() => this.below(5) > 0)) };
  }

  indexSpec(name: string): IndexSpec {
    const key = Object.fromEntries(
      [this.oneOf(paths), ...this.listOf(2, () => this.oneOf(paths))].map((path) => [path, 1]),
    );
    return {
      v: 2,
      name,
      key,
      ...this.oneOf([{}, {}, { sparse: true }, { partialFilterExpression: partial }]),
    };
  }

  condition(): unknown {
    const operand = this.oneOf(values);
    const bounds = {
      [this.oneOf(['$gt', '$gte'])]: operand,
      [this.oneOf(['$lt', '$lte'])]: this.oneOf(values),
    };
    const list = { $in: this.listOf(4, () => this.oneOf(values)) };
    return this.oneOf([
      operand,
      this.value(),
      list,
      bounds,
      { $lte: operand },
      { $ne: operand },
      { $exists: true },
    ]);
  }

  filter(): BsonDocument {
    const conditions = this.listOf(2, () => [this.oneOf(paths), this.condition()] as const);
    return { ...Object.fromEntries(conditions), ...this.oneOf([{}, {}, partial]) };
  }

  sort(indexes: readonly IndexSpec[]): BsonDocument {
    const keys = Object.keys(this.oneOf(indexes).key);
    const direction = this.oneOf([1, -1]);
    // Ends with what tells any two apart, so that there is one order.
    return Object.fromEntries(
      [...keys.slice(this.below(keys.length)), '_id'].map((path) => [path, direction]),
    );
  }
}

/** A collection of random documents, some of which were changed or removed again, with random indexes. */
function fill(chance: Chance, specs: readonly IndexSpec[]): StoredCollection {
  const collection = new StoredCollection('test', 'rows', 'uuid', {});
  for (const spec of [{ v: 2, name: '_id_', key: { _id: 1 } }, ...specs]) {
    const covers = compileFilter(spec.partialFilterExpression ?? {});
    collection.indexes.set(spec.name, new CollectionIndex(spec, covers));
  }
  for (let time = 1; time <= 150; time += 1) {
    const document = chance.document(chance.below(100));
    const id = sortKeyOf(document['_id']);
    try {
      for (const index of collection.indexes.values()) index.keysOf(document);
      collection.write(id, chance.below(10) === 0 ? null : document, time, false);
    } catch (error) {
      // Two lists in one document, as the server would tell it.
      if (!(error instanceof CommandError)) throw error;
    }
  }
  return collection;
}

test('whatever the indexes, what is found and its order are those of a scan', () => {
  for (let seed = 1; seed <= 60; seed += 1) {
    const chance = new Chance(seed);
    const specs = Array.from({ length: 3 }, (_, place) => chance.indexSpec(`index_${place}`));
    const reader = new CollectionReader(fill(chance, specs), null);
    for (let round = 0; round < 40; round += 1) {
      const [filter, sort] = [chance.filter(), chance.sort(specs)];
      const find = (hint?: object) =>
        [...findRecords(reader, { filter, sort, hint, deadline: new Deadline(0) })].map(
          ({ document }) => document['_id'],
        );
      expect({ seed, filter, sort, specs, found: find() }).toEqual({
        seed,
        filter,
        sort,
        specs,
        found: find({ $natural: 1 }),
      });
    }
  }
});
