import {
  GraphQLCurrency,
  GraphQLDateTime,
  GraphQLISBN,
  GraphQLNonNegativeInt,
  GraphQLPositiveInt,
  GraphQLURL,
} from 'graphql-scalars';
import type { Db } from 'mongodb';

import { loadChildList } from '../kit/connections/child-list.ts';
import { connectionAsked } from '../kit/connections/connection.ts';
import { type PageArguments, parsePage } from '../kit/connections/page.ts';
import type { Resolvers } from '../kit/define-subgraph.ts';
import { fieldsAsked } from '../kit/loading/fields-asked.ts';
import type { RequestContext } from '../kit/request-context.ts';
import { badInput } from '../kit/subgraph-error.ts';
import { parseSearch } from './product.ts';
import {
  type CategoryRow,
  type ProductFilter,
  type ProductRow,
  type ProductSort,
  conditionsOf,
  listProducts,
  loadCategories,
  loadProducts,
  orderOfProducts,
  readProductsOfCategories,
} from './queries.ts';

interface ProductsArguments extends PageArguments {
  readonly filter?: ProductFilter | null;
  readonly sort: ProductSort;
  readonly search?: string | null;
}

type Context = RequestContext<Db>;

const productFields = {
  category: (product: ProductRow, _args: unknown, context: Context) =>
    loadCategory(context, product.categoryId ?? ''),
};

/** The resolvers of the catalog. */
export const resolvers: Resolvers<Db> = {
  DateTime: GraphQLDateTime,
  Currency: GraphQLCurrency,
  URL: GraphQLURL,
  ISBN: GraphQLISBN,
  PositiveInt: GraphQLPositiveInt,
  NonNegativeInt: GraphQLNonNegativeInt,
  Query: {
    async product(_source, args: { readonly id: string }, context, info) {
      return (await loadProducts(context.database, [args.id], fieldsAsked(info)))[0] ?? null;
    },
    products(_source, args: ProductsArguments, context, info) {
      const order = orderOfProducts(args.sort);
      const page = parsePage(args, order.name);
      const conditions = conditionsOf(args.filter ?? {}, parseSearch(args.search));
      return listProducts(context.database, conditions, order, page, connectionAsked(info));
    },
    async category(_source, args: { readonly id?: string | null; readonly slug?: string | null }, context) {
      const { id, slug } = args;
      if (typeof id === 'string' && typeof slug !== 'string') return await loadCategory(context, id);
      if (typeof slug === 'string' && typeof id !== 'string')
        return (await loadCategories(context.database, { slugs: [slug] }))[0] ?? null;
      throw badInput('Give exactly one of "id" and "slug" to category.');
    },
    categories: (_source, _args, context) => loadCategories(context.database, { parentIds: [null] }),
  },
  Book: productFields,
  Device: productFields,
  Apparel: productFields,
  Category: {
    parent: ({ parentId }: CategoryRow, _args, context) =>
      parentId === null ? null : loadCategory(context, parentId),
    ancestors: async ({ ancestorIds }: CategoryRow, _args, context) =>
      (await Promise.all(ancestorIds.map((id) => loadCategory(context, id)))).filter(
        (found) => found !== null,
      ),
    async children({ id }: CategoryRow, _args, context) {
      const loader = context.loaders.use('Category.children', 'Category.children', async (batch) => {
        const rows = await loadCategories(context.database, { parentIds: batch.keys });
        const children = new Map<string, CategoryRow[]>(batch.keys.map((key) => [key, []]));
        for (const row of rows) children.get(row.parentId ?? '')?.push(row);
        return children;
      });
      return (await loader.load(id, new Set())) ?? [];
    },
    products(category: CategoryRow, args: ProductsArguments, context, info) {
      const list = () => {
        const order = orderOfProducts(args.sort);
        const { database, loaders } = context;
        return { order, reads: readProductsOfCategories(database, loaders, args.filter ?? {}, order) };
      };
      return loadChildList({ parentKey: category.id, args, context, info, list });
    },
  },
};

function loadCategory(context: Context, id: string): Promise<CategoryRow | null> {
  const loader = context.loaders.use('Category', 'Category', async (batch) => {
    const rows = await loadCategories(context.database, { ids: batch.keys });
    return new Map(rows.map((row) => [row.id, row]));
  });
  return loader.load(id, new Set());
}
