import { Long, MaxKey, MinKey } from 'bson';
import { describe, expect, test } from 'vitest';

import { type ContractContext, errorOf } from './contract-context.ts';

const PEOPLE = [
  { _id: 1, name: 'Ada', age: 36, tags: ['math', 'code'], at: { city: 'London' }, scores: [1, 9] },
  { _id: 2, name: 'Bob', age: 25, tags: ['code'], at: { city: 'Paris' }, scores: [5] },
  { _id: 3, name: 'Cy', age: null, tags: [], scores: [] },
  { _id: 4, name: 'Di', items: [{ q: 1, p: 5 }, { q: 9, p: 1 }] }, // prettier-ignore
  { _id: 5, name: 'Eve', age: 'unknown', items: [{ q: 2, p: 2 }] },
];

/** Filters, projections, sorting and cursors. */
export function describeQueries({ rows, db }: ContractContext): void {
  const idsOf = async (filter: object): Promise<unknown[]> =>
    (await rows().find(filter).sort({ _id: 1 }).toArray()).map(({ _id }) => _id);

  describe('filters', () => {
    test.each<[string, object, number[]]>([
      ['equality', { name: 'Bob' }, [2]],
      ['equality in an array', { tags: 'code' }, [1, 2]],
      ['equality with a whole array', { tags: ['code'] }, [2]],
      ['a dotted path', { 'at.city': 'Paris' }, [2]],
      ['a dotted path through an array', { 'items.q': 9 }, [4]],
      ['a position in an array', { 'tags.0': 'math' }, [1]],
      ['a position and a path', { 'items.1.p': 1 }, [4]],
      ['null, which matches missing too', { age: null }, [3, 4]],
      ['null under a path', { 'at.city': null }, [3, 4, 5]],
      ['$eq', { age: { $eq: 25 } }, [2]],
      ['$ne, which matches missing too', { age: { $ne: 25 } }, [1, 3, 4, 5]],
      ['$gt of one type only', { age: { $gt: 20 } }, [1, 2]],
      ['$lt of strings', { age: { $lt: 'zzz' } }, [5]],
      ['$gte null', { age: { $gte: null } }, [3, 4]],
      ['a range that two elements of an array meet together', { scores: { $gt: 5, $lt: 4 } }, [1]],
      ['$elemMatch on one element', { scores: { $elemMatch: { $gt: 3, $lt: 7 } } }, [2]],
      ['$elemMatch on documents', { items: { $elemMatch: { q: { $gt: 1 }, p: { $gt: 1 } } } }, [5]],
      ['two conditions on different elements', { 'items.q': 9, 'items.p': 5 }, [4]],
      ['$gt the least value of all', { age: { $gt: new MinKey() } }, [1, 2, 3, 4, 5]],
      ['$lt the greatest value of all', { age: { $lt: new MaxKey() } }, [1, 2, 3, 4, 5]],
      ['$in', { name: { $in: ['Ada', 'Cy'] } }, [1, 3]],
      ['$in with null', { age: { $in: [null, 25] } }, [2, 3, 4]],
      ['$in with a regular expression', { name: { $in: [/^A/, 'Di'] } }, [1, 4]],
      ['$nin', { name: { $nin: ['Ada', 'Cy'] } }, [2, 4, 5]],
      ['$exists', { age: { $exists: true } }, [1, 2, 3, 5]],
      ['$exists false', { at: { $exists: false } }, [3, 4, 5]],
      ['$type', { age: { $type: 'string' } }, [5]],
      ['$type number', { age: { $type: 'number' } }, [1, 2]],
      ['$size', { tags: { $size: 0 } }, [3]],
      ['$all', { tags: { $all: ['code', 'math'] } }, [1]],
      ['$all with nothing', { tags: { $all: [] } }, []],
      ['$mod', { age: { $mod: [5, 0] } }, [2]],
      ['$not', { age: { $not: { $gt: 30 } } }, [2, 3, 4, 5]],
      ['$not with a regular expression', { name: { $not: /^[AB]/ } }, [3, 4, 5]],
      ['$and', { $and: [{ age: { $gt: 20 } }, { tags: 'math' }] }, [1]],
      ['$or', { $or: [{ name: 'Cy' }, { age: 25 }] }, [2, 3]],
      ['$nor', { $nor: [{ name: 'Cy' }, { age: 25 }] }, [1, 4, 5]],
      ['a regular expression', { name: /b/i }, [2]],
      ['$regex with $options', { name: { $regex: '^e', $options: 'i' } }, [5]],
      ['$expr', { $expr: { $eq: ['$name', 'Di'] } }, [4]],
      ['$expr across types', { $expr: { $gt: ['$age', 1000] } }, [5]],
      ['$bitsAllSet', { age: { $bitsAllSet: 1 } }, [2]],
      ['$jsonSchema', { $jsonSchema: { required: ['at'] } }, [1, 2]],
      ['$comment', { name: 'Ada', $comment: 'why' }, [1]],
    ])('%s', async (_name, filter, expected) => {
      await rows().insertMany(PEOPLE.map((row) => ({ ...row })));
      expect(await idsOf(filter)).toEqual(expected);
    });

    test.each<[string, object, number[]]>([
      ['of an array in it', { a: { $elemMatch: { $elemMatch: { $gt: 1 } } } }, [1]],
      ['not of an array in it', { a: { $elemMatch: { $not: { $elemMatch: { $gt: 1 } } } } }, [2, 3, 4]],
      ['by its size', { a: { $elemMatch: { $size: 2 } } }, [1]],
      ['by its size, of which there is none', { a: { $elemMatch: { $size: 1 } } }, [2]],
      ['by its type', { a: { $elemMatch: { $type: 'array' } } }, [1, 2]],
      ['as a whole', { a: { $elemMatch: { $eq: [1, 2] } } }, [1]],
      ['and not its elements', { a: { $elemMatch: { $gte: 1 } } }, [3]],
    ])('$elemMatch looks at an element that is an array %s', async (_how, filter, expected) => {
      await rows().insertMany([
        { _id: 1, a: [[1, 2]] },
        { _id: 2, a: [[1]] },
        { _id: 3, a: [1] },
        { _id: 4, a: [{ b: 1 }] },
      ]);
      expect(await idsOf(filter)).toEqual(expected);
    });

    test.each<[string, string | RegExp, number[]]>([
      ['\\A and \\z for the ends of the text', String.raw`\Aline\z`, [2]],
      ['\\Z also before the last line break', String.raw`\Aline\Z`, [2, 3]],
      ['$ also before the last line break', '^line$', [2, 3]],
      ['$ with m before each line break', /^two$/m, [1]],
      ['a dot for a carriage return', '^c.r$', [4]],
      ['\\Q and \\E around what is meant as it is', String.raw`^\Qa.b\E`, [5]],
      ['\\Q without its \\E', String.raw`^\Qa.b`, [5]],
      ['a backslash before a Q', String.raw`^\\Q`, [9]],
      ['the names of classes', '^[[:alpha:]]+[[:digit:]_]+$', [6]],
      ['a name of a class that is not meant', '^x[[:^digit:]]$', [7]],
      ['a dollar and a dot in a class', '^x[.$]$', [7]],
      ['escapes', String.raw`^x\$$`, [7]],
    ])('a regular expression knows %s', async (_what, $regex, expected) => {
      await rows().insertMany([
        { _id: 1, v: 'one\ntwo\nthree' },
        { _id: 2, v: 'line' },
        { _id: 3, v: 'line\n' },
        { _id: 4, v: 'c\rr' },
        { _id: 5, v: 'a.b' },
        { _id: 6, v: 'abc12_' },
        { _id: 7, v: 'x$' },
        { _id: 8, v: 'a-b' },
        { _id: 9, v: String.raw`\Q.` },
      ]);
      expect(await idsOf({ v: { $regex } })).toEqual(expected);
    });

    test('nothing under a path matches an empty array', async () => {
      await rows().insertMany([
        { _id: 1, a: [] },
        { _id: 2, a: {} },
        { _id: 3, a: [{}] },
        { _id: 4, a: 4 },
      ]);
      expect(await idsOf({ 'a.b': null })).toEqual([2, 3, 4]);
    });

    test('NaN is equal to itself and below every number', async () => {
      await rows().insertMany([
        { _id: 1, v: Number.NaN },
        { _id: 2, v: -1 },
      ]);
      expect(await idsOf({ v: Number.NaN })).toEqual([1]);
      expect(await idsOf({ v: { $lt: 0 } })).toEqual([2]);
      const sorted = await rows().find().sort({ v: 1 }).toArray();
      expect(sorted.map(({ _id }) => _id)).toEqual([1, 2]);
    });

    test.each<[string, object, number]>([
      ['an unknown operator', { a: { $foo: 1 } }, 2],
      ['an unknown top-level operator', { $foo: 1 }, 2],
      ['$in without an array', { a: { $in: 1 } }, 2],
      ['$ne of a regular expression', { a: { $ne: /x/ } }, 2],
      ['$and without an array', { $and: {} }, 2],
      ['an empty $or', { $or: [] }, 2],
      ['$mod with a divisor of zero', { a: { $mod: [0, 1] } }, 2],
      ['an unknown type', { a: { $type: 'nothing' } }, 2],
      ['a regular expression that is none', { a: { $regex: '(' } }, 51091],
      ['an unknown expression', { $expr: { $foo: 1 } }, 168],
      ['$options without $regex', { a: { $options: 'i' } }, 2],
      ['an unknown keyword of a schema', { $jsonSchema: { foo: 1 } }, 9],
    ])('refuse %s', async (_name, filter, code) => {
      await rows().insertOne({ a: 1 });
      await expect(rows().find(filter).toArray()).rejects.toMatchObject({ code });
    });
  });

  describe('projections', () => {
    const DOC = { _id: 1, a: { b: 1, c: 2 }, list: [{ x: 1, y: 1 }, { x: 2, y: 2 }], n: [1, 2, 3, 4] }; // prettier-ignore
    test.each<[string, object, object]>([
      ['include fields and the _id', { n: 1 }, { _id: 1, n: [1, 2, 3, 4] }],
      ['leave the _id out', { n: 1, _id: 0 }, { n: [1, 2, 3, 4] }],
      ['exclude fields', { a: 0, list: 0, n: 0 }, { _id: 1 }],
      ['include below a document', { 'a.b': 1, _id: 0 }, { a: { b: 1 } }],
      ['exclude below a document', { 'a.b': 0, list: 0, n: 0 }, { _id: 1, a: { c: 2 } }],
      ['go through arrays', { 'list.x': 1, _id: 0 }, { list: [{ x: 1 }, { x: 2 }] }],
      ['cut an array with $slice', { n: { $slice: 2 }, a: 0, list: 0 }, { _id: 1, n: [1, 2] }],
      ['cut its end with $slice', { n: { $slice: [-3, 2] }, a: 0, list: 0 }, { _id: 1, n: [2, 3] }],
      [
        'pick an element with $elemMatch',
        { list: { $elemMatch: { x: 2 } } },
        { _id: 1, list: [{ x: 2, y: 2 }] },
      ],
      ['compute fields', { sum: { $add: ['$a.b', '$a.c'] } }, { _id: 1, sum: 3 }],
      ['give literals', { what: 'text', _id: 0 }, { what: 'text' }],
    ])('%s', async (_name, projection, expected) => {
      await rows().insertOne({ ...DOC });
      expect(await rows().findOne({}, { projection })).toEqual(expected);
    });

    test('show the element that matched at the positional $', async () => {
      await rows().insertOne({ ...DOC });
      expect(await rows().findOne({ 'list.x': 2 }, { projection: { 'list.$': 1, _id: 0 } })).toEqual({
        list: [{ x: 2, y: 2 }],
      });
    });

    test('refuse a mixture of inclusion and exclusion', async () => {
      await rows().insertOne({ ...DOC });
      await expect(rows().findOne({}, { projection: { a: 1, n: 0 } })).rejects.toMatchObject({ code: 31254 });
      await expect(rows().findOne({}, { projection: { n: 0, a: 1 } })).rejects.toMatchObject({ code: 31253 });
    });
  });

  describe('cursors', () => {
    test('skip, limit and sort together', async () => {
      await rows().insertMany(Array.from({ length: 20 }, (_, _id) => ({ _id, even: _id % 2 === 0 })));
      const found = await rows().find({ even: true }).sort({ _id: -1 }).skip(2).limit(3).toArray();
      expect(found.map(({ _id }) => _id)).toEqual([14, 12, 10]);
    });

    test('give a collection in batches, each document once', async () => {
      await rows().insertMany(Array.from({ length: 1000 }, (_, _id) => ({ _id })));
      const cursor = rows().find().batchSize(7);
      const seen = new Set<unknown>();
      for await (const { _id } of cursor) seen.add(_id);
      expect(seen.size).toBe(1000);
    });

    test('give more than one message holds', async () => {
      const text = 'x'.repeat(1_000_000);
      for (let _id = 0; _id < 40; _id++) await rows().insertOne({ _id, text });
      expect(await rows().find().toArray()).toHaveLength(40);
    });

    test('can be closed before their end', async () => {
      await rows().insertMany(Array.from({ length: 300 }, (_, _id) => ({ _id })));
      const cursor = rows().find().batchSize(10);
      await cursor.next();
      const { id } = cursor;
      await cursor.close();
      const error = errorOf(db().command({ getMore: id ?? Long.ONE, collection: 'rows' }));
      expect(await error).toMatchObject({ code: 43, codeName: 'CursorNotFound' });
    });

    test('of a single batch leave nothing open', async () => {
      await rows().insertMany(Array.from({ length: 300 }, (_, _id) => ({ _id })));
      const { cursor } = await db().command({ find: 'rows', batchSize: 10, singleBatch: true });
      expect(cursor.firstBatch).toHaveLength(10);
      expect(Number(cursor.id)).toBe(0);
    });

    test('on a collection that does not exist are empty', async () => {
      expect(await db().collection('nowhere').find().toArray()).toEqual([]);
      expect(await db().collection('nowhere').countDocuments()).toBe(0);
    });
  });

  describe('count and distinct', () => {
    test('count within skip and limit', async () => {
      await rows().insertMany(Array.from({ length: 10 }, (_, _id) => ({ _id, a: _id % 2 })));
      expect(await rows().countDocuments({ a: 1 })).toBe(5);
      expect(await rows().countDocuments({ a: 1 }, { skip: 1, limit: 2 })).toBe(2);
      expect(await rows().estimatedDocumentCount()).toBe(10);
    });

    test('distinct passes over what is missing under a path', async () => {
      await rows().insertMany([{ a: { b: 1 } }, { a: {} }, { a: [{ b: [2, 3] }, {}] }, { a: [] }, { a: 5 }]);
      expect(await rows().distinct('a.b')).toEqual([1, 2, 3]);
    });

    test('distinct takes arrays apart and passes over what is missing', async () => {
      await rows().insertMany([{ v: [1, 2] }, { v: 2 }, { v: null }, {}, { v: 'x' }]);
      const values = await rows().distinct('v');
      expect(values).toHaveLength(4);
      expect(values).toEqual(expect.arrayContaining([1, 2, null, 'x']));
    });
  });
}
