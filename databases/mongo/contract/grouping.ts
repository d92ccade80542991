import { describe, expect, test } from 'vitest';

import type { ContractContext } from './contract-context.ts';
import { runOnSales } from './sales.ts';

/** Stages that look at several documents at once, and accumulators. */
export function describeGrouping(context: ContractContext): void {
  const run = runOnSales(context);

  describe('grouping', () => {
    test.each<[string, object[], unknown[]]>([
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
    ])('%s', async (_name, pipeline, expected) => {
      expect(await run(...pipeline)).toEqual(expected);
    });

    test.each<[string, object, object, number]>([
      ['a unit over numbers', { price: 1 }, { range: [-1, 0], unit: 'day' }, 5429513],
      ['no unit over dates', { at: 1 }, { range: [-1, 0] }, 5429413],
      ['a range over what is no number', { shop: 1 }, { range: [-1, 0] }, 5429414],
    ])('a window of %s is refused', async (_name, sortBy, window, code) => {
      const near = { $sum: 1, window };
      const failed = run(
        { $match: { shop: 'a' } },
        { $set: { at: '$$NOW' } },
        { $setWindowFields: { sortBy, output: { near } } },
      );
      await expect(failed).rejects.toMatchObject({ code });
    });
  });
}
