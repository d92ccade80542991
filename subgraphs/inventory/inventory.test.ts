import { randomBytes } from 'node:crypto';

import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { availableAt, stockAt } from '../../prisma/shop-data/stock.ts';
import { askSubgraphAs, readServiceSchema } from '../../tests/support/ask-subgraph.ts';
import { type ServiceDatabaseUnderTest, openServiceDatabase } from '../../tests/support/service-database.ts';
import { makeTestKeys, type TestCaller } from '../../tests/support/signed-caller.ts';
import { type RunningSubgraph, serveSubgraph } from '../kit/serve-subgraph.ts';
import { estimateShipping } from './shipping.ts';
import { createSubgraph } from './subgraph.ts';

let database: ServiceDatabaseUnderTest;
let service: RunningSubgraph;
const keeper: TestCaller = { subject: 'keeper', scopes: ['stock:write'] };
const ask = (query: string, variables = {}, caller: TestCaller | undefined = keeper) =>
  askSubgraphAs(caller, { service: 'inventory', url: service.url }, query, variables);
const indexes = Array.from({ length: 50 }, (_, place) => place + 1);

beforeAll(async () => {
  database = await openServiceDatabase('inventory');
  service = await serveSubgraph(createSubgraph(readServiceSchema('inventory')), {
    databaseUrl: database.url,
    port: 0,
    signingKeys: makeTestKeys('inventory'),
    log: pino({ level: 'silent' }),
  });
});

afterAll(async () => {
  await service?.close();
  await database?.close();
});

describe('reading stock', () => {
  test('answers 50 products with one statement, whatever of their stock is asked for', async () => {
    const keys = indexes.map((index) => ({
      __typename: 'Product',
      id: `product-${index}`,
      price: { amount: index * 300, currency: 'EUR' },
      weight: index * 100,
    }));
    const { data, statements } = await ask(
      'query($keys: [_Any!]!) { _entities(representations: $keys) { ... on Product { id inStock available shippingEstimate { amount } stockLevels { onHand available warehouse { code } } } } }',
      { keys },
    );
    expect(data._entities).toEqual(
      indexes.map((index) => ({
        id: `product-${index}`,
        inStock: availableAt(index) > 0,
        available: availableAt(index),
        shippingEstimate: {
          amount: estimateShipping({ amount: index * 300, currency: 'EUR' }, index * 100).amount,
        },
        stockLevels: stockAt(index).map(({ onHand, reserved, warehouseId }) => ({
          onHand,
          available: onHand - reserved,
          warehouse: { code: ['BER', 'LYO', 'MAD', 'VIE'][Number(warehouseId.slice(10)) - 1] },
        })),
      })),
    );
    expect(statements.map(({ cause, batchSize }) => ({ cause, batchSize }))).toEqual([
      { cause: 'Product', batchSize: 50 },
    ]);
  });

  test('needs no statement for a shipping estimate alone', async () => {
    const { data, statements } = await ask(
      'query($keys: [_Any!]!) { _entities(representations: $keys) { ... on Product { shippingEstimate { amount currency } } } }',
      {
        keys: [
          { __typename: 'Product', id: 'product-1', price: { amount: 100, currency: 'EUR' }, weight: 300 },
        ],
      },
    );
    expect(data._entities).toEqual([{ shippingEstimate: { amount: 490, currency: 'EUR' } }]);
    expect(statements).toEqual([]);
  });

  test('says that a product without stock is not in stock', async () => {
    const { data } = await ask(
      'query($keys: [_Any!]!) { _entities(representations: $keys) { ... on Product { inStock available stockLevels { onHand } } } }',
      { keys: [{ __typename: 'Product', id: 'unheard-of' }] },
    );
    expect(data._entities).toEqual([{ inStock: false, available: 0, stockLevels: [] }]);
  });

  test('answers the others where a representation has a number for its id', async () => {
    const { data, errors } = await ask(
      'query($keys: [_Any!]!) { _entities(representations: $keys) { ... on Product { id available } } }',
      {
        keys: [
          { __typename: 'Product', id: 5 },
          { __typename: 'Product', id: 'product-2' },
        ],
      },
    );
    expect(errors).toEqual([]);
    expect(data._entities).toEqual([
      { id: '5', available: 0 },
      { id: 'product-2', available: availableAt(2) },
    ]);
  });

  test('takes a number of pieces that no column holds as more than there are', async () => {
    const { data, errors } = await ask(
      '{ warehouse(code: "BER") { stock { totalCount } upTo: stock(filter: { availableTo: 3000000000 }) { totalCount } from: stock(filter: { availableFrom: 3000000000 }) { totalCount nodes { available } } } }',
    );
    expect(errors).toEqual([]);
    const { stock, upTo, from } = data.warehouse;
    expect(upTo).toEqual(stock);
    expect(from).toEqual({ totalCount: 0, nodes: [] });
  });

  test('pages the stock of all warehouses with one statement', async () => {
    const { data, statements } = await ask(
      '{ warehouses { code stock(first: 2, filter: { availableFrom: 10 }) { totalCount nodes { available product { id } } } } }',
    );
    const expected = Array.from({ length: 1_000 }, (_, place) => stockAt(place + 1))
      .flat()
      .filter((level) => level.warehouseId === 'warehouse-1' && level.onHand - level.reserved >= 10)
      .sort((one, other) => (one.productId < other.productId ? -1 : 1));
    expect(data.warehouses[0]).toEqual({
      code: 'BER',
      stock: {
        totalCount: expected.length,
        nodes: expected
          .slice(0, 2)
          .map((level) => ({ available: level.onHand - level.reserved, product: { id: level.productId } })),
      },
    });
    expect(statements.map((statement) => statement.cause)).toEqual([
      'Query.warehouses',
      'Warehouse.stock',
      'Warehouse.stock',
    ]);
  });
});

describe('changing stock', () => {
  const reserve = (reference: string, items: object[]) =>
    ask(
      'mutation($input: ReserveStockInput!) { reserveStock(input: $input) { reservation { id reference lines { quantity product { id } } } errors { code field } } }',
      { input: { reference, items } },
    );
  const adjust = (productId: string, warehouseId: string, change: number) =>
    ask(
      'mutation($input: AdjustStockInput!) { adjustStock(input: $input) { stockLevel { onHand available warehouse { code } } errors { code field } } }',
      { input: { productId, warehouseId, change } },
    );
  const availableOf = async (productId: string) => {
    const { data } = await ask(
      'query($keys: [_Any!]!) { _entities(representations: $keys) { ... on Product { available } } }',
      { keys: [{ __typename: 'Product', id: productId }] },
    );
    return data._entities[0].available;
  };

  test('adds to and takes from a shelf, never below what is set aside', async () => {
    expect((await adjust('new-1', 'warehouse-1', 5)).data.adjustStock).toEqual({
      stockLevel: { onHand: 5, available: 5, warehouse: { code: 'BER' } },
      errors: [],
    });
    await reserve('keep-2', [{ productId: 'new-1', quantity: 2 }]);
    expect((await adjust('new-1', 'warehouse-1', -4)).data.adjustStock.errors).toEqual([
      { code: 'INSUFFICIENT_STOCK', field: 'change' },
    ]);
    expect((await adjust('new-1', 'warehouse-1', -3)).data.adjustStock.stockLevel).toMatchObject({
      onHand: 2,
      available: 0,
    });
    expect((await adjust('new-1', 'nowhere', 1)).data.adjustStock.errors[0].code).toBe('WAREHOUSE_NOT_FOUND');
    expect((await adjust('unheard-of', 'warehouse-1', -1)).data.adjustStock.errors[0].code).toBe(
      'PRODUCT_NOT_STOCKED',
    );
  });

  test('refuses an id that no index holds as the mistake of who gave it, before any statement', async () => {
    // Of random bytes: PostgreSQL packs what repeats itself.
    const id = randomBytes(4_000).toString('hex');
    const { data, errors, statements } = await adjust(id, 'warehouse-1', 1);
    expect(data).toEqual({ adjustStock: null });
    expect(errors).toMatchObject([
      {
        message: '"input.productId" has 8000 characters; expected at most 255.',
        extensions: { code: 'BAD_USER_INPUT' },
      },
    ]);
    expect(statements).toEqual([]);
    const longest = '\u{1f4a1}'.repeat(127);
    expect((await adjust(longest, 'warehouse-1', 1)).data.adjustStock.stockLevel.onHand).toBe(1);
  });

  test('sets all items aside or none', async () => {
    await adjust('new-2', 'warehouse-1', 3);
    const { data } = await reserve('too-much', [
      { productId: 'new-2', quantity: 1 },
      { productId: 'unheard-of', quantity: 1 },
    ]);
    expect(data.reserveStock).toEqual({
      reservation: null,
      errors: [{ code: 'PRODUCT_NOT_STOCKED', field: 'items.1.productId' }],
    });
    expect(await availableOf('new-2')).toBe(3);
  });

  test('answers the same reservation to the same reference', async () => {
    await adjust('new-3', 'warehouse-2', 3);
    const answers = await Promise.all(
      [1, 2, 3].map(() => reserve('same', [{ productId: 'new-3', quantity: 2 }])),
    );
    const ids = answers.map((answer) => answer.data.reserveStock.reservation?.id);
    expect(new Set(ids).size).toBe(1);
    expect(await availableOf('new-3')).toBe(1);
  });

  test('never gives away more than there is, however many ask at once', async () => {
    await adjust('new-4', 'warehouse-1', 4);
    await adjust('new-4', 'warehouse-3', 3);
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, place) =>
        reserve(`rush-${place}`, [{ productId: 'new-4', quantity: 1 }]),
      ),
    );
    expect(answers.filter((answer) => answer.data.reserveStock.reservation)).toHaveLength(7);
    expect(await availableOf('new-4')).toBe(0);
  });
});

describe('who may change stock', () => {
  const place = () => ({ service: 'inventory', url: service.url });
  const operations = [
    'mutation { adjustStock(input: { productId: "product-1", warehouseId: "warehouse-1", change: 1 }) { errors { code } } }',
    'mutation { reserveStock(input: { reference: "r", items: [{ productId: "product-1", quantity: 1 }] }) { errors { code } } }',
    '{ reservation(id: "r") { reference } }',
    '{ _entities(representations: [{ __typename: "Reservation", id: "r" }]) { ... on Reservation { reference } } }',
  ];

  test.each(operations)('refused without the scope, before any statement: %s', async (query) => {
    for (const [caller, code] of [
      [undefined, 'UNAUTHENTICATED'],
      [{ subject: 'user-1', scopes: ['stock:read'] }, 'FORBIDDEN'],
    ] as const) {
      const { errors, statements } = await askSubgraphAs(caller, place(), query);
      expect(errors.map(({ extensions }) => extensions.code)).toEqual([code]);
      expect(statements).toEqual([]);
    }
  });

  test('what there is, everybody may see', async () => {
    const { data } = await askSubgraphAs(undefined, place(), '{ warehouse(code: "BER") { name } }');
    expect(data.warehouse.name).not.toBe('');
  });
});
