import { randomUUID } from 'node:crypto';

import type { Db, Document } from 'mongodb';

import type { ChildListReads } from '../kit/connections/child-list.ts';
import { buildMongoChildList, buildMongoCounts } from '../kit/connections/mongo-page.ts';
import { type SortOrder, buildSortOrder } from '../kit/connections/sort-order.ts';
import { runRead, statementOptions } from '../kit/database/mongo.ts';
import { selectFields } from '../kit/loading/select-fields.ts';
import { type Rating, type ReviewContent, averageOf, sumUpRatings } from './review.ts';

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
      .find({ _id: { $in: [...ids] } }, { ...options, projection })
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

/** How the reviews of many products or of many authors are read at once. */
export function readReviewsOf(
  database: Db,
  parentField: 'productId' | 'authorId',
  filter: ReviewFilter,
  order: SortOrder<ReviewRow>,
): ChildListReads<ReviewRow> {
  const conditions = [
    ...(typeof filter.ratingFrom === 'number' ? [{ rating: { $gte: filter.ratingFrom } }] : []),
    ...(typeof filter.ratingTo === 'number' ? [{ rating: { $lte: filter.ratingTo } }] : []),
  ];
  const list = { parentField, isList: false, conditions };
  return {
    async readRows(parentKeys, page, asked) {
      const sorted = order.keys.map((key) => key.name);
      const projection = selectFields(new Set([...asked, ...sorted]), always, byField);
      const pipeline = buildMongoChildList({ ...list, parentKeys, projection, order, page });
      const groups = await runRead((options) =>
        reviewsOf(database).aggregate<{ _id: string; rows: ReviewDocument[] }>(pipeline, options).toArray(),
      );
      return groups.flatMap((group) =>
        group.rows.map((document) => ({ ...rowOfReview(document), parentKey: group._id })),
      );
    },
    async readCounts(parentKeys) {
      const pipeline = buildMongoCounts({ ...list, parentKeys });
      const counts = await runRead((options) =>
        reviewsOf(database).aggregate<{ _id: string; count: number }>(pipeline, options).toArray(),
      );
      return counts.map(({ _id, count }) => ({ parentKey: _id, count }));
    },
  };
}

/** The ratings of these products, summed up in one statement; by each rating only where the histogram is asked for. */
export async function loadRatings(
  database: Db,
  productIds: readonly string[],
  withHistogram: boolean,
): Promise<Map<string, Omit<Rating, 'histogram'>>> {
  return withHistogram ? loadHistograms(database, productIds) : loadAverages(database, productIds);
}

async function loadAverages(database: Db, productIds: readonly string[]) {
  const pipeline = [
    { $match: { productId: { $in: [...productIds] } } },
    { $group: { _id: '$productId', count: { $sum: 1 }, total: { $sum: '$rating' } } },
  ];
  const sums = await runRead((options) =>
    reviewsOf(database).aggregate<{ _id: string; count: number; total: number }>(pipeline, options).toArray(),
  );
  return new Map(sums.map(({ _id, count, total }) => [_id, { count, average: averageOf(total, count) }]));
}

async function loadHistograms(database: Db, productIds: readonly string[]) {
  const pipeline = [
    { $match: { productId: { $in: [...productIds] } } },
    { $group: { _id: { productId: '$productId', rating: '$rating' }, count: { $sum: 1 } } },
  ];
  const counted = await runRead((options) =>
    reviewsOf(database)
      .aggregate<{ _id: { productId: string; rating: number }; count: number }>(pipeline, options)
      .toArray(),
  );
  const byProduct = new Map<string, Map<number, number>>(productIds.map((id) => [id, new Map()]));
  for (const { _id, count } of counted) byProduct.get(_id.productId)?.set(_id.rating, count);
  return new Map([...byProduct].map(([id, counts]) => [id, sumUpRatings(counts)]));
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
      ...statementOptions(),
      projection: selectFields(asked, always, byField),
      returnDocument: 'after',
    },
  );
  return changed ? rowOfReview(changed) : undefined;
}

/** Removes a review of this author; the product it was about, or undefined when there is none. */
export async function removeReview(database: Db, id: string, authorId: string): Promise<string | undefined> {
  const removed = await reviewsOf(database).findOneAndDelete(
    { _id: id, authorId },
    { ...statementOptions(), projection: { productId: 1 } },
  );
  return removed?.productId;
}

function rowOfReview({ _id, ...rest }: ReviewDocument): ReviewRow {
  return { ...rest, id: _id };
}
