import type { Db } from 'mongodb';

import {
  type CategoryDocument,
  type ProductDocument,
  categoriesOf,
  productsOf,
  typeOfProduct,
} from '../documents.ts';
import { pageOf } from '../peer-connection.ts';
import { type ProductsArguments, findOfProducts } from '../per-entity/catalog.ts';
import { createLoader, inOrder } from './data-loader.ts';

interface Reference {
  readonly id: string;
}

export function createLoaders(database: Db) {
  return {
    catalog: database,
    products: createLoader(async (ids: readonly string[]) => {
      const found = await productsOf(database)
        .find({ _id: { $in: [...ids] } })
        .toArray();
      return inOrder(ids, found, (product) => product._id);
    }),
    categories: createLoader(async (ids: readonly string[]) => {
      const found = await categoriesOf(database)
        .find({ _id: { $in: [...ids] } })
        .toArray();
      return inOrder(ids, found, (category) => category._id);
    }),
  };
}

type Loaders = ReturnType<typeof createLoaders>;

const findProduct = ({ id }: Reference, { products }: Loaders) => products.load(id);

export const productFields = {
  id: (source: ProductDocument) => source._id,
  category: (source: ProductDocument, _args: unknown, { categories }: Loaders) =>
    categories.load(source.categoryId),
};
const product = { ...productFields, __resolveReference: findProduct };

/** The catalog with DataLoaders. */
export const resolvers = {
  Query: {
    product: (_source: unknown, args: Reference, loaders: Loaders) => findProduct(args, loaders),
    async products(_source: unknown, args: ProductsArguments, { catalog }: Loaders) {
      const { filter, sort, limit } = findOfProducts(args);
      const found = productsOf(catalog).find(filter).sort(sort);
      return pageOf(await found.limit(limit + 1).toArray(), limit);
    },
  },
  Product: { __resolveType: typeOfProduct, __resolveReference: findProduct },
  Book: product,
  Device: product,
  Apparel: product,
  Category: {
    id: (source: CategoryDocument) => source._id,
    ancestors: (source: CategoryDocument, _args: unknown, { categories }: Loaders) =>
      Promise.all(source.ancestorIds.map((id) => categories.load(id))),
    __resolveReference: ({ id }: Reference, { categories }: Loaders) => categories.load(id),
  },
};
