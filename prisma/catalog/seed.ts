import { seedMongo } from '../seed-mongo.ts';
import type { Seed } from '../seeding.ts';
import { shopCategories } from '../shop-data/categories.ts';
import { type ShopProduct, productAt } from '../shop-data/products.ts';
import { sizesOf } from '../shop-data/sizes.ts';
import { buildSearchTerms } from './search-terms.ts';

/** Fills the database of the catalog with categories and products. */
export const seed: Seed = (url, options) =>
  seedMongo(url, options, [
    {
      table: 'categories',
      count: shopCategories.length,
      rowsAt: (index) =>
        shopCategories.slice(index - 1, index).map(({ id, ...category }) => ({ _id: id, ...category })),
    },
    {
      table: 'products',
      count: sizesOf(options.scale).products,
      rowsAt: (index) => [documentOf(productAt(index))],
    },
  ]);

function documentOf(product: ShopProduct) {
  const { id, priceAmount, currency, addedAt, categoryId, ...rest } = product;
  const category = shopCategories.find((entry) => entry.id === categoryId);
  return {
    _id: id,
    ...rest,
    price: { amount: priceAmount, currency },
    addedAt: new Date(addedAt),
    categoryId,
    categoryIds: [...(category?.ancestorIds ?? []), categoryId],
    searchTerms: buildSearchTerms(product),
  };
}
