import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { ask, type Answer } from '../support/run-freehold.ts';
import { startShopUnderTest, type ShopUnderTest } from '../support/shop-under-test.ts';
import type { TestCaller } from '../support/signed-caller.ts';
import { findOwner, findUnreviewed, paths } from './paths.ts';

// One shop for this file; every path is tried by every kind of caller before each engine.
const owner = findOwner();
let shop: ShopUnderTest;

beforeAll(async () => {
  shop = await startShopUnderTest();
});

afterAll(() => shop?.close());

const stranger: TestCaller = { subject: 'user-199', username: 'stranger', scopes: ['stock:write'] };
const own: TestCaller = { subject: owner.id, username: owner.username };
const staff: TestCaller = { subject: 'clerk', scopes: ['users:read:all', 'orders:read:all'] };
// Each engine writes a review of the stranger's, and there is one of a product and author.
const unreviewed = findUnreviewed('user-199');
const callers = { nobody: undefined, 'another user': stranger, 'the owner': own, staff };

/** The codes of an answer's errors, each once. */
function listCodes({ errors = [] }: Answer): (string | undefined)[] {
  return [...new Set(errors.map(({ extensions }) => extensions?.code))];
}

describe.each(['compiled', 'apollo'] as const)('with the engine "%s"', (engine) => {
  async function askAs(
    caller: TestCaller | undefined,
    query: string,
    variables: Readonly<Record<string, unknown>> = {},
  ): Promise<Answer> {
    return ask(shop.gateways[engine], query, { ...variables }, await shop.signIn(caller));
  }

  describe.each(paths)('$what', ({ query, variables, secret, isForStaffAlone, isHidden, isAmongOthers }) => {
    const text = query(owner);

    test.each(Object.entries(callers))('as %s', async (name, caller) => {
      const answer = await askAs(caller, text, variables);
      const isShown = caller === staff || (caller === own && isForStaffAlone !== true);
      const printed = JSON.stringify(answer.data);
      expect(printed.includes(JSON.stringify(owner[secret])), `${name} sees ${secret}: ${printed}`).toBe(
        isShown,
      );
      const refusal =
        caller === undefined || isForStaffAlone
          ? 'UNAUTHORIZED_FIELD_OR_TYPE'
          : isHidden
            ? undefined
            : 'FORBIDDEN';
      const isWhole = isShown && !(caller === own && isAmongOthers);
      expect(listCodes(answer)).toEqual(isWhole || refusal === undefined ? [] : [refusal]);
      // What is refused takes nothing along that is for everybody.
      expect(answer.data).not.toBeNull();
    });
  });

  test('`me` is who asks, however many ask the same at the same moment', async () => {
    const query = '{ me { id email orders(first: 100) { nodes { number } } } }';
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => [own, undefined, stranger, { subject: 'nowhere' }])
        .flat()
        .map(async (caller) => ({ caller, answer: await askAs(caller, query) })),
    );
    for (const { caller, answer } of answers) {
      expect(answer.data.me?.id).toBe(caller === own || caller === stranger ? caller.subject : undefined);
      expect(JSON.stringify(answer.data).includes(owner.email)).toBe(caller === own);
      expect(listCodes(answer)).toEqual(caller === undefined ? ['UNAUTHORIZED_FIELD_OR_TYPE'] : []);
    }
  });

  test('own and others in one answer: each field by itself', async () => {
    const query = `{ own: user(id: "user-199") { email } other: user(id: "${owner.id}") { email username } }`;
    const { data, errors } = await askAs(stranger, query);
    expect(data).toEqual({
      own: { email: expect.stringContaining('@') as string },
      other: { email: null, username: owner.username },
    });
    expect(errors?.map(({ path }) => path)).toEqual([['other', 'email']]);
  });

  test('reservations are for those who keep the stock', async () => {
    const reference = `look-${engine}`;
    const reserved = await askAs(
      stranger,
      `mutation { reserveStock(input: { reference: "${reference}", items: [{ productId: "${owner.orderedProductId}", quantity: 1 }] }) {
        reservation { id } errors { code } } }`,
    );
    const id = reserved.data.reserveStock.reservation?.id as string | undefined;
    expect(id).toBeDefined();
    const query = `{ reservation(id: "${id}") { reference } }`;
    expect((await askAs(stranger, query)).data.reservation).toEqual({ reference });
    for (const caller of [undefined, own, staff]) {
      const answer = await askAs(caller, query);
      expect([answer.data, listCodes(answer)]).toEqual([
        { reservation: null },
        ['UNAUTHORIZED_FIELD_OR_TYPE'],
      ]);
    }
  });

  test.each([
    `{ _entities(representations: [{ __typename: "User", id: "${owner.id}" }]) { ... on User { email } } }`,
    `{ _entities(representations: [{ __typename: "Order", id: "${owner.orderId}" }]) { ... on Order { number } } }`,
    '{ _service { sdl } }',
  ])('a client cannot ask the gateway %s', async (query) => {
    for (const caller of Object.values(callers)) {
      const answer = await askAs(caller, query);
      expect([answer.data, listCodes(answer)]).toEqual([undefined, ['GRAPHQL_VALIDATION_FAILED']]);
    }
  });

  describe('mutations', () => {
    const refused = [undefined, ['UNAUTHORIZED_FIELD_OR_TYPE']];

    test.each([
      'updateUser(input: { name: "X" }) { user { name } }',
      'placeOrder(input: { items: [{ productId: "product-1", quantity: 1 }] }) { order { id } }',
      `cancelOrder(input: { id: "${owner.orderId}" }) { order { id } }`,
      'writeReview(input: { productId: "product-1", rating: 1, title: "X" }) { review { id } }',
      `updateReview(input: { id: "${owner.reviewId}", rating: 1 }) { review { id } }`,
      `deleteReview(input: { id: "${owner.reviewId}" }) { deletedReviewId }`,
      'adjustStock(input: { productId: "product-1", warehouseId: "warehouse-1", change: 1 }) { stockLevel { onHand } }',
      'reserveStock(input: { reference: "x", items: [] }) { reservation { id } }',
    ])('nobody may: %s', async (field) => {
      const answer = await askAs(undefined, `mutation { done: ${field} }`);
      expect([answer.data.done ?? undefined, listCodes(answer)]).toEqual(refused);
    });

    test('a user without the scope changes no stock', async () => {
      const answer = await askAs(
        own,
        'mutation { adjustStock(input: { productId: "product-1", warehouseId: "warehouse-1", change: 1 }) { errors { code } } }',
      );
      expect([answer.data.adjustStock ?? undefined, listCodes(answer)]).toEqual(refused);
    });

    test("nobody's name can be given as the author, the customer or the user to change", async () => {
      for (const input of [
        'writeReview(input: { productId: "product-1", rating: 1, title: "X", authorId: "user-1" }) { review { id } }',
        'placeOrder(input: { items: [], customerId: "user-1" }) { order { id } }',
        'updateUser(input: { id: "user-1", name: "X" }) { user { id } }',
      ]) {
        const answer = await askAs(stranger, `mutation { ${input} }`);
        expect([answer.data, listCodes(answer)]).toEqual([undefined, ['GRAPHQL_VALIDATION_FAILED']]);
      }
    });

    test("another user's review and order stay as they are, and their payload shows nothing of the owner's", async () => {
      const answer = await askAs(
        stranger,
        `mutation {
          updateReview(input: { id: "${owner.reviewId}", rating: 1 }) { review { author { email } } errors { code } }
          deleteReview(input: { id: "${owner.reviewId}" }) { deletedReviewId product { id } errors { code } }
          cancelOrder(input: { id: "${owner.orderId}" }) { order { customer { email } } errors { code } }
        }`,
      );
      expect(answer).toEqual({
        data: {
          updateReview: { review: null, errors: [{ code: 'NOT_THE_AUTHOR' }] },
          deleteReview: { deletedReviewId: null, product: null, errors: [{ code: 'NOT_THE_AUTHOR' }] },
          cancelOrder: { order: null, errors: [{ code: 'ORDER_NOT_FOUND' }] },
        },
      });
    });

    test('payloads lead to nothing that a query would not: by stock, by an order, by a review, by a new user', async () => {
      const reviewed = unreviewed[engine === 'compiled' ? 0 : 1];
      const others = `product { reviews(first: 3) { nodes { author { id email addresses { street } orders(first: 5) { nodes { number } } } } } }`;
      const answer = await askAs(
        stranger,
        `mutation {
          adjustStock(input: { productId: "${owner.productId}", warehouseId: "warehouse-1", change: 1 }) { stockLevel { ${others} } }
          placeOrder(input: { items: [{ productId: "${owner.productId}", quantity: 1 }] }) { order { items { ${others} } customer { email } } }
          writeReview(input: { productId: "${reviewed}", rating: 3, title: "Mine ${engine}" }) { review { author { id email } } }
          deleteReview(input: { id: "nothing" }) { errors { code } }
        }`,
      );
      const printed = JSON.stringify(answer.data);
      for (const secret of [owner.email, owner.street, owner.orderNumber])
        expect(printed).not.toContain(secret);
      expect(listCodes(answer)).toEqual(['FORBIDDEN']);
      // One's own is shown beside it, and who the author is says the token.
      expect(answer.data.placeOrder.order.customer.email).toContain('@');
      const review = answer.data.writeReview.review;
      expect(review.author).toMatchObject({ id: 'user-199', email: expect.stringContaining('@') as string });

      const registered = await askAs(
        undefined,
        `mutation { registerUser(input: { username: "new-${engine}", name: "New", email: "new-${engine}@example.com" }) {
          user { username email orders { totalCount } } errors { code } } }`,
      );
      expect(registered.data.registerUser).toEqual({
        user: { username: `new-${engine}`, email: null, orders: null },
        errors: [],
      });
      expect(listCodes(registered)).toEqual(['UNAUTHORIZED_FIELD_OR_TYPE']);
    });
  });
});
