import { describe, expect, test } from 'vitest';

import type { ContractContext } from './contract-context.ts';

const SALES = [
  { _id: 1, shop: 'a', price: 10, quantity: 2, tags: ['x', 'y'] },
  { _id: 2, shop: 'a', price: 20, quantity: 1, tags: ['x'] },
  { _id: 3, shop: 'b', price: 5, quantity: 10, tags: [] },
  { _id: 4, shop: 'b', price: 10, quantity: 5 },
  { _id: 5, price: null },
];

/** Stages and accumulators. */
export function describeAggregation({ rows, db }: ContractContext): void {
  const run = async (...pipeline: object[]): Promise<unknown[]> => {
    await rows().insertMany(SALES.map((row) => ({ ...row })));
    return await rows().aggregate(pipeline).toArray();
  };

  describe('aggregation', () => {
    test.each<[string, object[], unknown[]]>([
      [
        '$match, $sort, $skip, $limit and $project',
        [
          { $match: { price: { $gt: 5 } } },
          { $sort: { price: -1, _id: 1 } },
          { $skip: 1 },
          { $limit: 1 },
          { $project: { price: 1 } },
        ],
        [{ _id: 1, price: 10 }],
      ],
      [
        '$group with $sum, $avg, $min and $max',
        [
          {
            $group: {
              _id: '$shop',
              sum: { $sum: '$price' },
              avg: { $avg: '$price' },
              min: { $min: '$price' },
              max: { $max: '$price' },
            },
          },
          { $sort: { _id: 1 } },
        ],
        [
          { _id: null, sum: 0, avg: null, min: null, max: null },
          { _id: 'a', sum: 30, avg: 15, min: 10, max: 20 },
          { _id: 'b', sum: 15, avg: 7.5, min: 5, max: 10 },
        ],
      ],
      [
        '$group with $push, $first, $last and $count',
        [
          { $sort: { _id: 1 } },
          { $match: { shop: 'a' } },
          {
            $group: {
              _id: null,
              all: { $push: '$price' },
              first: { $first: '$_id' },
              last: { $last: '$_id' },
              n: { $count: {} },
            },
          },
        ],
        [{ _id: null, all: [10, 20], first: 1, last: 2, n: 2 }],
      ],
      [
        '$group with $topN, $bottom, $firstN and $maxN',
        [
          { $sort: { _id: 1 } },
          {
            $group: {
              _id: null,
              top: { $topN: { n: 2, sortBy: { quantity: -1 }, output: '$_id' } },
              bottom: { $bottom: { sortBy: { quantity: -1 }, output: '$_id' } },
              first: { $firstN: { n: 2, input: '$_id' } },
              max: { $maxN: { n: 2, input: '$price' } },
            },
          },
        ],
        [{ _id: null, top: [3, 4], bottom: 5, first: [1, 2], max: [20, 10] }],
      ],
      [
        '$group by several fields',
        [
          { $match: { shop: 'b' } },
          { $group: { _id: { shop: '$shop', cheap: { $lt: ['$price', 6] } }, n: { $sum: 1 } } },
          { $sort: { '_id.cheap': 1 } },
        ],
        [
          { _id: { shop: 'b', cheap: false }, n: 1 },
          { _id: { shop: 'b', cheap: true }, n: 1 },
        ],
      ],
      [
        '$unwind',
        [{ $unwind: '$tags' }, { $project: { tags: 1 } }],
        [
          { _id: 1, tags: 'x' },
          { _id: 1, tags: 'y' },
          { _id: 2, tags: 'x' },
        ],
      ],
      [
        '$unwind that keeps what has none',
        [
          { $unwind: { path: '$tags', includeArrayIndex: 'at', preserveNullAndEmptyArrays: true } },
          { $match: { _id: { $in: [2, 3, 4] } } },
          { $project: { tags: 1, at: 1 } },
        ],
        [
          { _id: 2, tags: 'x', at: 0 },
          { _id: 3, at: null },
          { _id: 4, at: null },
        ],
      ],
      [
        '$addFields and $unset',
        [
          { $match: { _id: 1 } },
          { $addFields: { 'a.b': { $multiply: ['$price', '$quantity'] } } },
          { $unset: ['tags', 'shop', 'price', 'quantity'] },
        ],
        [{ _id: 1, a: { b: 20 } }],
      ],
      ['$count', [{ $match: { shop: 'a' } }, { $count: 'n' }], [{ n: 2 }]],
      [
        '$sortByCount',
        [{ $match: { shop: { $exists: true } } }, { $unwind: '$tags' }, { $sortByCount: '$tags' }],
        [
          { _id: 'x', count: 2 },
          { _id: 'y', count: 1 },
        ],
      ],
      [
        '$bucket',
        [
          { $match: { price: { $type: 'number' } } },
          {
            $bucket: {
              groupBy: '$price',
              boundaries: [0, 10, 15],
              default: 'more',
              output: { n: { $sum: 1 }, ids: { $push: '$_id' } },
            },
          },
        ],
        [
          { _id: 0, n: 1, ids: [3] },
          { _id: 10, n: 2, ids: [1, 4] },
          { _id: 'more', n: 1, ids: [2] },
        ],
      ],
      [
        '$replaceRoot',
        [{ $match: { _id: 1 } }, { $replaceRoot: { newRoot: { all: '$$ROOT.price' } } }],
        [{ all: 10 }],
      ],
      ['$replaceWith', [{ $match: { _id: 1 } }, { $replaceWith: { shop: '$shop' } }], [{ shop: 'a' }]],
      [
        '$facet',
        [{ $facet: { cheap: [{ $match: { price: 5 } }, { $project: { _id: 1 } }], n: [{ $count: 'n' }] } }],
        [{ cheap: [{ _id: 3 }], n: [{ n: 5 }] }],
      ],
      [
        '$setWindowFields with $rank, $denseRank and $documentNumber',
        [
          { $match: { price: { $ne: null } } },
          {
            $setWindowFields: {
              sortBy: { price: 1 },
              output: { rank: { $rank: {} }, dense: { $denseRank: {} }, n: { $documentNumber: {} } },
            },
          },
          { $project: { rank: 1, dense: 1, n: 1, _id: 0 } },
        ],
        [
          { rank: 1, dense: 1, n: 1 },
          { rank: 2, dense: 2, n: 2 },
          { rank: 2, dense: 2, n: 3 },
          { rank: 4, dense: 3, n: 4 },
        ],
      ],
      [
        '$setWindowFields by partition',
        [
          { $match: { shop: { $exists: true } } },
          {
            $setWindowFields: {
              partitionBy: '$shop',
              sortBy: { _id: 1 },
              output: {
                n: { $documentNumber: {} },
                running: { $sum: '$price', window: { documents: ['unbounded', 'current'] } },
                before: { $shift: { output: '$_id', by: -1, default: 0 } },
              },
            },
          },
          { $project: { n: 1, running: 1, before: 1 } },
        ],
        [
          { _id: 1, n: 1, running: 10, before: 0 },
          { _id: 2, n: 2, running: 30, before: 1 },
          { _id: 3, n: 1, running: 5, before: 0 },
          { _id: 4, n: 2, running: 15, before: 3 },
        ],
      ],
      [
        '$setWindowFields over a range',
        [
          { $match: { price: { $ne: null } } },
          {
            $setWindowFields: {
              sortBy: { price: 1 },
              output: { near: { $sum: 1, window: { range: [-5, 5] } } },
            },
          },
          { $sort: { _id: 1 } },
          { $project: { near: 1 } },
        ],
        [
          { _id: 1, near: 3 },
          { _id: 2, near: 1 },
          { _id: 3, near: 3 },
          { _id: 4, near: 3 },
        ],
      ],
      [
        '$addToSet',
        [
          { $group: { _id: null, shops: { $addToSet: '$shop' } } },
          { $project: { shops: { $sortArray: { input: '$shops', sortBy: 1 } } } },
        ],
        [{ _id: null, shops: ['a', 'b'] }],
      ],
      [
        '$stdDevPop',
        [{ $match: { shop: 'a' } }, { $group: { _id: null, d: { $stdDevPop: '$price' } } }],
        [{ _id: null, d: 5 }],
      ],
      ['$sample of all', [{ $sample: { size: 100 } }, { $count: 'n' }], [{ n: 5 }]],
    ])('%s', async (_name, pipeline, expected) => {
      expect(await run(...pipeline)).toEqual(expected);
    });

    test('$lookup by equal fields, missing ones matching null', async () => {
      await db()
        .collection<{ _id: string; open?: boolean }>('shops')
        .insertMany([{ _id: 'a', open: true }, { _id: 'c' }]);
      const found = await run(
        { $lookup: { from: 'shops', localField: 'shop', foreignField: '_id', as: 'shops' } },
        { $project: { shops: 1 } },
        { $sort: { _id: 1 } },
      );
      expect(found).toEqual([
        { _id: 1, shops: [{ _id: 'a', open: true }] },
        { _id: 2, shops: [{ _id: 'a', open: true }] },
        { _id: 3, shops: [] },
        { _id: 4, shops: [] },
        { _id: 5, shops: [] },
      ]);
    });

    test('$lookup with let and a pipeline', async () => {
      await db()
        .collection('limits')
        .insertMany([{ max: 10 }, { max: 4 }]);
      const found = await run(
        { $match: { _id: 3 } },
        {
          $lookup: {
            from: 'limits',
            let: { p: '$price' },
            pipeline: [{ $match: { $expr: { $gt: ['$max', '$$p'] } } }, { $project: { _id: 0 } }],
            as: 'above',
          },
        },
        { $project: { above: 1 } },
      );
      expect(found).toEqual([{ _id: 3, above: [{ max: 10 }] }]);
    });

    test('$unionWith', async () => {
      await db()
        .collection<{ _id: number }>('more')
        .insertMany([{ _id: 6 }, { _id: 7 }]);
      expect(
        await run(
          { $match: { _id: 1 } },
          { $unionWith: { coll: 'more', pipeline: [{ $match: { _id: 7 } }] } },
          { $project: { _id: 1 } },
        ),
      ).toEqual([{ _id: 1 }, { _id: 7 }]);
    });

    test('$graphLookup climbs a tree', async () => {
      await db()
        .collection<{ _id: string; parent: string | null }>('tree')
        .insertMany([
          { _id: 'root', parent: null },
          { _id: 'books', parent: 'root' },
          { _id: 'poems', parent: 'books' },
        ]);
      const [leaf] = await db()
        .collection('tree')
        .aggregate([
          { $match: { _id: 'poems' } as object },
          {
            $graphLookup: {
              from: 'tree',
              startWith: '$parent',
              connectFromField: 'parent',
              connectToField: '_id',
              as: 'above',
              depthField: 'depth',
            },
          },
        ])
        .toArray();
      expect(leaf?.['above']).toHaveLength(2);
      expect(leaf?.['above']).toEqual(
        expect.arrayContaining([
          { _id: 'books', parent: 'root', depth: 0 },
          { _id: 'root', parent: null, depth: 1 },
        ]),
      );
    });

    test('leaves the stored documents as they are', async () => {
      await run({ $addFields: { 'tags.new': 1, price: 0 } }, { $unwind: '$tags' }, { $unset: 'shop' });
      expect(await rows().find().sort({ _id: 1 }).toArray()).toEqual(SALES);
    });

    test('gives its result in batches', async () => {
      await rows().insertMany(Array.from({ length: 500 }, (_, _id) => ({ _id })));
      const cursor = rows().aggregate([{ $match: { _id: { $gte: 100 } } }], { batchSize: 9 });
      expect(await cursor.toArray()).toHaveLength(400);
    });

    test.each<[string, object, number]>([
      ['an unknown stage', { $foo: {} }, 40324],
      ['a stage of two names', { $match: {}, $limit: 1 }, 40323],
      ['a $limit of zero', { $limit: 0 }, 15958],
      ['an unknown accumulator', { $group: { _id: null, a: { $foo: 1 } } }, 15952],
      ['a $group without _id', { $group: { a: { $sum: 1 } } }, 15955],
      ['a field of $group without accumulator', { $group: { _id: null, a: 1 } }, 40234],
      ['an unknown expression in $project', { $project: { a: { $foo: 1 } } }, 31325],
      ['an unknown expression in $addFields', { $addFields: { a: { $foo: 1 } } }, 168],
      ['an $unwind path without dollar', { $unwind: 'tags' }, 28818],
      ['$add of text', { $project: { a: { $add: ['$shop', 1] } } }, 14],
      ['a division by zero', { $project: { a: { $divide: [1, 0] } } }, 2],
      ['an undefined variable', { $project: { a: '$$nothing' } }, 17276],
      ['a $replaceRoot to a number', { $replaceRoot: { newRoot: '$_id' } }, 40228],
    ])('refuses %s', async (_name, stage, code) => {
      await rows().insertOne({ _id: 1, shop: 'a' });
      await expect(rows().aggregate([stage]).toArray()).rejects.toMatchObject({ code });
    });
  });
}
