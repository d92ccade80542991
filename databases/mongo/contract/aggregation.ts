import { describe, expect, test } from 'vitest';

import type { ContractContext } from './contract-context.ts';
import { SALES, runOnSales } from './sales.ts';

/** Stages that take the documents one by one, and what a pipeline is as a whole. */
export function describeAggregation(context: ContractContext): void {
  const { rows } = context;
  const run = runOnSales(context);

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
      ['$sample of all', [{ $sample: { size: 100 } }, { $count: 'n' }], [{ n: 5 }]],
    ])('%s', async (_name, pipeline, expected) => {
      expect(await run(...pipeline)).toEqual(expected);
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
