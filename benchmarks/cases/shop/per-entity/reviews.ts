import type { Db } from 'mongodb';

import { type RatingSum, type ReviewDocument, newestFirst, reviewsOf, roundAverage } from '../documents.ts';
import { type ListArguments, firstDefault, pageOf } from '../peer-connection.ts';

interface Reference {
  readonly id: string;
}

/** What the mutation of the benchmark sends. */
export interface ReviewChange {
  readonly id: string;
  readonly rating: number;
  readonly title: string;
}

/** The fields of a review that need no statement. */
export const reviewFields = {
  id: (review: ReviewDocument) => review._id,
  author: ({ authorId, authorUsername }: ReviewDocument) => ({
    __typename: 'User',
    id: authorId,
    username: authorUsername,
  }),
  product: ({ productId }: ReviewDocument) => ({ __typename: 'Product', id: productId }),
};

/** Changes a review and answers it as it is then. */
export async function updateReview(database: Db, { id, rating, title }: ReviewChange) {
  const review = await reviewsOf(database).findOneAndUpdate(
    { _id: id },
    { $set: { rating, title, updatedAt: new Date() } },
    { returnDocument: 'after' },
  );
  return review
    ? { review, errors: [] }
    : {
        review: null,
        errors: [{ code: 'REVIEW_NOT_FOUND', message: `There is no review ${id}.` }],
      };
}

/** reviews as it is mostly written: the reviews and the rating of each product by themselves. */
export function createResolvers(database: Db) {
  const findReview = ({ id }: Reference) => reviewsOf(database).findOne({ _id: id });
  return {
    Query: { review: (_source: unknown, args: Reference) => findReview(args) },
    Mutation: {
      updateReview: (_source: unknown, args: { readonly input: ReviewChange }) =>
        updateReview(database, args.input),
    },
    User: { __resolveReference: (reference: Reference) => reference },
    Product: {
      __resolveReference: (reference: Reference) => reference,
      async reviews({ id }: Reference, args: ListArguments) {
        const first = args.first ?? firstDefault;
        const found = reviewsOf(database).find({ productId: id }).sort(newestFirst);
        return pageOf(await found.limit(first + 1).toArray(), first);
      },
      async rating({ id }: Reference) {
        const [sum] = await reviewsOf(database)
          .aggregate<RatingSum>([
            { $match: { productId: id } },
            { $group: { _id: null, average: { $avg: '$rating' }, count: { $sum: 1 } } },
          ])
          .toArray();
        return { average: roundAverage(sum?.average ?? null), count: sum?.count ?? 0 };
      },
    },
    Review: { ...reviewFields, __resolveReference: findReview },
  };
}
