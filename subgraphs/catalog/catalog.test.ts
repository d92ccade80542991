import { MongoClient } from 'mongodb';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';

import { shopCategories } from '../../prisma/shop-data/categories.ts';
import { productAt } from '../../prisma/shop-data/products.ts';
import { askSubgraph, readServiceSchema } from '../../tests/support/ask-subgraph.ts';
import { profileCommands } from '../../tests/support/profile-commands.ts';
import { type ServiceDatabaseUnderTest, openServiceDatabase } from '../../tests/support/service-database.ts';
import { type RunningSubgraph, serveSubgraph } from '../kit/serve-subgraph.ts';
import { createSubgraph } from './subgraph.ts';

let database: ServiceDatabaseUnderTest;
let service: RunningSubgraph;
const ask = (query: string, variables = {}, headers = {}) =>
  askSubgraph(service.url, query, variables, headers);
const products = Array.from({ length: 1_000 }, (_, place) => productAt(place + 1));
const idsOf = (nodes: readonly { readonly id: string }[]) => nodes.map((node) => node.id);

beforeAll(async () => {
  database = await openServiceDatabase('catalog');
  service = await serveSubgraph(createSubgraph(readServiceSchema('catalog')), {
    databaseUrl: database.url,
    port: 0,
    log: pino({ level: 'silent' }),
  });
  // The first statement would look for its server for 2 s and no longer.
  await vi.waitFor(() => service.checkDatabase(), { timeout: 30_000 });
});

afterAll(async () => {
  await service?.close();
  await database?.close();
});

describe('reading products', () => {
  test('answers each kind with its own fields', async () => {
    const { data, statements } = await ask(`{
      book: product(id: "product-1") { __typename name price { amount currency } ... on Book { author isbn pages } }
      device: product(id: "product-5") { __typename ... on Device { brand specs { name value } warrantyMonths } }
      apparel: product(id: "product-8") { __typename addedAt ... on Apparel { sizes colour material } }
    }`);
    const [book, device, apparel] = [productAt(1), productAt(5), productAt(8)];
    expect(data.book).toEqual({
      __typename: 'Book',
      name: book.name,
      price: { amount: book.priceAmount, currency: 'EUR' },
      ...(book.kind === 'BOOK' ? { author: book.author, isbn: book.isbn, pages: book.pages } : {}),
    });
    expect(data.device).toMatchObject({
      __typename: 'Device',
      ...(device.kind === 'DEVICE' ? { specs: device.specs } : {}),
    });
    expect(data.apparel).toMatchObject({ __typename: 'Apparel', addedAt: apparel.addedAt });
    expect(statements).toHaveLength(3);
  });

  test('answers representations of the interface and of its types with one statement', async () => {
    const { data, statements } = await ask(
      'query($keys: [_Any!]!) { _entities(representations: $keys) { __typename ... on Product { id name } ... on Book { pages } } }',
      {
        keys: [
          { __typename: 'Book', id: 'product-1' },
          { __typename: 'Product', id: 'product-5' },
          { __typename: 'Book', id: 'product-5' },
          { __typename: 'Product', id: 'nothing' },
        ],
      },
    );
    const book = productAt(1);
    expect(data._entities).toEqual([
      { __typename: 'Book', id: 'product-1', name: book.name, pages: book.kind === 'BOOK' ? book.pages : 0 },
      { __typename: 'Device', id: 'product-5', name: productAt(5).name },
      null,
      null,
    ]);
    expect(statements).toHaveLength(1);
  });

  test('reads only the fields that were asked for', async () => {
    const { statements } = await ask('{ products(first: 1) { nodes { sku } } }');
    expect(statements).toHaveLength(1);
    expect(statements[0]?.text).toContain('"projection":{"kind":1,"sku":1,"name":1}');
  });

  test.each([
    ['NAME', (product: (typeof products)[number]) => product.name],
    ['PRICE', (product: (typeof products)[number]) => product.priceAmount],
    ['ADDED_AT', (product: (typeof products)[number]) => product.addedAt],
  ] as const)('walks the list by %s forward and backward', async (by, valueOf) => {
    const expected = idsOf(
      products
        .filter((product) => product.kind === 'APPAREL')
        .sort((one, other) => {
          const [left, right] = [valueOf(one), valueOf(other)];
          if (left === right) return one.id < other.id ? -1 : 1;
          return left < right ? -1 : 1;
        }),
    );
    const page = (args: string) =>
      ask(
        `{ products(${args}, filter: { kinds: [APPAREL] }, sort: { by: ${by} }) { nodes { id } pageInfo { startCursor endCursor hasNextPage hasPreviousPage } } }`,
      );
    const forward: string[] = [];
    for (let after = ''; ;) {
      const { products: found } = (await page(`first: 90${after}`)).data;
      forward.push(...idsOf(found.nodes));
      if (!found.pageInfo.hasNextPage) break;
      after = `, after: "${found.pageInfo.endCursor}"`;
    }
    const last = (await page('last: 3')).data.products;
    expect(forward).toEqual(expected);
    expect(idsOf(last.nodes)).toEqual(expected.slice(-3));
    const before = (await page(`last: 3, before: "${last.pageInfo.startCursor}"`)).data.products;
    expect(idsOf(before.nodes)).toEqual(expected.slice(-6, -3));
  });

  test('finds products by the beginnings of words', async () => {
    const { data } = await ask(
      '{ products(first: 100, search: "KEST pro") { totalCount nodes { id name } } }',
    );
    const expected = products.filter(
      (product) => /\bkest/i.test(product.name) && /\bpro/i.test(product.name),
    );
    expect(data.products.totalCount).toBe(expected.length);
    expect(new Set(idsOf(data.products.nodes))).toEqual(new Set(idsOf(expected)));
  });

  test('filters by category, with all below it, and by price', async () => {
    const { data } = await ask(
      '{ products(filter: { categoryId: "category-audio", priceFrom: 10000, priceTo: 20000 }) { totalCount } }',
    );
    const audio = new Set(['category-headphones', 'category-speakers']);
    expect(data.products.totalCount).toBe(
      products.filter(
        (one) => audio.has(one.categoryId) && one.priceAmount >= 10_000 && one.priceAmount <= 20_000,
      ).length,
    );
  });
});

describe('the tree of categories', () => {
  test('is walked up and down with one statement for each level', async () => {
    const { data, statements } = await ask(
      '{ categories { name children { name children { name } } } category(slug: "crime") { parent { name } ancestors { name } } }',
    );
    const below = (parentId: string | null): unknown[] =>
      shopCategories
        .filter((category) => category.parentId === parentId)
        .sort((one, other) => (one.name < other.name ? -1 : 1))
        .map(({ id, name }) => ({ name, children: below(id) }));
    expect(data.category).toEqual({
      parent: { name: 'Fiction' },
      ancestors: [{ name: 'Books' }, { name: 'Fiction' }],
    });
    expect(JSON.stringify(data.categories)).toBe(
      JSON.stringify(below(null)).replaceAll(',"children":[]', ''),
    );
    expect(statements.filter((statement) => statement.cause === 'Category.children')).toHaveLength(2);
  });

  test('lists and counts the first products of all categories with one statement', async () => {
    const { data, statements } = await ask(
      '{ categories { id products(first: 2, sort: { by: PRICE, direction: DESC }) { totalCount nodes { id } } } }',
    );
    const expected = ['category-apparel', 'category-books', 'category-electronics'].map((id) => {
      const within = products
        .filter((product) =>
          shopCategories.find((one) => one.id === product.categoryId)?.ancestorIds.includes(id),
        )
        .sort((one, other) => other.priceAmount - one.priceAmount || (one.id < other.id ? 1 : -1));
      return {
        id,
        products: { totalCount: within.length, nodes: within.slice(0, 2).map((one) => ({ id: one.id })) },
      };
    });
    expect(data.categories).toEqual(expected);
    expect(statements.filter((statement) => statement.cause === 'Category.products')).toHaveLength(1);
  });

  test('reads 500 categories with one command, and their first products and counts with one more', async () => {
    const ids = Array.from({ length: 500 }, (_, place) => `many-${place}`);
    const owner = await new MongoClient(database.ownerUrl).connect();
    const categories = owner.db().collection<{ readonly _id: string }>('categories');
    const stored = owner.db().collection<{ readonly _id: string }>('products');
    const sample = await stored.findOne({ _id: 'product-1' });
    await categories.insertMany(
      ids.map((_id) => ({ _id, slug: _id, name: _id, parentId: 'many', ancestorIds: ['many'] })),
    );
    await stored.insertMany(
      ids.map((id) => ({ ...sample, _id: `product-${id}`, sku: id, categoryId: id, categoryIds: [id] })),
    );
    try {
      const query =
        'query($keys: [_Any!]!) { _entities(representations: $keys) { ... on Category { name products(first: 1) { totalCount nodes { id } } } } }';
      const keys = ids.map((id) => ({ __typename: 'Category', id }));
      const commands = await profileCommands(database.ownerUrl, async () => {
        const { data } = await ask(query, { keys });
        expect(data._entities).toEqual(
          ids.map((id) => ({ name: id, products: { totalCount: 1, nodes: [{ id: `product-${id}` }] } })),
        );
      });
      expect(commands).toEqual(['aggregate products', 'find categories']);
    } finally {
      await categories.deleteMany({ _id: { $in: ids } });
      await stored.deleteMany({ categoryId: { $in: ids } });
      await owner.close();
    }
  });
});
