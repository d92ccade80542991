import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { orderAt } from '../../prisma/shop-data/orders.ts';
import { productAt } from '../../prisma/shop-data/products.ts';
import { askSubgraph, readServiceSchema } from '../../tests/support/ask-subgraph.ts';
import { type ServiceDatabaseUnderTest, openServiceDatabase } from '../../tests/support/service-database.ts';
import { type RunningSubgraph, serveSubgraph } from '../kit/serve-subgraph.ts';
import { numberOfOrder } from './order.ts';
import { createSubgraph } from './subgraph.ts';

let database: ServiceDatabaseUnderTest;
let service: RunningSubgraph;
const ask = (query: string, variables = {}, headers = {}) =>
  askSubgraph(service.url, query, variables, headers);
const orders = Array.from({ length: 3_000 }, (_, place) => orderAt(place + 1));
const ordersOf = (customerId: string) =>
  orders
    .filter((order) => order.customerId === customerId)
    .sort((one, other) => (one.placedAt < other.placedAt ? 1 : -1));

beforeAll(async () => {
  database = await openServiceDatabase('orders');
  service = await serveSubgraph(createSubgraph(readServiceSchema('orders')), {
    databaseUrl: database.url,
    port: 0,
    log: pino({ level: 'silent' }),
  });
});

afterAll(async () => {
  await service?.close();
  await database?.close();
});

describe('reading orders', () => {
  test('finds one by number, with its items in the same statement', async () => {
    const order = orderAt(42);
    const { data, statements } = await ask(
      '{ order(number: "FH-0000042") { id number status placedAt quantity total { amount currency } customer { id } items { position name quantity unitPrice { amount } total { amount currency } product { id } } } }',
    );
    expect(data.order).toEqual({
      id: 'order-42',
      number: 'FH-0000042',
      status: order.status,
      placedAt: order.placedAt,
      quantity: order.quantity,
      total: { amount: order.totalAmount, currency: 'EUR' },
      customer: { id: order.customerId },
      items: order.items.map((item) => ({
        position: item.position,
        name: item.name,
        quantity: item.quantity,
        unitPrice: { amount: item.unitPriceAmount },
        total: { amount: item.unitPriceAmount * item.quantity, currency: 'EUR' },
        product: { id: item.productId },
      })),
    });
    expect(statements).toHaveLength(1);
  });

  test('answers the orders of 50 users with one statement for the pages and one for the counts', async () => {
    const keys = Array.from({ length: 50 }, (_, place) => ({ __typename: 'User', id: `user-${place + 1}` }));
    const { data, statements } = await ask(
      'query($keys: [_Any!]!) { _entities(representations: $keys) { ... on User { orders(first: 2) { totalCount nodes { number items { name } } pageInfo { hasNextPage } } } } }',
      { keys },
    );
    expect(data._entities).toEqual(
      keys.map(({ id }) => {
        const expected = ordersOf(id);
        return {
          orders: {
            totalCount: expected.length,
            nodes: expected.slice(0, 2).map((order) => ({
              number: numberOfOrder(order.sequence),
              items: order.items.map(({ name }) => ({ name })),
            })),
            pageInfo: { hasNextPage: expected.length > 2 },
          },
        };
      }),
    );
    expect(statements.map(({ cause, batchSize }) => ({ cause, batchSize }))).toEqual([
      { cause: 'User.orders', batchSize: 50 },
      { cause: 'User.orders', batchSize: 50 },
    ]);
  });

  const sorts = {
    PLACED_AT: ordersOf('user-7'),
    TOTAL: ordersOf('user-7').sort(
      (one, other) => other.totalAmount - one.totalAmount || (one.id < other.id ? 1 : -1),
    ),
  };
  test.each(['PLACED_AT', 'TOTAL'] as const)('walks a user’s orders by %s in both directions', async (by) => {
    const expected = sorts[by].map((order) => order.id);
    const walk = async (size: string, edge: string, cursor: string, more: string) => {
      const found: string[][] = [];
      for (let from: string | null = null; ;) {
        const { data } = await ask(
          `query($from: String, $keys: [_Any!]!) { _entities(representations: $keys) { ... on User { orders(${size}: 4, ${edge}: $from, sort: { by: ${by} }) { nodes { id } pageInfo { ${cursor} ${more} } } } } }`,
          { from, keys: [{ __typename: 'User', id: 'user-7' }] },
        );
        const { nodes, pageInfo } = data._entities[0].orders;
        found.push(nodes.map((node: { id: string }) => node.id));
        if (!pageInfo[more]) return found;
        from = pageInfo[cursor];
      }
    };
    const forward = (await walk('first', 'after', 'endCursor', 'hasNextPage')).flat();
    const backward = (await walk('last', 'before', 'startCursor', 'hasPreviousPage')).reverse().flat();
    expect(backward).toEqual(forward);
    expect(forward).toEqual(expected);
  });

  test('filters all orders by status and time', async () => {
    const { data } = await ask(
      '{ orders(first: 3, filter: { statuses: [SHIPPED], placedBefore: "2024-06-01T00:00:00Z" }) { totalCount nodes { id } } }',
    );
    const expected = orders
      .filter((order) => order.status === 'SHIPPED' && order.placedAt < '2024-06-01')
      .sort((one, other) => (one.placedAt < other.placedAt ? 1 : -1));
    expect(data.orders.totalCount).toBe(expected.length);
    expect(data.orders.nodes.map((node: { id: string }) => node.id)).toEqual(
      expected.slice(0, 3).map((order) => order.id),
    );
  });
});

describe('placing and cancelling', () => {
  const place = (input: object) =>
    ask(
      'mutation($input: PlaceOrderInput!) { placeOrder(input: $input) { order { id number status total { amount currency } items { name } } errors { code field message } } }',
      { input },
    );

  test('takes prices from the price list and the next number, and finds the order again by its reference', async () => {
    const product = productAt(5);
    const input = {
      customerId: 'user-1',
      clientReference: 'cart-1',
      items: [
        {
          productId: 'product-5',
          quantity: 2,
          expectedUnitPrice: { amount: product.priceAmount, currency: 'EUR' },
        },
      ],
    };
    const { data } = await place(input);
    expect(data.placeOrder).toMatchObject({
      order: {
        status: 'PLACED',
        total: { amount: product.priceAmount * 2, currency: 'EUR' },
        items: [{ name: product.name }],
      },
      errors: [],
    });
    expect(Number(data.placeOrder.order.number.slice(3))).toBeGreaterThan(3_000);
    const again = await place(input);
    expect(again.data.placeOrder.order.id).toBe(data.placeOrder.order.id);
  });

  test('places one order when asked for the same one five times at once', async () => {
    const input = {
      customerId: 'user-2',
      clientReference: 'cart-2',
      items: [{ productId: 'product-9', quantity: 1 }],
    };
    const answers = await Promise.all([1, 2, 3, 4, 5].map(() => place(input)));
    expect(new Set(answers.map((answer) => answer.data.placeOrder.order?.id)).size).toBe(1);
  });

  test('tells when a price is not the expected one', async () => {
    const { data } = await place({
      customerId: 'user-1',
      items: [{ productId: 'product-5', quantity: 1, expectedUnitPrice: { amount: 1, currency: 'EUR' } }],
    });
    expect(data.placeOrder.order).toBeNull();
    expect(data.placeOrder.errors).toMatchObject([
      { code: 'PRICE_CHANGED', field: 'items.0.expectedUnitPrice' },
    ]);
  });

  test('cancels what is not on its way, twice without complaint', async () => {
    const waiting = orders.find((order) => order.status === 'PAID');
    const sent = orders.find((order) => order.status === 'DELIVERED');
    const cancel = (id: string | undefined) =>
      ask(
        'mutation($id: ID!) { cancelOrder(input: { id: $id }) { order { status cancelledAt } errors { code } } }',
        { id },
      );
    const first = await cancel(waiting?.id);
    expect(first.data.cancelOrder).toMatchObject({ order: { status: 'CANCELLED' }, errors: [] });
    expect((await cancel(waiting?.id)).data).toEqual(first.data);
    expect((await cancel(sent?.id)).data.cancelOrder.errors).toEqual([{ code: 'NOT_CANCELLABLE' }]);
    expect((await cancel('nothing')).data.cancelOrder.errors).toEqual([{ code: 'ORDER_NOT_FOUND' }]);
  });
});
