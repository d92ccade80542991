import { Client } from 'pg';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { orderAt } from '../../prisma/shop-data/orders.ts';
import { productAt } from '../../prisma/shop-data/products.ts';
import { askSubgraphAs, readServiceSchema } from '../../tests/support/ask-subgraph.ts';
import { type ServiceDatabaseUnderTest, openServiceDatabase } from '../../tests/support/service-database.ts';
import { makeTestKeys, type TestCaller } from '../../tests/support/signed-caller.ts';
import { encodeCursor } from '../kit/connections/cursor.ts';
import { type RunningSubgraph, serveSubgraph } from '../kit/serve-subgraph.ts';
import { numberOfOrder } from './order.ts';
import { createSubgraph } from './subgraph.ts';

let database: ServiceDatabaseUnderTest;
let service: RunningSubgraph;
const clerk: TestCaller = { subject: 'clerk', scopes: ['orders:read:all', 'orders:write:all'] };
const ask = (query: string, variables = {}, caller: TestCaller | undefined = clerk) =>
  askSubgraphAs(caller, { service: 'orders', url: service.url }, query, variables);
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
    signingKeys: makeTestKeys('orders'),
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

  test.each([
    ['PLACED_AT', 'placedAt:DESC:date,id:DESC:text', []],
    ['PLACED_AT', 'placedAt:DESC:date,id:DESC:text', [1e20, 'order-1']],
    ['PLACED_AT', 'placedAt:DESC:date,id:DESC:text', [8.64e15, 'order-1']],
    ['PLACED_AT', 'placedAt:DESC:date,id:DESC:text', [-8.64e15, 'order-1']],
    ['PLACED_AT', 'placedAt:DESC:date,id:DESC:text', [253402300800000, 'order-1']],
    ['PLACED_AT', 'placedAt:DESC:date,id:DESC:text', [-70000000000000, 'order-1']],
    ['PLACED_AT', 'placedAt:DESC:date,id:DESC:text', ['yesterday', 'order-1']],
    ['PLACED_AT', 'placedAt:DESC:date,id:DESC:text', [0]],
    ['TOTAL', 'totalAmount:DESC:number,id:DESC:text', ['much', 'order-1']],
    ['TOTAL', 'totalAmount:DESC:number,id:DESC:text', [5e9, 'order-1']],
    ['TOTAL', 'totalAmount:DESC:number,id:DESC:text', [1.5, 'order-1']],
    ['TOTAL', 'totalAmount:DESC:number,id:DESC:text', [-1e300, 'order-1']],
    ['TOTAL', 'totalAmount:DESC:number,id:DESC:text', [1, 'order-\0']],
  ])('refuses a cursor by %s that was never given out: %s %j', async (by, order, values) => {
    const cursor = encodeCursor(order, values);
    const { errors } = await ask(
      `query($after: String, $keys: [_Any!]!) {
        orders(sort: { by: ${by}, direction: DESC }, after: $after) { nodes { id } }
        _entities(representations: $keys) {
          ... on User { orders(sort: { by: ${by}, direction: DESC }, after: $after) { nodes { id } } }
        }
      }`,
      { after: cursor, keys: [{ __typename: 'User', id: 'user-1' }] },
    );
    expect(errors.map(({ extensions }) => extensions.code)).toEqual(['BAD_USER_INPUT', 'BAD_USER_INPUT']);
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

test('times are the same in a database of another time zone', async () => {
  const role = new Client({ connectionString: database.url });
  await role.connect();
  await role.query("ALTER ROLE CURRENT_USER SET timezone TO 'Asia/Kolkata'");
  await role.query("ALTER ROLE CURRENT_USER SET datestyle TO 'German'");
  const elsewhere = await serveSubgraph(createSubgraph(readServiceSchema('orders')), {
    databaseUrl: database.url,
    port: 0,
    signingKeys: makeTestKeys('orders'),
    log: pino({ level: 'silent' }),
    noticeMs: 0,
  });
  try {
    const { placedAt } = orderAt(42);
    const { data } = await askSubgraphAs(
      clerk,
      { service: 'orders', url: elsewhere.url },
      `query ($filter: UserOrderFilter) {
        order(id: "order-42") { placedAt customer { orders(filter: $filter) { nodes { id placedAt } } } }
      }`,
      { filter: { placedFrom: placedAt, placedBefore: new Date(Date.parse(placedAt) + 1).toISOString() } },
    );
    expect(data.order).toEqual({
      placedAt,
      customer: { orders: { nodes: [{ id: 'order-42', placedAt }] } },
    });
  } finally {
    await elsewhere.close();
    await role.query('ALTER ROLE CURRENT_USER RESET ALL');
    await role.end();
  }
});

describe('placing and cancelling', () => {
  const place = (customerId: string, input: object) =>
    ask(
      'mutation($input: PlaceOrderInput!) { placeOrder(input: $input) { order { id number status total { amount currency } items { name } } errors { code field message } } }',
      { input },
      { subject: customerId },
    );

  test('takes prices from the price list and the next number, and finds the order again by its reference', async () => {
    const product = productAt(5);
    const input = {
      clientReference: 'cart-1',
      items: [
        {
          productId: 'product-5',
          quantity: 2,
          expectedUnitPrice: { amount: product.priceAmount, currency: 'EUR' },
        },
      ],
    };
    const { data } = await place('user-1', input);
    expect(data.placeOrder).toMatchObject({
      order: {
        status: 'PLACED',
        total: { amount: product.priceAmount * 2, currency: 'EUR' },
        items: [{ name: product.name }],
      },
      errors: [],
    });
    expect(Number(data.placeOrder.order.number.slice(3))).toBeGreaterThan(3_000);
    const again = await place('user-1', input);
    expect(again.data.placeOrder.order.id).toBe(data.placeOrder.order.id);
  });

  test('places one order when asked for the same one five times at once', async () => {
    const input = {
      clientReference: 'cart-2',
      items: [{ productId: 'product-9', quantity: 1 }],
    };
    const answers = await Promise.all([1, 2, 3, 4, 5].map(() => place('user-2', input)));
    expect(new Set(answers.map((answer) => answer.data.placeOrder.order?.id)).size).toBe(1);
  });

  test('tells when a price is not the expected one', async () => {
    const { data } = await place('user-1', {
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

describe('who may see and do what', () => {
  const read =
    'query($id: ID!, $number: String!) { byId: order(id: $id) { status } byNumber: order(number: $number) { status } }';
  const entities =
    'query($keys: [_Any!]!) { _entities(representations: $keys) { ... on Order { status } ... on User { orders(first: 1) { nodes { id } } } } }';
  const order = orderAt(42);
  const variables = { id: order.id, number: numberOfOrder(42) };
  const keys = [
    { __typename: 'Order', id: order.id },
    { __typename: 'Order', number: variables.number },
    { __typename: 'User', id: order.customerId },
  ];
  const stranger = { subject: 'user-0', scopes: ['users:read:all'] };

  test('an order is there for its customer and for those with the scope, by every way to it', async () => {
    for (const caller of [{ subject: order.customerId }, clerk]) {
      const { data } = await ask(read, variables, caller);
      expect(data).toEqual({ byId: { status: order.status }, byNumber: { status: order.status } });
      const found = (await ask(entities, { keys }, caller)).data._entities;
      expect(found).toEqual([
        { status: order.status },
        { status: order.status },
        { orders: { nodes: [{ id: ordersOf(order.customerId)[0]?.id }] } },
      ]);
    }
  });

  test('for others an order is not there, and the orders of a user are refused', async () => {
    expect((await ask(read, variables, stranger)).data).toEqual({ byId: null, byNumber: null });
    const { data, errors } = await ask(entities, { keys }, stranger);
    expect(data._entities).toEqual([null, null, { orders: null }]);
    expect(errors.map(({ extensions }) => extensions.code)).toEqual(['FORBIDDEN']);
    const all = await ask('{ orders { totalCount } }', {}, stranger);
    expect([all.data.orders, all.errors[0]?.extensions.code]).toEqual([null, 'FORBIDDEN']);
  });

  test('nobody gets nothing, and no statement is sent for it', async () => {
    for (const [query, given] of [
      [read, variables],
      [entities, { keys }],
      ['mutation { placeOrder(input: { items: [] }) { errors { code } } }', {}],
      ['mutation { cancelOrder(input: { id: "order-42" }) { errors { code } } }', {}],
    ] as const) {
      const answer = await askSubgraphAs(undefined, { service: 'orders', url: service.url }, query, given);
      expect(new Set(answer.errors.map(({ extensions }) => extensions.code))).toEqual(
        new Set(['UNAUTHENTICATED']),
      );
      expect(answer.statements).toEqual([]);
    }
  });

  test('an order is cancelled by its customer or with the scope for writing; the one for reading is not enough', async () => {
    const waiting = orders.filter(({ status }) => status === 'PLACED');
    const cancel = async (place: number, caller: TestCaller): Promise<unknown> =>
      (
        await ask(
          'mutation($id: ID!) { cancelOrder(input: { id: $id }) { order { status } errors { code } } }',
          { id: waiting[place]?.id },
          caller,
        )
      ).data.cancelOrder;
    const refused = { order: null, errors: [{ code: 'ORDER_NOT_FOUND' }] };
    const done = { order: { status: 'CANCELLED' }, errors: [] };
    expect(await cancel(0, stranger)).toEqual(refused);
    expect(await cancel(0, { subject: 'clerk', scopes: ['orders:read:all'] })).toEqual(refused);
    expect(await cancel(0, { subject: waiting[0]?.customerId ?? '' })).toEqual(done);
    expect(await cancel(1, clerk)).toEqual(done);
  });

  test('how many pieces of a product were ordered is for everybody, in one statement', async () => {
    const products = [1, 2, 3].map((index) => ({ __typename: 'Product', id: `product-${index + 500}` }));
    const answer = await askSubgraphAs(
      undefined,
      { service: 'orders', url: service.url },
      'query($keys: [_Any!]!) { _entities(representations: $keys) { ... on Product { unitsOrdered } } }',
      { keys: [...products, { __typename: 'Product', id: 'unheard-of' }] },
    );
    const expected = products.map(({ id }) => ({
      unitsOrdered: orders
        .filter(({ status }) => status !== 'CANCELLED')
        .flatMap(({ items }) => items.filter((item) => item.productId === id))
        .reduce((sum, { quantity }) => sum + quantity, 0),
    }));
    expect(answer.data._entities).toEqual([...expected, { unitsOrdered: 0 }]);
    expect(answer.statements.map(({ cause, batchSize }) => ({ cause, batchSize }))).toEqual([
      { cause: 'Product.unitsOrdered', batchSize: 4 },
    ]);
  });
});
