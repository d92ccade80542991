import { describe, expect, test } from 'vitest';

import { type ContractContext, errorOf } from './contract-context.ts';

/** Indexes: what they keep out, and what they find. */
export function describeIndexes({ rows, db, mongo }: ContractContext): void {
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

    test('an index through an array has a key for each element, not each value with each', async () => {
      await rows().createIndex({ 'v.size': 1, 'v.colour': 1 }, { unique: true });
      await rows().insertOne({ _id: 1, v: [{ size: 1, colour: 'red' }, { size: 2, colour: 'blue' }] }); // prettier-ignore
      await rows().insertOne({ _id: 2, v: [{ size: 1, colour: 'blue' }] });
      const error = await errorOf(rows().insertOne({ _id: 3, v: [{ size: 2, colour: 'blue' }] }));
      expect(error).toMatchObject({ code: 11000, keyValue: { 'v.size': 2, 'v.colour': 'blue' } });
      // Two elements may meet the two conditions, though no key has both.
      const found = await rows().find({ 'v.size': 2, 'v.colour': 'red' }).toArray();
      expect(found.map(({ _id }) => _id)).toEqual([1]);
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

    test.each<[string, object, Record<string, 1 | -1>, number[], number]>([
      ['upwards', {}, { a: 1, _id: 1 }, [0, 10, 20], 3],
      ['downwards', {}, { a: -1, _id: -1 }, [99, 89, 79], 3],
      ['within a range', { a: { $gte: 5 } }, { a: 1, _id: 1 }, [5, 15, 25], 3],
      ['within a range, downwards', { a: { $lt: 5 } }, { a: -1, _id: -1 }, [94, 84, 74], 3],
      ['after one value', { kind: 'x' }, { b: 1 }, [2, 5, 8], 3],
      ['with that value in the order', { kind: 'x' }, { kind: -1, b: -1 }, [98, 95, 92], 3],
      ['over two values', { kind: { $in: ['x', 'y'] } }, { kind: 1, b: 1 }, [2, 5, 8], 3],
      ['both ways, by sorting', { a: { $gte: 8 } }, { a: 1, _id: -1 }, [98, 88, 78], 20],
      ['by arrays, by sorting', { kind: 'y' }, { tags: 1, b: 1 }, [0, 30, 60], 34],
    ])('give the order of a sort: %s', async (_name, filter, sort, ids, examined) => {
      const letters = ['y', 'z', 'x'];
      await rows().insertMany(
        Array.from({ length: 100 }, (_, _id) => ({
          _id,
          a: _id % 10,
          b: _id,
          kind: letters[_id % 3],
          tags: [_id % 10, 50],
        })),
      );
      await rows().createIndex({ a: 1, _id: 1 });
      await rows().createIndex({ kind: 1, b: 1 });
      await rows().createIndex({ kind: 1, tags: 1 });
      const cursor = () => rows().find(filter).sort(sort).limit(3);
      expect((await cursor().toArray()).map(({ _id }) => _id)).toEqual(ids);
      const plan = await cursor().explain('executionStats');
      expect(plan['executionStats'].totalDocsExamined).toBe(examined);
      expect(JSON.stringify(plan['queryPlanner'].winningPlan).includes('"SORT"')).toBe(examined > 3);
      const first = { $project: { _id: 1 } };
      const stages = [{ $match: filter }, { $sort: sort }, { $limit: 3 }, first];
      expect((await rows().aggregate(stages).toArray()).map(({ _id }) => _id)).toEqual(ids);
    });

    test('an index gives the order that sorting gives, whatever the types', async () => {
      const values = [null, 1, 'a', [1, 2], [], { x: 1 }, true, new Date(5), 2.5, undefined, [null], 'b', -1];
      await rows().insertMany(values.map((v, _id) => (v === undefined ? { _id } : { _id, v })));
      const single = { v: { $not: { $type: 'array' } } };
      const answers = async (): Promise<unknown[]> =>
        await Promise.all(
          [1, -1].flatMap((way) =>
            [{}, single, { v: { $gte: 1 } }].map(async (filter) =>
              (
                await rows()
                  .find(filter as object)
                  .sort({ v: way as 1, _id: way as 1 })
                  .toArray()
              ).map(({ _id }) => _id),
            ),
          ),
        );
      const sorted = await answers();
      await rows().createIndex({ v: 1, _id: 1 });
      expect(await answers()).toEqual(sorted);
      await rows().dropIndexes();
      await rows().deleteMany({ v: { $type: 'array' } });
      const alone = await answers();
      await rows().createIndex({ v: 1, _id: 1 });
      expect(await answers()).toEqual(alone);
    });

    test('a transaction finds its own writes in the order of an index', async () => {
      await rows().insertMany([
        { _id: 1, a: 1 },
        { _id: 3, a: 3 },
      ]);
      await rows().createIndex({ a: 1 });
      const session = mongo().client.startSession();
      await session.withTransaction(async () => {
        await rows().insertOne({ _id: 2, a: 2 }, { session });
        await rows().updateOne({ _id: 1 }, { $set: { a: 4 } }, { session });
        const found = await rows().find({}, { session }).sort({ a: 1 }).toArray();
        expect(found.map(({ _id }) => _id)).toEqual([2, 3, 1]);
      });
      await session.endSession();
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
}
