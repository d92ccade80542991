import type { Db } from 'mongodb';

/** A product as the catalog keeps it. */
export interface ProductDocument {
  readonly _id: string;
  readonly kind: 'BOOK' | 'DEVICE' | 'APPAREL';
  readonly name: string;
  readonly price: { readonly amount: number; readonly currency: string };
  readonly weight: number;
  readonly categoryId: string;
}

/** A category as the catalog keeps it. */
export interface CategoryDocument {
  readonly _id: string;
  readonly name: string;
  readonly slug: string;
  readonly ancestorIds: readonly string[];
}

/** A review as the reviews service keeps it. */
export interface ReviewDocument {
  readonly _id: string;
  readonly productId: string;
  readonly authorId: string;
  readonly authorUsername: string;
  readonly rating: number;
  readonly title: string;
  readonly createdAt: Date;
}

/** The rating of a product. */
export interface RatingSum {
  readonly average: number | null;
  readonly count: number;
}

/** The mean to two decimal places, as the schema says. */
export function roundAverage(average: number | null): number | null {
  // 1.025 is no binary fraction, and a hundred times it is less than 102.5.
  return average === null ? null : Math.round(Number((average * 100).toFixed(8))) / 100;
}

/** The object type of a product. */
export function typeOfProduct({ kind }: Pick<ProductDocument, 'kind'>): string {
  return { BOOK: 'Book', DEVICE: 'Device', APPAREL: 'Apparel' }[kind];
}

export const productsOf = (database: Db) => database.collection<ProductDocument>('products');
export const categoriesOf = (database: Db) => database.collection<CategoryDocument>('categories');
export const reviewsOf = (database: Db) => database.collection<ReviewDocument>('reviews');

/** Newest first; the id keeps two of one instant apart. */
export const newestFirst = { createdAt: -1, _id: -1 } as const;
