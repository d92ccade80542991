import { Binary, Decimal128, Double, Int32, Long, MaxKey, MinKey, ObjectId, Timestamp, UUID } from 'bson';
import { describe, expect, test } from 'vitest';

import type { ContractContext } from './contract-context.ts';

/** Types, equality and order of values. */
export function describeValues({ rows }: ContractContext): void {
  const idsOf = async (filter: object): Promise<unknown[]> =>
    (await rows().find(filter).sort({ _id: 1 }).toArray()).map(({ _id }) => _id);

  describe('values', () => {
    test.each([
      ['double', new Double(1)],
      ['double', 1.5],
      ['string', 'text'],
      ['object', { a: 1 }],
      ['array', [[1]]],
      ['binData', new Binary(Buffer.from([1, 2, 3]))],
      ['binData', new UUID()],
      ['objectId', new ObjectId()],
      ['bool', true],
      ['date', new Date(0)],
      ['null', null],
      ['regex', /^a/i],
      ['int', 1],
      ['long', Long.fromNumber(1)],
      ['decimal', Decimal128.fromString('1.50')],
      ['timestamp', new Timestamp({ t: 1, i: 2 })],
      ['minKey', new MinKey()],
      ['maxKey', new MaxKey()],
    ])('a %s keeps its type', async (type, value) => {
      await rows().insertOne({ value, other: 1 });
      await rows().updateOne({}, { $set: { other: 2 } });
      expect(await rows().countDocuments({ value: { $type: type } })).toBe(1);
    });

    test('numbers of all types are equal by value', async () => {
      await rows().insertMany([
        { _id: 1, value: 1 },
        { _id: 2, value: Long.fromNumber(1) },
        { _id: 3, value: new Double(1) },
        { _id: 4, value: Decimal128.fromString('1.0') },
        { _id: 5, value: '1' },
      ]);
      expect(await idsOf({ value: 1 })).toEqual([1, 2, 3, 4]);
      expect(await idsOf({ value: Decimal128.fromString('1') })).toEqual([1, 2, 3, 4]);
    });

    test('a decimal is not a double that is only near it', async () => {
      await rows().insertOne({ value: Decimal128.fromString('0.1') });
      expect(await rows().countDocuments({ value: 0.1 })).toBe(0);
      await rows().insertOne({ value: Decimal128.fromString('0.5') });
      expect(await rows().countDocuments({ value: 0.5 })).toBe(1);
    });

    test('an int64 beyond a double keeps every digit', async () => {
      const value = Long.fromString('9007199254740993');
      await rows().insertMany([
        { _id: 1, value },
        { _id: 2, value: Long.fromString('9007199254740992') },
      ]);
      expect(await idsOf({ value })).toEqual([1]);
      const found = await rows().findOne({ _id: 1 }, { promoteLongs: false });
      expect(String(found?.['value'])).toBe('9007199254740993');
    });

    test('documents are equal when their fields are equal and in the same order', async () => {
      await rows().insertMany([
        { _id: 1, value: { a: 1, b: 2 } },
        { _id: 2, value: { b: 2, a: 1 } },
      ]);
      expect(await idsOf({ value: { a: 1, b: 2 } })).toEqual([1]);
    });

    test('a sort puts the types in the order of the manual', async () => {
      const values = [
        new MinKey(),
        null,
        -1,
        'a',
        { a: 1 },
        new Binary(Buffer.from('x')),
        new ObjectId(),
        false,
        true,
        new Date(0),
        new Timestamp({ t: 1, i: 1 }),
        /x/,
        new MaxKey(),
      ];
      const shuffled = values.map((value, _id) => ({ _id, value })).reverse();
      await rows().insertMany(shuffled);
      const sorted = await rows().find().sort({ value: 1 }).toArray();
      expect(sorted.map(({ _id }) => _id)).toEqual(values.map((_, index) => index));
    });

    test('a missing field sorts as null, and an empty array before both', async () => {
      await rows().insertMany([
        { _id: 1, value: null },
        { _id: 2 },
        { _id: 3, value: [] },
        { _id: 4, value: 0 },
      ]);
      const sorted = await rows().find().sort({ value: 1, _id: 1 }).toArray();
      expect(sorted.map(({ _id }) => _id)).toEqual([3, 1, 2, 4]);
    });

    test('an array sorts by its least element upwards and its greatest downwards', async () => {
      await rows().insertMany([
        { _id: 1, value: [5, 1] },
        { _id: 2, value: 3 },
        { _id: 3, value: [2, 4] },
      ]);
      const up = await rows().find().sort({ value: 1 }).toArray();
      const down = await rows().find().sort({ value: -1 }).toArray();
      expect(up.map(({ _id }) => _id)).toEqual([1, 3, 2]);
      expect(down.map(({ _id }) => _id)).toEqual([1, 3, 2]);
    });

    test('strings sort by their bytes', async () => {
      const words = ['B', 'a', 'z', 'Ä', '\ud83d\ude00', '\uffee'];
      await rows().insertMany(words.map((value) => ({ value })));
      const sorted = await rows().find().sort({ value: 1 }).toArray();
      expect(sorted.map(({ value }) => value)).toEqual(['B', 'a', 'z', 'Ä', '\uffee', '\ud83d\ude00']);
    });

    test('an inserted document begins with its _id', async () => {
      await rows().insertOne({ name: 'x', _id: 7 });
      expect(Object.keys((await rows().findOne()) ?? {})).toEqual(['_id', 'name']);
    });

    test('an _id may be a document but no array', async () => {
      await rows().insertOne({ _id: { a: 1 } });
      expect(await rows().countDocuments({ _id: { a: 1 } })).toBe(1);
      await expect(rows().insertOne({ _id: [1] })).rejects.toMatchObject({ code: 53 });
    });

    test('a promoted Int32 comes back as a number', async () => {
      await rows().insertOne({ value: new Int32(5) });
      expect((await rows().findOne())?.['value']).toBe(5);
    });
  });
}
