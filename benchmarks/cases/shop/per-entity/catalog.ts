import type { Db } from 'mongodb';

import {
  type CategoryDocument,
  type ProductDocument,
  categoriesOf,
  productsOf,
  typeOfProduct,
} from '../documents.ts';
import { firstDefault, pageOf } from '../peer-connection.ts';

interface Reference {
  readonly id: string;
}

/** Arguments of `products`, as far as the operations use them. */
export interface ProductsArguments {
  readonly first?: number | null;
  readonly filter?: { readonly priceFrom?: number | null } | null;
  readonly sort: { readonly by: 'NAME' | 'PRICE' | 'ADDED_AT'; readonly direction: 'ASC' | 'DESC' };
}

const sortFields = { NAME: 'name', PRICE: 'price.amount', ADDED_AT: 'addedAt' } as const;

/** The part of a `find` that a list of products needs. */
export function findOfProducts({ first, filter, sort }: ProductsArguments) {
  const direction = sort.direction === 'ASC' ? 1 : -1;
  return {
    limit: first ?? firstDefault,
    filter: typeof filter?.priceFrom === 'number' ? { 'price.amount': { $gte: filter.priceFrom } } : {},
    sort: { [sortFields[sort.by]]: direction, _id: direction } as const,
  };
}

/** The catalog as it is mostly written: `findOne` for each product and category. */
export function createResolvers(database: Db) {
  const findProduct = ({ id }: Reference) => productsOf(database).findOne({ _id: id });
  const findCategory = (id: string) => categoriesOf(database).findOne({ _id: id });
  const product = {
    id: (source: ProductDocument) => source._id,
    category: (source: ProductDocument) => findCategory(source.categoryId),
    __resolveReference: findProduct,
  };
  return {
    Query: {
      product: (_source: unknown, args: Reference) => findProduct(args),
      async products(_source: unknown, args: ProductsArguments) {
        const { filter, sort, limit } = findOfProducts(args);
        const found = productsOf(database).find(filter).sort(sort);
        return pageOf(await found.limit(limit + 1).toArray(), limit);
      },
    },
    Product: { __resolveType: typeOfProduct, __resolveReference: findProduct },
    Book: product,
    Device: product,
    Apparel: product,
    Category: {
      id: (source: CategoryDocument) => source._id,
      ancestors: (source: CategoryDocument) => Promise.all(source.ancestorIds.map(findCategory)),
      __resolveReference: (reference: Reference) => findCategory(reference.id),
    },
  };
}
