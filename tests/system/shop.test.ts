import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { orderAt, type ShopOrder } from '../../prisma/shop-data/orders.ts';
import { productAt } from '../../prisma/shop-data/products.ts';
import { reviewAt, type ShopReview } from '../../prisma/shop-data/reviews.ts';
import { partSizes } from '../../prisma/shop-data/sizes.ts';
import { availableAt, shopWarehouses, stockAt } from '../../prisma/shop-data/stock.ts';
import { userAt } from '../../prisma/shop-data/users.ts';
import { listShopProcesses } from '../../checks/isolation/check-processes.ts';
import { measureShortest } from '../support/measure-shortest.ts';
import { isAlive, listTree } from '../support/process-tree.ts';
import { forgeries, makeForge, sendForged } from '../support/forged-requests.ts';
import {
  type Answer,
  ask,
  runFreehold,
  signInAs,
  startFreehold,
  type RunningCommand,
} from '../support/run-freehold.ts';

// One shop for this file: the real thing on embedded databases, by the command that a user types.
let dataFolder: string;
let shop: RunningCommand;
let url: string;
let clerk: Record<string, string>;

beforeAll(async () => {
  dataFolder = await mkdtemp(path.join(os.tmpdir(), 'freehold-shop-'));
  shop = startFreehold(['start', '--port', '0', '--data', dataFolder]);
  ({ url } = await shop.ready);
  clerk = await signInAs({ user: 'clerk', scopes: ['orders:read:all', 'users:read:all', 'stock:write'] });
});

afterAll(async () => {
  shop.kill('SIGTERM');
  await shop.ended;
  await rm(dataFolder, { recursive: true, force: true });
});

const count = (total: number): number[] => Array.from({ length: total }, (_, place) => place + 1);
const allOrders = count(partSizes.orders).map(orderAt);
const allReviews = count(partSizes.reviews).map(reviewAt);
const indexOf = (id: string): number => Number(id.split('-')[1]);
const numberOf = (order: ShopOrder): string => `FH-${String(order.sequence).padStart(7, '0')}`;

function ordersOf(userId: string): ShopOrder[] {
  return allOrders
    .filter((order) => order.customerId === userId)
    .sort((left, right) => right.placedAt.localeCompare(left.placedAt));
}

function newest(reviews: ShopReview[]): ShopReview[] {
  return reviews.sort((left, right) => right.createdAt.localeCompare(left.createdAt));
}

const reviewsOf = (productId: string): ShopReview[] =>
  newest(allReviews.filter((review) => review.productId === productId));

function ratingOf(productId: string): { average: number | null; count: number } {
  const ratings = reviewsOf(productId).map((review) => review.rating);
  const sum = ratings.reduce((total, rating) => total + rating, 0);
  return {
    average: ratings.length === 0 ? null : Math.round((sum / ratings.length) * 100) / 100,
    count: ratings.length,
  };
}

describe('the seeded shop answers in every direction of the graph', () => {
  test('from a user through orders to products, stock and reviews: all five databases in one query', async () => {
    const answer = await ask(
      url,
      `query ($id: ID!) { user(id: $id) { username orders(first: 2) { totalCount nodes { number status items {
        quantity product { id name price { amount } available inStock rating { average count }
        reviews(first: 1) { nodes { title author { username name } } } } } } } } }`,
      { id: 'user-7' },
      await signInAs({ user: 'user-7' }),
    );
    const orders = ordersOf('user-7');
    expect(answer).toEqual({
      data: {
        user: {
          username: userAt(7).username,
          orders: {
            totalCount: orders.length,
            nodes: orders.slice(0, 2).map((order) => ({
              number: numberOf(order),
              status: order.status,
              items: order.items.map((item) => ({
                quantity: item.quantity,
                product: {
                  id: item.productId,
                  name: item.name,
                  price: { amount: item.unitPriceAmount },
                  available: availableAt(indexOf(item.productId)),
                  inStock: availableAt(indexOf(item.productId)) > 0,
                  rating: ratingOf(item.productId),
                  reviews: {
                    nodes: reviewsOf(item.productId)
                      .slice(0, 1)
                      .map((review) => ({
                        title: review.title,
                        author: {
                          username: review.authorUsername,
                          name: userAt(indexOf(review.authorId)).name,
                        },
                      })),
                  },
                },
              })),
            })),
          },
        },
      },
    });
  });

  test('from a product to its stock by warehouse, its histogram and the orders of a reviewer', async () => {
    const best = allReviews.find((review) => reviewsOf(review.productId).length >= 3)?.productId ?? '';
    const answer = await ask(
      url,
      `query ($id: ID!) { product(id: $id) { __typename name shippingEstimate { currency }
        stockLevels { onHand warehouse { code } }
        rating { histogram { rating count } }
        reviews(first: 2, sort: { by: CREATED_AT, direction: ASC }) { nodes { id author { orders(first: 1) { nodes { number } } } } } } }`,
      { id: best },
      clerk,
    );
    const product = productAt(indexOf(best));
    const reviews = reviewsOf(best);
    expect(answer.errors).toBeUndefined();
    expect(answer.data.product).toMatchObject({
      __typename: { BOOK: 'Book', DEVICE: 'Device', APPAREL: 'Apparel' }[product.kind],
      name: product.name,
      shippingEstimate: { currency: 'EUR' },
      stockLevels: stockAt(indexOf(best)).map((level) => ({
        onHand: level.onHand,
        warehouse: { code: shopWarehouses.find(({ id }) => id === level.warehouseId)?.code },
      })),
      rating: {
        histogram: [5, 4, 3, 2, 1].map((rating) => ({
          rating,
          count: reviews.filter((review) => review.rating === rating).length,
        })),
      },
      reviews: {
        nodes: [...reviews]
          .reverse()
          .slice(0, 2)
          .map((review) => ({
            id: review.id,
            author: {
              orders: {
                nodes: ordersOf(review.authorId)
                  .slice(0, 1)
                  .map((order) => ({ number: numberOf(order) })),
              },
            },
          })),
      },
    });
  });

  test('from an order to its customer, from a warehouse to its products, from a username to reviews and their products', async () => {
    const author = userAt(3);
    const answer = await ask(
      url,
      `query ($username: String!) {
        order(number: "FH-0000042") { customer { email addresses { city } } }
        warehouse(code: "BER") { stock(first: 2) { nodes { product { id name } onHand } } }
        user(username: $username) { id reviews(first: 2) { totalCount nodes { rating product { name } } } } }`,
      { username: author.username },
      clerk,
    );
    const customer = userAt(indexOf(orderAt(42).customerId));
    const inBerlin = count(partSizes.products)
      .flatMap((index) => stockAt(index))
      .filter((level) => level.warehouseId === 'warehouse-1')
      .sort((left, right) => (left.productId < right.productId ? -1 : 1))
      .slice(0, 2);
    const written = newest(allReviews.filter((review) => review.authorId === author.id));
    expect(answer).toEqual({
      data: {
        order: {
          customer: { email: customer.email, addresses: customer.addresses.map(({ city }) => ({ city })) },
        },
        warehouse: {
          stock: {
            nodes: inBerlin.map((level) => ({
              product: { id: level.productId, name: productAt(indexOf(level.productId)).name },
              onHand: level.onHand,
            })),
          },
        },
        user: {
          id: author.id,
          reviews: {
            totalCount: written.length,
            nodes: written.slice(0, 2).map((review) => ({
              rating: review.rating,
              product: { name: productAt(indexOf(review.productId)).name },
            })),
          },
        },
      },
    });
  });

  test('page by page, each product once', async () => {
    const seen = new Set<string>();
    let after: string | null = null;
    let pages = 0;
    do {
      const { data, errors } = await ask(
        url,
        'query ($after: String) { products(first: 100, after: $after) { totalCount nodes { id } pageInfo { hasNextPage endCursor } } }',
        { after },
      );
      expect(errors).toBeUndefined();
      expect(data.products.totalCount).toBe(partSizes.products);
      for (const node of data.products.nodes) seen.add(node.id);
      after = data.products.pageInfo.hasNextPage ? data.products.pageInfo.endCursor : null;
      pages += 1;
    } while (after !== null);
    expect([seen.size, pages]).toEqual([partSizes.products, 10]);
  });
});

describe('only the gateway may ask a service', () => {
  const listServices = (): [name: string, url: string][] =>
    [...shop.output().matchAll(/^ {2}(\w+) .* ready +(http:\S+)\/graphql/gm)].map(
      ([, name = '', service = '']) => [name, service],
    );

  test('an unsigned request gets 401, from each of them', async () => {
    expect(listServices()).toHaveLength(5);
    for (const [, service] of listServices()) {
      const { errors } = await ask(service, '{ __typename }');
      expect(errors?.[0]?.extensions?.code).toBe('SIGNATURE_MISSING');
    }
  });

  // What only the gateway knows stands in its environment, which Linux alone shows.
  test.skipIf(process.platform !== 'linux')(
    'a request that is forged from a genuine one is refused, in every form and by each of them',
    async () => {
      const services = listServices();
      const processes = await listShopProcesses(
        shop.pid,
        services.map(([name]) => name),
      );
      const gateway = processes.find(({ service }) => service === undefined);
      const key = gateway?.environment.get('FREEHOLD_SIGNING_KEYS') ?? '';
      for (const [name, service] of services) {
        const forge = makeForge(name, key);
        const genuine = await sendForged(service, forge.sign());
        expect([name, genuine.status, JSON.parse(genuine.text)]).toEqual([
          name,
          200,
          { data: { __typename: 'Query' } },
        ]);
        for (const { what, code, make, isReplay } of forgeries) {
          const request = make(forge);
          if (isReplay) await sendForged(service, request);
          const { status, text } = await sendForged(service, request);
          const { data, errors } = JSON.parse(text) as Answer;
          expect([name, what, status, data, errors?.[0]?.extensions?.code]).toEqual([
            name,
            what,
            401,
            undefined,
            code,
          ]);
        }
      }
    },
  );
});

describe('the shop takes writes', () => {
  test('register, order, cancel, review: each is seen from the other services', async () => {
    const registered = await ask(
      url,
      `mutation { registerUser(input: { username: "New.Buyer", name: "New Buyer", email: "new.buyer@example.com" }) {
        user { id username } errors { message } } }`,
    );
    expect(registered.data.registerUser).toMatchObject({ user: { username: 'new.buyer' }, errors: [] });
    const userId = registered.data.registerUser.user.id as string;
    const buyer = await signInAs({ user: userId, username: 'new.buyer' });
    const placed = await ask(
      url,
      `mutation ($input: PlaceOrderInput!) { placeOrder(input: $input) { errors { message } order { id total { amount }
        customer { username } items { product { name } } } } }`,
      { input: { items: [{ productId: 'product-5', quantity: 2 }] } },
      buyer,
    );
    expect(placed.data.placeOrder).toEqual({
      errors: [],
      order: {
        id: expect.any(String) as string,
        total: { amount: productAt(5).priceAmount * 2 },
        customer: { username: 'new.buyer' },
        items: [{ product: { name: productAt(5).name } }],
      },
    });
    const cancelled = await ask(
      url,
      'mutation ($id: ID!) { cancelOrder(input: { id: $id }) { order { status } errors { message } } }',
      { id: placed.data.placeOrder.order.id },
      buyer,
    );
    expect(cancelled.data.cancelOrder).toEqual({ order: { status: 'CANCELLED' }, errors: [] });
    const before = ratingOf('product-5').count;
    const reviewed = await ask(
      url,
      `mutation ($input: WriteReviewInput!) { writeReview(input: $input) { errors { message } review { product { name rating { count } } } } }`,
      {
        input: { productId: 'product-5', rating: 5, title: 'Good' },
      },
      buyer,
    );
    expect(reviewed.data.writeReview).toEqual({
      errors: [],
      review: { product: { name: productAt(5).name, rating: { count: before + 1 } } },
    });
    const seen = await ask(
      url,
      '{ me { orders { nodes { status } } reviews { nodes { title } } } }',
      {},
      buyer,
    );
    expect(seen.data.me).toEqual({
      orders: { nodes: [{ status: 'CANCELLED' }] },
      reviews: { nodes: [{ title: 'Good' }] },
    });
  });

  test('stock is never reserved twice, by however many at once', async () => {
    const index = count(partSizes.products).find((place) => availableAt(place) > 10) ?? 0;
    const available = availableAt(index);
    const reserve = (attempt: number): ReturnType<typeof ask> =>
      ask(
        url,
        `mutation ($input: ReserveStockInput!) { reserveStock(input: $input) { reservation { id } errors { message } } }`,
        {
          input: {
            reference: `race-${attempt}`,
            items: [{ productId: `product-${index}`, quantity: Math.ceil(available / 4) }],
          },
        },
        clerk,
      );
    const answers = await Promise.all(count(8).map(reserve));
    const taken = answers.filter((answer) => answer.data.reserveStock?.reservation != null).length;
    const { data } = await ask(url, 'query ($id: ID!) { product(id: $id) { available } }', {
      id: `product-${index}`,
    });
    expect(taken).toBeGreaterThan(0);
    expect(data.product.available).toBe(available - taken * Math.ceil(available / 4));
    expect(data.product.available).toBeGreaterThanOrEqual(0);
  });
});

describe('one part of the shop fails', () => {
  test('a service that dies takes its own fields with it, and is started again', async () => {
    const tree = await listTree(shop.pid);
    const reviews = tree.find(({ command }) => / service reviews( |$)/.test(command));
    expect(reviews).toBeDefined();
    process.kill(reviews?.pid ?? 0, 'SIGKILL');
    const query = '{ product(id: "product-9") { name inStock rating { count } } }';
    const whole = {
      data: {
        product: {
          name: productAt(9).name,
          inStock: availableAt(9) > 0,
          rating: { count: ratingOf('product-9').count },
        },
      },
    };
    // The other services answer all the while.
    const other = await ask(url, query);
    expect(other.data.product).toMatchObject({
      name: whole.data.product.name,
      inStock: whole.data.product.inStock,
    });
    await expect.poll(() => ask(url, query), { interval: 100 }).toEqual(whole);
  });

  test('a database that dies is opened again, with everything in it', async () => {
    const findPostmaster = async (): Promise<number | undefined> => {
      const tree = await listTree(shop.pid);
      return tree.find(
        ({ command, parent }) =>
          /postgres.* -D .*orders/.test(command) && tree.some(({ pid }) => pid === parent),
      )?.pid;
    };
    const before = await findPostmaster();
    expect(before).toBeDefined();
    process.kill(before ?? 0, 'SIGKILL');
    // Its sessions may live, and answer, a moment longer.
    await expect.poll(async () => [undefined, before].includes(await findPostmaster())).toBe(false);
    await expect
      .poll(async () => (await ask(url, '{ order(number: "FH-0000042") { id } }', {}, clerk)).data, {
        interval: 100,
      })
      .toEqual({ order: { id: 'order-42' } });
  });
});

describe('stopping and starting', () => {
  test('a second shop on the same data is refused, and leaves the first alone', async () => {
    const second = await runFreehold(['start', '--port', '0', '--data', dataFolder]);
    expect(second.code).toBe(1);
    expect(second.stderr).toMatch(/in use by process \d+/);
    expect((await ask(url, '{ order(number: "FH-0000042") { id } }', {}, clerk)).data.order.id).toBe(
      'order-42',
    );
  });

  test(
    'Ctrl-C ends every process within 5 s; the next start finds the data',
    { timeout: 600_000 },
    async () => {
      /** Stops the shop and starts it again; how long it took to stop by itself, in milliseconds. */
      const stopOnce = async (): Promise<number> => {
        const tree = await listTree(shop.pid);
        expect(tree.length).toBeGreaterThan(10);
        const asked = performance.now();
        shop.kill('SIGINT');
        const { code } = await shop.ended;
        const stoppedMs = performance.now() - asked;
        // After 5 s it ends by force, and says so.
        expect(code === 0 ? tree.filter(({ pid }) => isAlive(pid)) : []).toEqual([]);
        shop = startFreehold(['start', '--port', '0', '--data', dataFolder]);
        ({ url } = await shop.ready);
        return code === 0 ? stoppedMs : Infinity;
      };
      expect(await measureShortest(5000, stopOnce)).toBeLessThan(5000);
      const { data } = await ask(
        url,
        '{ user(username: "new.buyer") { orders { totalCount } } products(first: 1) { totalCount } }',
        {},
        clerk,
      );
      expect(data).toEqual({
        user: { orders: { totalCount: 1 } },
        products: { totalCount: partSizes.products },
      });
    },
  );
});
