import { Decimal128, Double, Long } from 'bson';
import { ObjectId } from 'mongodb';
import { describe, expect, test } from 'vitest';

import { type ContractContext, errorOf } from './contract-context.ts';

/** Inserts, updates, deletes and findAndModify. */
export function describeUpdates({ rows, db }: ContractContext): void {
  const updated = async (before: object, update: object, options: object = {}): Promise<object> => {
    await rows().insertOne({ _id: 1, ...before });
    await rows().updateOne({}, update, options);
    const { _id, ...after } = (await rows().findOne()) ?? {};
    expect(_id).toBe(1);
    return after;
  };

  describe('update operators', () => {
    test.each<[string, object, object, object]>([
      ['$set', { a: 1 }, { $set: { a: 2, b: 3 } }, { a: 2, b: 3 }],
      ['$set makes the documents on its way', {}, { $set: { 'a.b.c': 1 } }, { a: { b: { c: 1 } } }],
      ['$set at a place fills up with null', { a: [1] }, { $set: { 'a.3': 4 } }, { a: [1, null, null, 4] }],
      ['$unset', { a: 1, b: 2 }, { $unset: { a: '' } }, { b: 2 }],
      ['$unset in an array leaves null', { a: [1, 2] }, { $unset: { 'a.0': '' } }, { a: [null, 2] }],
      ['$inc', { a: 1 }, { $inc: { a: 2, b: 5 } }, { a: 3, b: 5 }],
      ['$mul', { a: 3 }, { $mul: { a: 2, b: 5 } }, { a: 6, b: 0 }],
      ['$min', { a: 3, b: 3 }, { $min: { a: 2, b: 5 } }, { a: 2, b: 3 }],
      ['$max', { a: 3, b: 3 }, { $max: { a: 2, b: 5 } }, { a: 3, b: 5 }],
      ['$rename', { a: 1, b: 2 }, { $rename: { a: 'c' } }, { b: 2, c: 1 }],
      ['$push', { a: [1] }, { $push: { a: 2, b: 1 } }, { a: [1, 2], b: [1] }],
      [
        '$push with $each, $sort and $slice',
        { a: [5, 1] },
        { $push: { a: { $each: [3, 2], $sort: 1, $slice: 3 } } },
        { a: [1, 2, 3] },
      ],
      [
        '$push with $position',
        { a: [1, 2] },
        { $push: { a: { $each: [9], $position: 0 } } },
        { a: [9, 1, 2] },
      ],
      [
        '$push sorting by a field',
        { a: [{ s: 2 }] },
        { $push: { a: { $each: [{ s: 1 }], $sort: { s: 1 } } } },
        { a: [{ s: 1 }, { s: 2 }] },
      ],
      ['$addToSet', { a: [1, 2] }, { $addToSet: { a: { $each: [2, 3, 3] } } }, { a: [1, 2, 3] }],
      ['$pull by condition', { a: [1, 5, 9] }, { $pull: { a: { $gte: 5 } } }, { a: [1] }],
      ['$pull by document', { a: [{ x: 1, y: 1 }, { x: 2 }] }, { $pull: { a: { x: 1 } } }, { a: [{ x: 2 }] }],
      [
        '$pull by one of several conditions',
        { a: [{ x: 1 }, { x: 2 }, { y: 3 }] },
        { $pull: { a: { $or: [{ x: 1 }, { y: 3 }] } } },
        { a: [{ x: 2 }] },
      ],
      ['$pullAll', { a: [1, 2, 3, 1] }, { $pullAll: { a: [1, 3] } }, { a: [2] }],
      ['$pop', { a: [1, 2, 3], b: [1, 2] }, { $pop: { a: 1, b: -1 } }, { a: [1, 2], b: [2] }],
      ['$bit', { a: 12 }, { $bit: { a: { and: 10 } } }, { a: 8 }],
      ['$[] on every element', { a: [1, 2] }, { $inc: { 'a.$[]': 10 } }, { a: [11, 12] }],
      ['$setOnInsert does nothing here', { a: 1 }, { $setOnInsert: { b: 1 }, $set: { a: 2 } }, { a: 2 }],
    ])('%s', async (_name, before, update, after) => {
      expect(await updated(before, update)).toEqual(after);
    });

    test('new fields come in the order of their names', async () => {
      expect(Object.keys(await updated({ z: 1 }, { $set: { c: 1, a: 1, b: 1 } }))).toEqual([
        'z',
        'a',
        'b',
        'c',
      ]);
    });

    test('the positional $ is the element that the filter matched', async () => {
      await rows().insertOne({
        _id: 1,
        list: [
          { k: 'a', n: 1 },
          { k: 'b', n: 1 },
        ],
      });
      await rows().updateOne({ 'list.k': 'b' }, { $inc: { 'list.$.n': 5 } });
      expect((await rows().findOne())?.['list']).toEqual([
        { k: 'a', n: 1 },
        { k: 'b', n: 6 },
      ]);
    });

    test('the positional $ passes over what a filter says is not there', async () => {
      const list = [
        { k: 'a', n: 1 },
        { k: 'b', n: 2 },
      ];
      await rows().insertOne({ _id: 1, list });
      const filter = { 'list.n': { $ne: 9 }, 'list.k': 'b' };
      await rows().updateOne(filter, { $set: { 'list.$.n': 5 } });
      expect((await rows().findOne())?.['list']).toEqual([
        { k: 'a', n: 1 },
        { k: 'b', n: 5 },
      ]);
    });

    test('arrayFilters choose the elements', async () => {
      await rows().insertOne({ _id: 1, list: [{ n: 1 }, { n: 5 }, { n: 9 }] });
      await rows().updateOne(
        {},
        { $set: { 'list.$[big].big': true } },
        { arrayFilters: [{ 'big.n': { $gte: 5 } }] },
      );
      expect((await rows().findOne())?.['list']).toEqual([
        { n: 1 },
        { n: 5, big: true },
        { n: 9, big: true },
      ]);
    });

    test('$inc gives the type that both numbers allow', async () => {
      await rows().insertOne({
        _id: 1,
        int: 2_147_483_647,
        long: Long.fromNumber(1),
        double: 1,
        decimal: Decimal128.fromString('0.1'),
      });
      await rows().updateOne(
        {},
        { $inc: { int: 1, long: 1, double: new Double(1.5), decimal: Decimal128.fromString('0.2') } },
      );
      const types = ['long', 'long', 'double', 'decimal'];
      for (const [index, field] of ['int', 'long', 'double', 'decimal'].entries()) {
        expect(await rows().countDocuments({ [field]: { $type: types[index] } })).toBe(1);
      }
      expect(String((await rows().findOne())?.['decimal'])).toBe('0.3');
    });

    test('$currentDate sets the time of now', async () => {
      const before = Date.now();
      const { at } = (await updated({}, { $currentDate: { at: true } })) as { at: Date };
      expect(at.getTime()).toBeGreaterThanOrEqual(before - 1000);
    });

    test('a pipeline computes from the document', async () => {
      expect(
        await updated({ a: 1, b: 2 }, [{ $set: { sum: { $add: ['$a', '$b'] } } }, { $unset: 'b' }]),
      ).toEqual({ a: 1, sum: 3 });
    });

    test.each<[string, object, object, number]>([
      ['$inc of text', { a: 'x' }, { $inc: { a: 1 } }, 14],
      ['$inc by text', { a: 1 }, { $inc: { a: 'x' } }, 14],
      ['$push to a number', { a: 1 }, { $push: { a: 1 } }, 2],
      ['$set below a number', { a: 1 }, { $set: { 'a.b': 1 } }, 28],
      ['two operators on one path', {}, { $set: { a: 1 }, $inc: { a: 1 } }, 40],
      ['a path and one below it', {}, { $set: { a: 1, 'a.b': 1 } }, 40],
      ['a change of the _id', {}, { $set: { _id: 2 } }, 66],
      ['an empty part of a path', {}, { $set: { 'a.': 1 } }, 56],
      ['an unknown operator', {}, { $foo: { a: 1 } }, 9],
      ['$rename of an element', { a: [1] }, { $rename: { 'a.0': 'b' } }, 2],
      ['$rename into a list', { a: [1], b: 1 }, { $rename: { b: 'a.0' } }, 2],
      ['$pop of a number', { a: 1 }, { $pop: { a: 1 } }, 14],
      ['the positional $ without a match', { a: [1] }, { $set: { 'a.$': 1 } }, 2],
    ])('refuse %s', async (_name, before, update, code) => {
      await rows().insertOne({ _id: 1, ...before });
      await expect(rows().updateOne({}, update)).rejects.toMatchObject({ code });
      expect(await rows().findOne()).toEqual({ _id: 1, ...before });
    });
  });

  describe('updates', () => {
    test('tell what they matched and what they modified', async () => {
      await rows().insertMany([{ a: 1 }, { a: 1 }, { a: 2 }]);
      expect(await rows().updateMany({}, { $set: { a: 1 } })).toMatchObject({
        matchedCount: 3,
        modifiedCount: 1,
      });
      expect(await rows().updateOne({ a: 9 }, { $set: { a: 1 } })).toMatchObject({
        matchedCount: 0,
        modifiedCount: 0,
      });
    });

    test('replace a document but its _id', async () => {
      await rows().insertOne({ _id: 1, a: 1 });
      await rows().replaceOne({ _id: 1 }, { b: 2 });
      expect(await rows().findOne()).toEqual({ _id: 1, b: 2 });
    });

    test('an upsert starts from the equalities of its filter', async () => {
      const result = await rows().updateOne(
        { name: 'x', 'at.city': 'Paris', n: { $gt: 1 } },
        { $set: { a: 1 }, $setOnInsert: { b: 2 } },
        { upsert: true },
      );
      expect(result.upsertedCount).toBe(1);
      expect(result.upsertedId).toBeInstanceOf(ObjectId);
      const { _id, ...inserted } = (await rows().findOne()) ?? {};
      expect(_id).toEqual(result.upsertedId);
      expect(inserted).toEqual({ name: 'x', at: { city: 'Paris' }, a: 1, b: 2 });
    });

    test('an upsert whose filter says two things of one field is refused', async () => {
      const upsert = (filter: object): Promise<unknown> =>
        rows().updateOne(filter, { $set: { b: 1 } }, { upsert: true });
      await expect(upsert({ a: 1, 'a.b': 2 })).rejects.toMatchObject({ code: 54 });
      await expect(upsert({ a: { $all: [1, 2] } })).rejects.toMatchObject({ code: 54 });
      await expect(upsert({ $and: [{ a: 1 }, { a: 2 }] })).rejects.toMatchObject({ code: 54 });
      await upsert({ a: { $all: [1] } });
      expect(await rows().findOne({}, { projection: { _id: 0 } })).toEqual({ a: 1, b: 1 });
    });

    test('an upsert takes the _id of its filter', async () => {
      await rows().replaceOne({ _id: 5 }, { a: 1 }, { upsert: true });
      expect(await rows().findOne()).toEqual({ _id: 5, a: 1 });
    });

    test('delete one or all that match', async () => {
      await rows().insertMany([{ a: 1 }, { a: 1 }, { a: 1 }]);
      expect((await rows().deleteOne({ a: 1 })).deletedCount).toBe(1);
      expect((await rows().deleteMany({ a: 1 })).deletedCount).toBe(2);
    });

    test('findOneAndUpdate gives the document before or after', async () => {
      await rows().insertMany([
        { _id: 1, n: 1 },
        { _id: 2, n: 5 },
      ]);
      expect(await rows().findOneAndUpdate({}, { $inc: { n: 1 } }, { sort: { n: -1 } })).toEqual({
        _id: 2,
        n: 5,
      });
      expect(
        await rows().findOneAndUpdate(
          { _id: 2 },
          { $inc: { n: 1 } },
          { returnDocument: 'after', projection: { n: 1, _id: 0 } },
        ),
      ).toEqual({ n: 7 });
      expect(await rows().findOneAndUpdate({ _id: 9 }, { $inc: { n: 1 } })).toBeNull();
    });

    test('a findOneAndUpdate whose projection is wrong changes nothing', async () => {
      await rows().insertOne({ _id: 1, n: 1 });
      const update = rows().findOneAndUpdate({ _id: 1 }, { $inc: { n: 1 } }, { projection: { a: 1, b: 0 } });
      await expect(update).rejects.toMatchObject({ code: 31254 });
      expect(await rows().findOne()).toEqual({ _id: 1, n: 1 });
    });

    test('findOneAndDelete gives what it deleted', async () => {
      await rows().insertOne({ _id: 1, n: 1 });
      expect(await rows().findOneAndDelete({ _id: 1 })).toEqual({ _id: 1, n: 1 });
      expect(await rows().countDocuments()).toBe(0);
    });

    test('findOneAndReplace can insert', async () => {
      expect(
        await rows().findOneAndReplace({ _id: 3 }, { n: 1 }, { upsert: true, returnDocument: 'after' }),
      ).toEqual({ _id: 3, n: 1 });
    });

    test('an ordered bulk write stops at its first failure, an unordered one goes on', async () => {
      const documents = [{ _id: 1 }, { _id: 1 }, { _id: 2 }];
      const ordered = await errorOf(rows().insertMany(documents));
      expect(ordered).toMatchObject({ code: 11000 });
      expect(await rows().countDocuments()).toBe(1);
      await rows().deleteMany({});
      await errorOf(rows().insertMany(documents, { ordered: false }));
      expect(await rows().countDocuments()).toBe(2);
    });

    test('a bulk write mixes its kinds', async () => {
      const result = await rows().bulkWrite([
        { insertOne: { document: { _id: 1, n: 1 } } },
        { updateOne: { filter: { _id: 1 }, update: { $inc: { n: 1 } } } },
        { updateOne: { filter: { _id: 2 }, update: { $set: { n: 1 } }, upsert: true } },
        { deleteOne: { filter: { _id: 1 } } },
      ]);
      expect(result).toMatchObject({ insertedCount: 1, modifiedCount: 1, upsertedCount: 1, deletedCount: 1 });
      expect(await rows().find().toArray()).toEqual([{ _id: 2, n: 1 }]);
    });

    test('a document beyond 16 MB is refused', async () => {
      const text = 'x'.repeat(9 * 1024 * 1024);
      await rows().insertOne({ _id: 1, a: text });
      const error = await errorOf(rows().updateOne({ _id: 1 }, { $set: { b: text } }));
      expect([10334, 17419]).toContain(error['code']);
      expect(Object.keys((await rows().findOne()) ?? {})).toEqual(['_id', 'a']);
    });

    test('a document beyond 180 levels is refused', async () => {
      const nested = (levels: number): object => (levels === 0 ? {} : { list: [nested(levels - 1)] });
      await rows().insertOne({ _id: 1, ...nested(80) });
      await expect(rows().insertOne({ _id: 2, ...nested(100) })).rejects.toMatchObject({ code: 15 });
      expect(await rows().countDocuments()).toBe(1);
    });

    test('a replacement of many is refused', async () => {
      const update = { update: 'rows', updates: [{ q: {}, u: { a: 1 }, multi: true }] };
      const reply = await errorOf(
        db()
          .command(update)
          .then(({ writeErrors }) => {
            throw Object.assign(new Error('write error'), writeErrors[0]);
          }),
      );
      expect(reply['code']).toBe(9);
    });
  });
}
