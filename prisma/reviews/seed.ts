import { seedMongo } from '../seed-mongo.ts';
import type { Seed } from '../seeding.ts';
import { reviewAt } from '../shop-data/reviews.ts';
import { sizesOf } from '../shop-data/sizes.ts';

/** Fills the database of reviews. */
export const seed: Seed = (url, options) =>
  seedMongo(url, options, [
    {
      table: 'reviews',
      count: sizesOf(options.scale).reviews,
      rowsAt(index) {
        const { id, createdAt, ...review } = reviewAt(index);
        return [{ _id: id, ...review, createdAt: new Date(createdAt), updatedAt: null }];
      },
    },
  ]);
