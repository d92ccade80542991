import { randomUUID } from 'node:crypto';

import type { Db, Document } from 'mongodb';

import type { ChildListReads } from '../kit/connections/child-list.ts';
import { readMongoChildList } from '../kit/connections/mongo-child-list.ts';
import { readMongoGroups } from '../kit/connections/mongo-groups.ts';
import { type SortOrder, buildSortOrder } from '../kit/connections/sort-order.ts';
import { runRead, statementOptions } from '../kit/database/mongo.ts';
import type { JointReads } from '../kit/loading/joint-reads.ts';
import { selectFields } from '../kit/loading/select-fields.ts';
import { type Rating, type ReviewContent, averageOf, ratingsPossible, sumUpRatings } from './review.ts';

/** A review as it is read: its id always, the rest when asked for. */
export interface ReviewRow {
  readonly id: string;
  readonly productId?: string;
  readonly authorId?: string;
  readonly authorUsername?: string;
  readonly rating?: number;
  readonly createdAt?: Date;
}

/** Which reviews to list. */
export interface ReviewFilter {
  readonly ratingFrom?: number | null;
  readonly ratingTo?: number | null;
}

/** What reviews are ordered by. */
export interface ReviewSort {
  readonly by: 'CREATED_AT' | 'RATING';
  readonly direction: 'ASC' | 'DESC';
}

/** A review that is to be written down. */
export interface NewReview {
  readonly productId: string;
  readonly authorId: string;
  readonly authorUsername: string;
  readonly rating: number;
  readonly title: string;
  readonly body: string;
}

interface ReviewDocument extends NewReview {
  readonly _id: string;
  readonly createdAt: Date;
  readonly updatedAt: Date | null;
}

const always: Document = { _id: 1 };
const byField: Readonly<Record<string, Document>> = {
  rating: { rating: 1 },
  title: { title: 1 },
  body: { body: 1 },
  createdAt: { createdAt: 1 },
  updatedAt: { updatedAt: 1 },
  author: { authorId: 1, authorUsername: 1 },
  product: { productId: 1 },
};

function reviewsOf(database: Db) {
  return database.collection<ReviewDocument>('reviews');
}

/** The reviews of these ids, in one statement. */
export async function loadReviews(
  database: Db,
  ids: readonly string[],
  asked: ReadonlySet<string>,
): Promise<ReviewRow[]> {
  const projection = selectFields(asked, always, byField);
  const documents = await runRead((options) =>
    reviewsOf(database)
      .find({ _id: { $in: [...ids] } }, { projection, ...options })
      .toArray(),
  );
  return documents.map(rowOfReview);
}

/** The order of a list of reviews. */
export function orderOfReviews({ by, direction }: ReviewSort): SortOrder<ReviewRow> {
  return buildSortOrder([
    by === 'CREATED_AT'
      ? { name: 'createdAt', direction, type: 'date', valueOf: (row) => row.createdAt ?? new Date(0) }
      : { name: 'rating', direction, type: 'number', valueOf: (row) => row.rating ?? 0 },
    { name: '_id', direction, type: 'text', valueOf: (row) => row.id },
  ]);
}

/** What a list of reviews is read with. */
export interface ReviewList {
  readonly database: Db;
  readonly loaders: JointReads;
  readonly parentField: 'productId' | 'authorId';
  readonly filter: ReviewFilter;
  readonly order: SortOrder<ReviewRow>;
}

/** How the reviews of many products or of many authors are read at once. */
export function readReviewsOf(list: ReviewList): ChildListReads<ReviewRow> {
  const { database, loaders, parentField, filter, order } = list;
  const sorted = order.keys.map((key) => key.name);
  return readMongoChildList<ReviewRow>({
    loaders,
    collection: reviewsOf(database),
    parentField,
    isList: false,
    conditions: [
      ...(typeof filter.ratingFrom === 'number' ? [{ rating: { $gte: filter.ratingFrom } }] : []),
      ...(typeof filter.ratingTo === 'number' ? [{ rating: { $lte: filter.ratingTo } }] : []),
    ],
    order,
    projectionOf: (asked) => selectFields(new Set([...asked, ...sorted]), always, byField),
    rowOf: (document) => rowOfReview(document as ReviewDocument),
  });
}

/**
 * The ratings of these products, summed up by the statement that reads their reviews where there is one; by each rating
 * only where the histogram is asked for.
 */
export async function loadRatings(
  database: Db,
  loaders: JointReads,
  parentKeys: readonly string[],
  withHistogram: boolean,
): Promise<Map<string, Omit<Rating, 'histogram'>>> {
  const children = { collection: reviewsOf(database), parentField: 'productId', isList: false, filter: {} };
  const groups = await readMongoGroups(
    loaders,
    { parentKeys, ...children },
    withHistogram ? countEachRating : sumRatings,
  );
  return new Map([...groups].map(([id, sums]) => [id, withHistogram ? histogramOf(sums) : averageIn(sums)]));
}

const sumRatings = { count: { $sum: 1 }, total: { $sum: '$rating' } };

function averageIn({ count, total }: Document): Omit<Rating, 'histogram'> {
  return { count: count as number, average: averageOf(total as number, count as number) };
}

const countEachRating = Object.fromEntries(
  ratingsPossible.map((rating) => [
    `rated${rating}`,
    { $sum: { $cond: [{ $eq: ['$rating', rating] }, 1, 0] } },
  ]),
);

function histogramOf(sums: Document): Rating {
  return sumUpRatings(new Map(ratingsPossible.map((rating) => [rating, sums[`rated${rating}`] as number])));
}

/** Writes a review down; the unique index on product and author is what keeps a second one out. */
export async function insertReview(database: Db, review: NewReview, createdAt: Date): Promise<string> {
  const id = randomUUID();
  await reviewsOf(database).insertOne({ _id: id, ...review, createdAt, updatedAt: null }, statementOptions());
  return id;
}

/** Changes a review of this author and reads it, in one statement; undefined when there is none. */
export async function changeReview(
  database: Db,
  { id, authorId, ...content }: ReviewContent & { readonly id: string; readonly authorId: string },
  updatedAt: Date,
  asked: ReadonlySet<string>,
): Promise<ReviewRow | undefined> {
  const { rating, title, body } = content;
  const changed = await reviewsOf(database).findOneAndUpdate(
    { _id: id, authorId },
    {
      $set: {
        updatedAt,
        ...(typeof rating === 'number' ? { rating } : {}),
        ...(typeof title === 'string' ? { title: title.trim() } : {}),
        ...(typeof body === 'string' ? { body } : {}),
      },
    },
    {
      projection: selectFields(asked, always, byField),
      returnDocument: 'after',
      ...statementOptions(),
    },
  );
  return changed ? rowOfReview(changed) : undefined;
}

/** Removes a review of this author; the product it was about, or undefined when there is none. */
export async function removeReview(database: Db, id: string, authorId: string): Promise<string | undefined> {
  const removed = await reviewsOf(database).findOneAndDelete(
    { _id: id, authorId },
    { projection: { productId: 1 }, ...statementOptions() },
  );
  return removed?.productId;
}

function rowOfReview({ _id, ...rest }: ReviewDocument): ReviewRow {
  return { id: _id, ...rest };
}
