import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';

import { reviewAt } from '../../prisma/shop-data/reviews.ts';
import { askSubgraphAs, readServiceSchema } from '../../tests/support/ask-subgraph.ts';
import { profileCommands } from '../../tests/support/profile-commands.ts';
import { type ServiceDatabaseUnderTest, openServiceDatabase } from '../../tests/support/service-database.ts';
import { makeTestKeys, type TestCaller } from '../../tests/support/signed-caller.ts';
import { type RunningSubgraph, serveSubgraph } from '../kit/serve-subgraph.ts';
import { sumUpRatings } from './review.ts';
import { createSubgraph } from './subgraph.ts';

let database: ServiceDatabaseUnderTest;
let service: RunningSubgraph;
const someone: TestCaller = { subject: 'someone', username: 'some.one' };
const ask = (query: string, variables = {}, caller: TestCaller | undefined = someone) =>
  askSubgraphAs(caller, { service: 'reviews', url: service.url }, query, variables);
const reviews = Array.from({ length: 5_000 }, (_, place) => reviewAt(place + 1)).sort((one, other) =>
  one.createdAt < other.createdAt ? 1 : -1,
);
const ratingOf = (productId: string) => {
  const counts = new Map<number, number>();
  for (const review of reviews)
    if (review.productId === productId) counts.set(review.rating, (counts.get(review.rating) ?? 0) + 1);
  return sumUpRatings(counts);
};

beforeAll(async () => {
  database = await openServiceDatabase('reviews');
  service = await serveSubgraph(createSubgraph(readServiceSchema('reviews')), {
    databaseUrl: database.url,
    port: 0,
    signingKeys: makeTestKeys('reviews'),
    log: pino({ level: 'silent' }),
  });
  // The first statement would look for its server for 2 s and no longer.
  await vi.waitFor(() => service.checkDatabase(), { timeout: 30_000 });
});

afterAll(async () => {
  await service?.close();
  await database?.close();
});

describe('reading reviews', () => {
  const keys = Array.from({ length: 50 }, (_, place) => ({
    __typename: 'Product',
    id: `product-${place + 1}`,
  }));

  test('answers the first reviews, their counts and the ratings of 50 products with one statement', async () => {
    const { data, statements } = await ask(
      'query($keys: [_Any!]!) { _entities(representations: $keys) { ... on Product { rating { average count histogram { rating count } } reviews(first: 3) { totalCount nodes { id title author { id username } } pageInfo { hasNextPage } } } } }',
      { keys },
    );
    expect(data._entities).toEqual(
      keys.map(({ id }) => {
        const own = reviews.filter((review) => review.productId === id);
        return {
          rating: ratingOf(id),
          reviews: {
            totalCount: own.length,
            nodes: own.slice(0, 3).map((review) => ({
              id: review.id,
              title: review.title,
              author: { id: review.authorId, username: review.authorUsername },
            })),
            pageInfo: { hasNextPage: own.length > 3 },
          },
        };
      }),
    );
    expect(statements.map(({ cause, batchSize }) => `${cause} ${batchSize}`)).toEqual([
      'Product.rating, Product.reviews 50',
    ]);
  });

  test('reads the reviews, the counts and the ratings of 500 products with one command', async () => {
    const many = Array.from({ length: 500 }, (_, place) => ({
      __typename: 'Product',
      id: `product-${place + 1}`,
    }));
    const commands = await profileCommands(database.ownerUrl, async () => {
      const { data } = await ask(
        'query($keys: [_Any!]!) { _entities(representations: $keys) { ... on Product { rating { count } reviews(first: 1) { totalCount nodes { id } } } } }',
        { keys: many },
      );
      const counts = data._entities.map((one: { reviews: { totalCount: number } }) => one.reviews.totalCount);
      expect(counts).toEqual(many.map(({ id }) => reviews.filter((one) => one.productId === id).length));
      expect(counts.filter((count: number) => count > 0).length).toBeGreaterThan(101);
    });
    expect(commands).toEqual(['aggregate reviews']);
  });

  test('reads several lists of the same products with one statement, and those under other conditions with others', async () => {
    const id = 'product-14';
    const own = reviews.filter((review) => review.productId === id);
    const worst = [...own].sort((one, other) => one.rating - other.rating || (one.id < other.id ? -1 : 1));
    const good = own.filter(({ rating }) => rating >= 4);
    const { data, statements } = await ask(
      `query($keys: [_Any!]!) { _entities(representations: $keys) { ... on Product {
        rating { count }
        newest: reviews(first: 1) { totalCount nodes { id } }
        worst: reviews(first: 2, sort: { by: RATING, direction: ASC }) { nodes { title } }
        good: reviews(first: 1, filter: { ratingFrom: 4 }) { totalCount nodes { id } }
      } } }`,
      { keys: [{ __typename: 'Product', id }] },
    );
    expect(data._entities).toEqual([
      {
        rating: { count: own.length },
        newest: { totalCount: own.length, nodes: own.slice(0, 1).map((review) => ({ id: review.id })) },
        worst: { nodes: worst.slice(0, 2).map(({ title }) => ({ title })) },
        good: { totalCount: good.length, nodes: good.slice(0, 1).map((review) => ({ id: review.id })) },
      },
    ]);
    expect(statements.map(({ cause }) => cause).sort()).toEqual([
      'Product.rating, Product.reviews',
      'Product.reviews',
    ]);
  });

  test('walks the reviews of a product by rating, both ways, under a filter', async () => {
    const id = 'product-14';
    const expected = reviews
      .filter((review) => review.productId === id && review.rating >= 2)
      .sort((one, other) => one.rating - other.rating || (one.id < other.id ? -1 : 1))
      .map((review) => review.id);
    const page = async (args: string) => {
      const { data } = await ask(
        `query($keys: [_Any!]!) { _entities(representations: $keys) { ... on Product { reviews(${args}, filter: { ratingFrom: 2 }, sort: { by: RATING, direction: ASC }) { nodes { id } pageInfo { startCursor endCursor hasNextPage hasPreviousPage } } } } }`,
        { keys: [{ __typename: 'Product', id }] },
      );
      const { nodes, pageInfo } = data._entities[0].reviews;
      return { ids: nodes.map((node: { id: string }) => node.id), pageInfo };
    };
    const first = await page('first: 60');
    const second = await page(`first: 100, after: "${first.pageInfo.endCursor}"`);
    expect([...first.ids, ...second.ids]).toEqual(expected);
    const last = await page('last: 5');
    const before = await page(`last: 5, before: "${last.pageInfo.startCursor}"`);
    expect([...before.ids, ...last.ids]).toEqual(expected.slice(-10));
    expect(before.pageInfo).toMatchObject({ hasNextPage: true, hasPreviousPage: true });
  });

  test('needs no statement for the parts of a review that it was read with', async () => {
    const { data, statements } = await ask(
      '{ review(id: "review-7") { rating author { id username } product { id } } }',
    );
    const review = reviewAt(7);
    expect(data.review).toEqual({
      rating: review.rating,
      author: { id: review.authorId, username: review.authorUsername },
      product: { id: review.productId },
    });
    expect(statements).toHaveLength(1);
  });
});

describe('writing reviews', () => {
  const input = {
    productId: 'product-999',
    rating: 4,
    title: 'Good',
    body: 'So.',
  };
  const write = (change = {}) =>
    ask(
      'mutation($input: WriteReviewInput!) { writeReview(input: $input) { review { id rating author { username } } errors { code field } } }',
      { input: { ...input, ...change } },
    );

  test('writes one review of a product and author, changes it and removes it', async () => {
    const { data } = await write();
    const { id } = data.writeReview.review;
    expect(data.writeReview).toMatchObject({
      review: { rating: 4, author: { username: 'some.one' } },
      errors: [],
    });
    const second = await write();
    expect(second.data.writeReview).toEqual({
      review: null,
      errors: [{ code: 'ALREADY_REVIEWED', field: 'productId' }],
    });
    // MongoDB answers such a command with success, and with the error beside it.
    expect(second.statements.map(({ rows }) => rows)).toEqual([null]);
    const change = (subject: string) =>
      ask(
        'mutation($input: UpdateReviewInput!) { updateReview(input: $input) { review { rating title updatedAt } errors { code } } }',
        { input: { id, rating: 2 } },
        { subject },
      );
    expect((await change('somebody-else')).data.updateReview.errors).toEqual([{ code: 'NOT_THE_AUTHOR' }]);
    const changed = (await change('someone')).data.updateReview;
    expect(changed).toMatchObject({ review: { rating: 2, title: 'Good' }, errors: [] });
    expect(changed.review.updatedAt).not.toBeNull();
    const remove = () =>
      ask(
        'mutation($input: DeleteReviewInput!) { deleteReview(input: $input) { deletedReviewId product { id rating { count } } errors { code } } }',
        { input: { id } },
      );
    const before = ratingOf('product-999').count;
    expect((await remove()).data.deleteReview).toEqual({
      deletedReviewId: id,
      product: { id: 'product-999', rating: { count: before } },
      errors: [],
    });
    expect((await remove()).data.deleteReview.errors).toEqual([{ code: 'REVIEW_NOT_FOUND' }]);
  });

  test('tells a value that the collection does not take as the mistake of who gave it', async () => {
    const { errors } = await write({ productId: '' });
    expect(errors).toMatchObject([
      {
        message: 'A value is none that the database of reviews can hold.',
        extensions: { code: 'BAD_USER_INPUT' },
      },
    ]);
  });

  test('refuses an id of a product that is too long', async () => {
    const { errors } = await write({ productId: 'p'.repeat(256) });
    expect(errors).toMatchObject([
      {
        message: '"input.productId" has 256 characters; expected at most 255.',
        extensions: { code: 'BAD_USER_INPUT' },
      },
    ]);
  });

  test('refuses a rating that is out of range and a title that is empty', async () => {
    const { data } = await write({ rating: 0, title: ' ' });
    expect(data.writeReview.errors).toEqual([
      { code: 'INVALID_VALUE', field: 'rating' },
      { code: 'INVALID_VALUE', field: 'title' },
    ]);
  });
});

describe('who may write what', () => {
  const input = { productId: 'product-998', rating: 5, title: 'Mine' };
  const write =
    'mutation($input: WriteReviewInput!) { writeReview(input: $input) { review { author { id username } } } }';

  test('a review bears whom the signed claims name; the input cannot name anybody', async () => {
    const author = { subject: 'user-3', username: 'three' };
    expect((await ask(write, { input }, author)).data.writeReview.review).toEqual({
      author: { id: 'user-3', username: 'three' },
    });
    const forged = await ask(write, { input: { ...input, authorId: 'user-4' } }, author);
    expect([forged.data, forged.errors.length]).toEqual([undefined, 1]);
  });

  test('nobody writes, and nobody whose username is not known; reading is for all', async () => {
    const place = { service: 'reviews', url: service.url };
    expect((await askSubgraphAs(undefined, place, write, { input })).errors[0]?.extensions.code).toBe(
      'UNAUTHENTICATED',
    );
    expect((await ask(write, { input }, { subject: 'user-5' })).errors[0]?.extensions.code).toBe('FORBIDDEN');
    for (const mutation of ['updateReview', 'deleteReview']) {
      const query = `mutation { ${mutation}(input: { id: "review-7" }) { errors { code } } }`;
      expect((await askSubgraphAs(undefined, place, query)).errors[0]?.extensions.code).toBe(
        'UNAUTHENTICATED',
      );
      expect((await ask(query, {}, { subject: 'user-0' })).data[mutation].errors).toEqual([
        { code: 'NOT_THE_AUTHOR' },
      ]);
    }
    const read = await askSubgraphAs(undefined, place, '{ review(id: "review-7") { rating } }');
    expect(read.data.review.rating).toBe(reviewAt(7).rating);
  });
});
