import { describe, expect, test } from 'vitest';

import { type ContractContext, errorOf } from './contract-context.ts';

/** Collections, indexes, validators and text search. */
export function describeCollections({ rows, db }: ContractContext): void {
  describe('collections', () => {
    test('are made, listed and dropped', async () => {
      await db().createCollection('rows');
      expect((await db().listCollections({ name: 'rows' }).toArray())[0]).toMatchObject({
        name: 'rows',
        type: 'collection',
        idIndex: { key: { _id: 1 } },
      });
      await db().createCollection('other');
      await db().dropCollection('other');
      expect((await db().listCollections({}, { nameOnly: true }).toArray()).map(({ name }) => name)).toEqual([
        'rows',
      ]);
    });

    test('are made twice only when they are the same', async () => {
      await db().createCollection('rows');
      await db().createCollection('rows');
      await expect(db().createCollection('rows', { validator: { a: 1 } })).rejects.toMatchObject({
        code: 48,
      });
    });

    test('a name with a dollar is refused', async () => {
      await expect(db().createCollection('a$b')).rejects.toMatchObject({ code: 73 });
    });
  });

  describe('indexes', () => {
    test('are made, listed and dropped', async () => {
      expect(await rows().createIndex({ a: 1, b: -1 })).toBe('a_1_b_-1');
      expect(await rows().createIndex({ a: 1, b: -1 })).toBe('a_1_b_-1');
      const listed = await rows().listIndexes().toArray();
      expect(listed).toEqual([
        { v: 2, key: { _id: 1 }, name: '_id_' },
        { v: 2, key: { a: 1, b: -1 }, name: 'a_1_b_-1' },
      ]);
      await rows().dropIndex('a_1_b_-1');
      expect(await rows().listIndexes().toArray()).toHaveLength(1);
      await expect(rows().dropIndex('a_1_b_-1')).rejects.toMatchObject({ code: 27 });
      await expect(rows().dropIndex('_id_')).rejects.toMatchObject({ code: 72 });
    });

    test('of the same name but another key are refused', async () => {
      await rows().createIndex({ a: 1 }, { name: 'x' });
      await expect(rows().createIndex({ b: 1 }, { name: 'x' })).rejects.toMatchObject({ code: 86 });
      await expect(rows().createIndex({ a: 1 }, { name: 'y' })).rejects.toMatchObject({ code: 85 });
    });

    test('of a collection that does not exist are not found', async () => {
      await expect(db().collection('nowhere').listIndexes().toArray()).rejects.toMatchObject({ code: 26 });
    });

    test('a unique index refuses a second key and names it', async () => {
      await rows().createIndex({ email: 1 }, { unique: true });
      await rows().insertOne({ _id: 1, email: 'a@b' });
      expect(await errorOf(rows().insertOne({ _id: 2, email: 'a@b' }))).toMatchObject({
        code: 11000,
        keyPattern: { email: 1 },
        keyValue: { email: 'a@b' },
        message: expect.stringMatching(
          /E11000 duplicate key error collection: \S+\.rows index: email_1 dup key: \{ email: "a@b" \}/,
        ),
      });
      await rows().insertOne({ _id: 3, email: 'c@d' });
      await expect(rows().updateOne({ _id: 3 }, { $set: { email: 'a@b' } })).rejects.toMatchObject({
        code: 11000,
      });
      await rows().deleteOne({ _id: 1 });
      await rows().updateOne({ _id: 3 }, { $set: { email: 'a@b' } });
    });

    test('a duplicate _id is refused', async () => {
      await rows().insertOne({ _id: 1 });
      expect(await errorOf(rows().insertOne({ _id: 1 }))).toMatchObject({
        code: 11000,
        keyPattern: { _id: 1 },
        keyValue: { _id: 1 },
      });
    });

    test('a unique index counts missing as null, a sparse one passes it over', async () => {
      await rows().createIndex({ a: 1 }, { unique: true });
      await rows().insertOne({});
      await expect(rows().insertOne({ a: null })).rejects.toMatchObject({ code: 11000 });
      await rows().dropIndex('a_1');
      await rows().createIndex({ a: 1 }, { unique: true, sparse: true });
      await rows().insertMany([{}, {}]);
      await rows().insertOne({ a: 1 });
      await expect(rows().insertOne({ a: 1 })).rejects.toMatchObject({ code: 11000 });
    });

    test('a partial index holds the documents of its filter', async () => {
      await rows().createIndex({ a: 1 }, { unique: true, partialFilterExpression: { live: true } });
      await rows().insertMany([{ a: 1 }, { a: 1 }, { a: 1, live: true }]);
      await expect(rows().insertOne({ a: 1, live: true })).rejects.toMatchObject({ code: 11000 });
      expect(await rows().countDocuments({ a: 1 })).toBe(3);
    });

    test('a unique index on an array counts each element', async () => {
      await rows().createIndex({ tags: 1 }, { unique: true });
      await rows().insertOne({ tags: ['a', 'a', 'b'] });
      await expect(rows().insertOne({ tags: ['c', 'b'] })).rejects.toMatchObject({ code: 11000 });
    });

    test('two arrays cannot be in one index', async () => {
      await rows().createIndex({ a: 1, b: 1 });
      await expect(rows().insertOne({ a: [1], b: [1] })).rejects.toMatchObject({ code: 171 });
      expect(await rows().countDocuments()).toBe(0);
    });

    test('a unique index is not built over duplicates', async () => {
      await rows().insertMany([{ a: 1 }, { a: 1 }]);
      await expect(rows().createIndex({ a: 1 }, { unique: true })).rejects.toMatchObject({ code: 11000 });
      expect(await rows().listIndexes().toArray()).toHaveLength(1);
    });

    test.each<[string, object, number, string]>([
      ['equality', { a: 5 }, 1, 'IXSCAN'],
      ['$in', { a: { $in: [1, 2, 3] } }, 3, 'IXSCAN'],
      ['a range', { a: { $gte: 10, $lt: 20 } }, 10, 'IXSCAN'],
      ['a prefix and a range', { a: 7, b: { $gt: 0 } }, 1, 'IXSCAN'],
      ['nothing', { c: 5 }, 100, 'COLLSCAN'],
    ])('answer %s by looking at what matches', async (_name, filter, examined, stage) => {
      await rows().insertMany(Array.from({ length: 100 }, (_, _id) => ({ _id, a: _id, b: 1, c: _id })));
      await rows().createIndex({ a: 1, b: 1 });
      const plan = await rows().find(filter).explain('executionStats');
      expect(plan['executionStats'].totalDocsExamined).toBe(examined);
      expect(JSON.stringify(plan['queryPlanner'].winningPlan)).toContain(stage);
    });

    test('a hint that names no index is refused', async () => {
      await rows().insertOne({});
      await expect(rows().find().hint('nothing').toArray()).rejects.toMatchObject({ code: 2 });
    });

    test('an index gives what a scan gives, whatever the types', async () => {
      const values = [null, 1, 'a', [1, 2], [], { x: 1 }, true, new Date(5), 2.5, undefined, [null], [[1]]];
      await rows().insertMany(values.map((v, _id) => (v === undefined ? { _id } : { _id, v })));
      const filters = [
        null,
        1,
        'a',
        [1, 2],
        [],
        { $gt: 0 },
        { $gte: 'a' },
        { $lt: 2 },
        { $in: [1, null] },
        { $in: [[], true] },
        { x: 1 },
        { $gt: 0, $lt: 2 },
        { $lte: new Date(5) },
        { $exists: false },
        [1],
        { $ne: 1 },
      ];
      const answers = async (): Promise<unknown[]> =>
        await Promise.all(
          filters.map(async (v) =>
            (
              await rows()
                .find({ v } as object)
                .sort({ _id: 1 })
                .toArray()
            ).map(({ _id }) => _id),
          ),
        );
      const scanned = await answers();
      await rows().createIndex({ v: 1 });
      expect(await answers()).toEqual(scanned);
    });
  });

  describe('validators', () => {
    const schema = {
      $jsonSchema: {
        bsonType: 'object',
        required: ['name', 'price'],
        properties: {
          name: { bsonType: 'string', minLength: 1 },
          price: { bsonType: 'int', minimum: 0 },
          kind: { enum: ['book', 'device'] },
          tags: { bsonType: 'array', items: { bsonType: 'string' }, uniqueItems: true },
        },
      },
    };
    const GOOD = { name: 'x', price: 1 };

    test.each<[string, object]>([
      ['a missing field', { name: 'x' }],
      ['a wrong type', { name: 'x', price: 'y' }],
      ['a value below its minimum', { name: 'x', price: -1 }],
      ['a text that is too short', { name: '', price: 1 }],
      ['a value that is not in an enum', { ...GOOD, kind: 'car' }],
      ['a wrong item', { ...GOOD, tags: ['a', 1] }],
      ['an item twice', { ...GOOD, tags: ['a', 'a'] }],
    ])('refuse %s', async (_name, document) => {
      await db().createCollection('rows', { validator: schema });
      await rows().insertOne({ ...GOOD, kind: 'book', tags: ['a'] });
      expect(await errorOf(rows().insertOne({ ...document }))).toMatchObject({
        code: 121,
        errInfo: { failingDocumentId: expect.anything(), details: { operatorName: '$jsonSchema' } },
      });
    });

    test('hold for updates too, and can be changed', async () => {
      await db().createCollection('rows', { validator: schema });
      await rows().insertOne({ _id: 1, ...GOOD });
      await expect(rows().updateOne({ _id: 1 }, { $set: { price: -5 } })).rejects.toMatchObject({
        code: 121,
      });
      await db().command({ collMod: 'rows', validator: { price: { $lt: 100 } } });
      await rows().updateOne({ _id: 1 }, { $set: { price: -5 } });
      await expect(rows().insertOne({ price: 100 })).rejects.toMatchObject({ code: 121 });
    });

    test('can be passed over by who may', async () => {
      await db().createCollection('rows', { validator: { a: 1 } });
      await rows().insertOne({ a: 2 }, { bypassDocumentValidation: true });
      expect(await rows().countDocuments()).toBe(1);
    });

    test('of an unknown operator are refused', async () => {
      await expect(db().createCollection('rows', { validator: { a: { $foo: 1 } } })).rejects.toMatchObject({
        code: 2,
      });
    });
  });

  describe('text search', () => {
    const texts = async (): Promise<void> => {
      await rows().createIndex(
        { title: 'text', body: 'text' },
        { weights: { title: 10, body: 1 }, default_language: 'none' },
      );
      await rows().insertMany([
        { _id: 1, title: 'Red wine', body: 'A bottle from Bordeaux' },
        { _id: 2, title: 'Café au lait', body: 'Served red hot' },
        { _id: 3, title: 'White paint', body: 'No wine here' },
        { _id: 4, title: 'Blue', body: 'sky' },
      ]);
    };
    const search = async ($search: string): Promise<unknown[]> =>
      (
        await rows()
          .find({ $text: { $search } })
          .sort({ score: { $meta: 'textScore' } })
          .toArray()
      ).map(({ _id }) => _id);

    test.each<[string, string, number[]]>([
      ['a word, the heavier field first', 'wine', [1, 3]],
      ['either of two words', 'sky paint', [3, 4]],
      ['no matter the case', 'RED', [1, 2]],
      ['no matter the accents', 'cafe', [2]],
      ['but not a negated word', 'red -wine', [2]],
      ['a phrase', '"red hot"', [2]],
      ['nothing', 'green', []],
    ])('finds %s', async (_name, words, expected) => {
      await texts();
      expect(await search(words)).toEqual(expected);
    });

    test('gives its score', async () => {
      await texts();
      const [found] = await rows()
        .find({ $text: { $search: 'blue' } }, { projection: { score: { $meta: 'textScore' } } })
        .toArray();
      // One word that is the whole field, of weight 10.
      expect(found?.['score']).toBeCloseTo(11, 5);
      const [same] = await rows()
        .aggregate([
          { $match: { $text: { $search: 'blue' } } },
          { $project: { score: { $meta: 'textScore' } } },
        ])
        .toArray();
      expect(same?.['score']).toBeCloseTo(11, 5);
    });

    test('goes together with other conditions', async () => {
      await texts();
      expect(await rows().countDocuments({ $text: { $search: 'wine' }, _id: { $gt: 1 } })).toBe(1);
    });

    test('follows updates and deletes', async () => {
      await texts();
      await rows().updateOne({ _id: 4 }, { $set: { title: 'Wine cellar' } });
      await rows().deleteOne({ _id: 1 });
      expect(await search('wine')).toEqual([4, 3]);
    });

    test('needs a text index', async () => {
      await rows().insertOne({});
      await expect(search('x')).rejects.toMatchObject({ code: 27 });
    });
  });
}
