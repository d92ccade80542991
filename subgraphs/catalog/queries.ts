import type { Db, Document } from 'mongodb';

import type { ChildListReads } from '../kit/connections/child-list.ts';
import { type Connection, type ConnectionAsked, buildConnection } from '../kit/connections/connection.ts';
import { readMongoChildList } from '../kit/connections/mongo-child-list.ts';
import { buildMongoPage } from '../kit/connections/mongo-page.ts';
import type { Page } from '../kit/connections/page.ts';
import { type SortKey, type SortOrder, buildSortOrder } from '../kit/connections/sort-order.ts';
import { runRead } from '../kit/database/mongo.ts';
import type { JointReads } from '../kit/loading/joint-reads.ts';
import { selectFields } from '../kit/loading/select-fields.ts';
import { type ProductKind, typeOfKind } from './product.ts';

/** A product as it is read: id and kind always, the rest when asked for. */
export interface ProductRow {
  readonly id: string;
  readonly __typename: string;
  readonly name?: string;
  readonly price?: { readonly amount: number; readonly currency: string };
  readonly addedAt?: Date;
  readonly categoryId?: string;
}

/** A category as it is read. */
export interface CategoryRow {
  readonly id: string;
  readonly name: string;
  readonly slug: string;
  readonly parentId: string | null;
  /** From the top down. */
  readonly ancestorIds: readonly string[];
}

/** Which products to list. */
export interface ProductFilter {
  readonly kinds?: readonly ProductKind[] | null;
  readonly categoryId?: string | null;
  readonly priceFrom?: number | null;
  readonly priceTo?: number | null;
}

/** What products are ordered by. */
export interface ProductSort {
  readonly by: 'NAME' | 'PRICE' | 'ADDED_AT';
  readonly direction: 'ASC' | 'DESC';
}

interface ProductDocument {
  readonly _id: string;
  readonly kind: ProductKind;
}

interface CategoryDocument extends Omit<CategoryRow, 'id'> {
  readonly _id: string;
}

const always: Document = { kind: 1 };
const byField: Readonly<Record<string, Document>> = {
  ...Object.fromEntries(
    [
      'sku',
      'name',
      'description',
      'price',
      'weight',
      'imageUrl',
      'addedAt',
      'author',
      'isbn',
      'pages',
      'brand',
      'specs',
      'warrantyMonths',
      'sizes',
      'colour',
      'material',
    ].map((field) => [field, { [field]: 1 }]),
  ),
  category: { categoryId: 1 },
};

function productsOf(database: Db) {
  return database.collection<ProductDocument>('products');
}

function categoriesOf(database: Db) {
  return database.collection<CategoryDocument>('categories');
}

/** The products of these ids, in one statement. */
export async function loadProducts(
  database: Db,
  ids: readonly string[],
  asked: ReadonlySet<string>,
): Promise<ProductRow[]> {
  const projection = selectFields(asked, always, byField);
  const documents = await runRead((options) =>
    productsOf(database)
      .find({ _id: { $in: [...ids] } }, { projection, ...options })
      .toArray(),
  );
  return documents.map(rowOfProduct);
}

/** The order of a list of products. */
export function orderOfProducts({ by, direction }: ProductSort): SortOrder<ProductRow> {
  const id = { name: '_id', direction, type: 'text', valueOf: (row: ProductRow) => row.id } as const;
  const first: Record<ProductSort['by'], SortKey<ProductRow>> = {
    NAME: { name: 'name', direction, type: 'text', valueOf: (row) => row.name ?? '' },
    PRICE: { name: 'price.amount', direction, type: 'number', valueOf: (row) => row.price?.amount ?? 0 },
    ADDED_AT: { name: 'addedAt', direction, type: 'date', valueOf: (row) => row.addedAt ?? new Date(0) },
  };
  return buildSortOrder([first[by], id]);
}

/** A page of products; one statement for the rows and one for the count, each only when asked for. */
export async function listProducts(
  database: Db,
  conditions: readonly Document[],
  order: SortOrder<ProductRow>,
  page: Page,
  asked: ConnectionAsked,
): Promise<Connection<ProductRow>> {
  const { filter, sort, limit } = buildMongoPage(page, order, conditions);
  const projection = projectionOf(asked.nodeFields, order);
  const [documents, totalCount] = await Promise.all([
    asked.rows
      ? runRead((options) =>
          productsOf(database)
            .find(filter, { projection, sort, limit, ...options })
            .toArray(),
        )
      : [],
    asked.totalCount
      ? runRead((options) =>
          productsOf(database).countDocuments(
            conditions.length === 0 ? {} : { $and: [...conditions] },
            options,
          ),
        )
      : null,
  ]);
  return buildConnection(page, order, documents.map(rowOfProduct), totalCount);
}

/** How the products of many categories are read at once. */
export function readProductsOfCategories(
  database: Db,
  loaders: JointReads,
  filter: ProductFilter,
  order: SortOrder<ProductRow>,
): ChildListReads<ProductRow> {
  return readMongoChildList<ProductRow>({
    loaders,
    collection: productsOf(database),
    parentField: 'categoryIds',
    isList: true,
    conditions: conditionsOf(filter, []),
    order,
    projectionOf: (asked) => projectionOf(asked, order),
    rowOf: (document) => rowOfProduct(document as ProductDocument),
  });
}

/** What a filter and the words of a search ask of a product. */
export function conditionsOf(filter: ProductFilter, words: readonly string[]): Document[] {
  const { kinds, categoryId, priceFrom, priceTo } = filter;
  return [
    ...(kinds ? [{ kind: { $in: [...kinds] } }] : []),
    ...(typeof categoryId === 'string' ? [{ categoryIds: categoryId }] : []),
    ...(typeof priceFrom === 'number' ? [{ 'price.amount': { $gte: priceFrom } }] : []),
    ...(typeof priceTo === 'number' ? [{ 'price.amount': { $lte: priceTo } }] : []),
    // "Begins with" as a range, on one and the same entry of the list: the index answers it.
    ...words.map((word) => ({ searchTerms: { $elemMatch: { $gte: word, $lt: `${word}\u{10ffff}` } } })),
  ];
}

/** The categories that match, by name, in one statement. */
export async function loadCategories(
  database: Db,
  where:
    | { readonly ids: readonly string[] }
    | { readonly slugs: readonly string[] }
    | { readonly parentIds: readonly (string | null)[] },
): Promise<CategoryRow[]> {
  const documents = await runRead((options) =>
    categoriesOf(database)
      .find(filterOfCategories(where), { sort: { name: 1 }, ...options })
      .toArray(),
  );
  return documents.map(({ _id, ...category }) => ({ id: _id, ...category }));
}

function filterOfCategories(where: Parameters<typeof loadCategories>[1]) {
  if ('ids' in where) return { _id: { $in: [...where.ids] } };
  return 'slugs' in where ? { slug: { $in: [...where.slugs] } } : { parentId: { $in: [...where.parentIds] } };
}

function projectionOf(asked: ReadonlySet<string>, order: SortOrder<ProductRow>): Document {
  const sorted = order.keys.map((key) => key.name.split('.')[0] ?? key.name);
  return selectFields(new Set([...asked, ...sorted]), always, byField);
}

function rowOfProduct({ _id, kind, ...rest }: ProductDocument): ProductRow {
  return { id: _id, __typename: typeOfKind[kind], ...rest };
}
