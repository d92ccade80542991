import { describe, expect, test } from 'vitest';

import type { ContractContext } from './contract-context.ts';
import { runOnSales } from './sales.ts';

/** Stages that read another collection. */
export function describeJoins(context: ContractContext): void {
  const { db } = context;
  const run = runOnSales(context);

  describe('joins', () => {
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

    test('$lookup and $graphLookup put what they find at a path', async () => {
      await db().collection<{ _id: string }>('shops').insertOne({ _id: 'a' });
      const found = await run(
        { $match: { _id: 1 } },
        { $project: { shop: 1, at: { n: { $literal: 1 } } } },
        { $lookup: { from: 'shops', localField: 'shop', foreignField: '_id', as: 'at.shops' } },
        {
          $graphLookup: {
            from: 'shops',
            startWith: '$shop',
            connectFromField: 'none',
            connectToField: '_id',
            as: 'shop.reached',
            depthField: 'far.away',
          },
        },
      );
      const at = { n: 1, shops: [{ _id: 'a' }] };
      expect(found).toEqual([{ _id: 1, at, shop: { reached: [{ _id: 'a', far: { away: 0 } }] } }]);
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
  });
}
