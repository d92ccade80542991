import type { Db } from 'mongodb';

import { type RatingSum, type ReviewDocument, newestFirst, reviewsOf, roundAverage } from '../documents.ts';
import { type ListArguments, firstDefault, pageOf } from '../peer-connection.ts';
import { type ReviewChange, reviewFields, updateReview } from '../per-entity/reviews.ts';
import { createListLoaders, createLoader, inOrder } from './data-loader.ts';

interface Reference {
  readonly id: string;
}

async function readReviews(database: Db, productIds: readonly string[], first: number) {
  return reviewsOf(database)
    .aggregate<{ _id: string; newest: ReviewDocument[] }>([
      { $match: { productId: { $in: [...productIds] } } },
      {
        $group: {
          _id: '$productId',
          newest: { $topN: { n: first + 1, sortBy: newestFirst, output: '$$ROOT' } },
        },
      },
    ])
    .toArray();
}

async function readRatings(database: Db, productIds: readonly string[]) {
  return reviewsOf(database)
    .aggregate<RatingSum & { _id: string }>([
      { $match: { productId: { $in: [...productIds] } } },
      { $group: { _id: '$productId', average: { $avg: '$rating' }, count: { $sum: 1 } } },
    ])
    .toArray();
}

export function createLoaders(database: Db) {
  return {
    reviewDatabase: database,
    reviews: createLoader(async (ids: readonly string[]) => {
      const found = await reviewsOf(database)
        .find({ _id: { $in: [...ids] } })
        .toArray();
      return inOrder(ids, found, (review) => review._id);
    }),
    reviewsOfProducts: createListLoaders(async (productIds, first) => {
      const groups = await readReviews(database, productIds, first);
      return inOrder(productIds, groups, (group) => group._id).map((group) => group?.newest ?? []);
    }),
    ratings: createLoader(async (productIds: readonly string[]) =>
      inOrder(productIds, await readRatings(database, productIds), (sum) => sum._id),
    ),
  };
}

type Loaders = ReturnType<typeof createLoaders>;

/** What reviews adds to a product whose id is known. */
export const reviewedFields = {
  reviews: async ({ id }: Reference, args: ListArguments, { reviewsOfProducts }: Loaders) => {
    const first = args.first ?? firstDefault;
    return pageOf(await reviewsOfProducts(first).load(id), first);
  },
  rating: async ({ id }: Reference, _args: unknown, { ratings }: Loaders) => {
    const sum = await ratings.load(id);
    return { average: roundAverage(sum?.average ?? null), count: sum?.count ?? 0 };
  },
};

/** reviews with DataLoaders. */
export const resolvers = {
  Query: { review: (_source: unknown, { id }: Reference, { reviews }: Loaders) => reviews.load(id) },
  Mutation: {
    updateReview: (_source: unknown, args: { readonly input: ReviewChange }, { reviewDatabase }: Loaders) =>
      updateReview(reviewDatabase, args.input),
  },
  User: { __resolveReference: (reference: Reference) => reference },
  Product: { __resolveReference: (reference: Reference) => reference, ...reviewedFields },
  Review: {
    ...reviewFields,
    __resolveReference: ({ id }: Reference, { reviews }: Loaders) => reviews.load(id),
  },
};
