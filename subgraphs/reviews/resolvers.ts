import { GraphQLDateTime, GraphQLNonNegativeInt } from 'graphql-scalars';
import type { Db } from 'mongodb';

import { loadChildList } from '../kit/connections/child-list.ts';
import type { PageArguments } from '../kit/connections/page.ts';
import { uniqueViolationOf } from '../kit/database/unique-violation.ts';
import { subjectOf } from '../kit/access.ts';
import type { Resolver, Resolvers } from '../kit/define-subgraph.ts';
import type { RequestContext } from '../kit/request-context.ts';
import { fieldsAsked } from '../kit/loading/fields-asked.ts';
import { type Author, authorOf } from './access.ts';
import {
  type NewReview,
  type ReviewFilter,
  type ReviewRow,
  type ReviewSort,
  changeReview,
  insertReview,
  loadRatings,
  loadReviews,
  orderOfReviews,
  readReviewsOf,
  removeReview,
} from './queries.ts';
import { type ReviewContent, type ReviewError, checkContent, sumUpRatings } from './review.ts';

interface ReviewsArguments extends PageArguments {
  readonly filter?: ReviewFilter | null;
  readonly sort: ReviewSort;
}

interface Reference {
  readonly id: string;
}

type WriteReviewInput = Omit<NewReview, keyof Author>;

interface OwnReview {
  readonly id: string;
  readonly authorId: string;
}

/** The resolvers of reviews. `clock` gives the time of a review. */
export function createResolvers(clock: () => Date): Resolvers<Db> {
  return {
    DateTime: GraphQLDateTime,
    NonNegativeInt: GraphQLNonNegativeInt,
    Query: {
      async review(_source, args: { readonly id: string }, context, info) {
        return (await loadReviews(context.database, [args.id], fieldsAsked(info)))[0] ?? null;
      },
    },
    Mutation: createMutations(clock),
    Review: {
      author: (review: ReviewRow) => ({
        __typename: 'User',
        id: review.authorId,
        username: review.authorUsername,
      }),
      product: (review: ReviewRow) => ({ __typename: 'Product', id: review.productId }),
    },
    User: {
      reviews(user: Reference, args: ReviewsArguments, context, info) {
        const list = listOf('authorId', args, context);
        return loadChildList({ parentKey: user.id, args, context, info, list });
      },
    },
    Product: {
      reviews(product: Reference, args: ReviewsArguments, context, info) {
        const list = listOf('productId', args, context);
        return loadChildList({ parentKey: product.id, args, context, info, list });
      },
      async rating(product: Reference, _args, context, info) {
        const loader = context.loaders.use('Product.rating', 'Product.rating', (batch) =>
          loadRatings(context.database, context.loaders, batch.keys, batch.asked.has('histogram')),
        );
        return (await loader.load(product.id, fieldsAsked(info))) ?? sumUpRatings(new Map());
      },
    },
  };
}

/** How the reviews of products or of authors are listed. */
function listOf(
  parentField: 'productId' | 'authorId',
  args: ReviewsArguments,
  { database, loaders }: RequestContext<Db>,
) {
  return () => {
    const order = orderOfReviews(args.sort);
    const filter = args.filter ?? {};
    return { order, reads: readReviewsOf({ database, loaders, parentField, filter, order }) };
  };
}

function createMutations(clock: () => Date): Readonly<Record<string, Resolver<Db>>> {
  return {
    async writeReview(_source, args: { readonly input: WriteReviewInput }, context, info) {
      const { productId, rating, title, body } = args.input;
      const input = { ...authorOf(context.caller), productId, rating, title: title.trim(), body };
      const errors = checkContent(input);
      if (errors.length > 0) return { review: null, errors };
      const id = await insertReview(context.database, input, clock()).catch(knownAsData(input));
      if (typeof id !== 'string') return { review: null, errors: [id] };
      const asked = fieldsAsked(info, ['review']);
      return { review: (await loadReviews(context.database, [id], asked))[0], errors };
    },
    async updateReview(_source, args: { readonly input: ReviewContent & Reference }, context, info) {
      const input = { ...args.input, authorId: subjectOf(context.caller) };
      const errors = checkContent(input);
      if (errors.length > 0) return { review: null, errors };
      const review = await changeReview(context.database, input, clock(), fieldsAsked(info, ['review']));
      return review ? { review, errors } : { review: null, errors: [await whyNot(context.database, input)] };
    },
    async deleteReview(_source, args: { readonly input: Reference }, context) {
      const input = { id: args.input.id, authorId: subjectOf(context.caller) };
      const productId = await removeReview(context.database, input.id, input.authorId);
      if (productId === undefined)
        return {
          deletedReviewId: null,
          product: null,
          errors: [await whyNot(context.database, input)],
        };
      return { deletedReviewId: input.id, product: { __typename: 'Product', id: productId }, errors: [] };
    },
  };
}

/** Turns the violation of the unique index into what the caller is told; any other failure goes on. */
function knownAsData(input: NewReview): (error: unknown) => ReviewError {
  return (error) => {
    if (uniqueViolationOf(error) === undefined) throw error;
    return {
      code: 'ALREADY_REVIEWED',
      field: 'productId',
      message: `The user ${JSON.stringify(input.authorId)} has reviewed the product ${JSON.stringify(input.productId)} before.`,
    };
  };
}

async function whyNot(database: Db, { id, authorId }: OwnReview): Promise<ReviewError> {
  const [review] = await loadReviews(database, [id], new Set());
  return review
    ? {
        code: 'NOT_THE_AUTHOR',
        field: 'id',
        message: `The user ${JSON.stringify(authorId)} did not write the review ${JSON.stringify(id)}.`,
      }
    : {
        code: 'REVIEW_NOT_FOUND',
        field: 'id',
        message: `There is no review with the id ${JSON.stringify(id)}.`,
      };
}
