import { type EntityKind, anyEntities, anyList } from './generate-arguments.ts';
import type { ListKind } from './list-kind.ts';
import { atLeast, atMost, date, number, text } from './row-values.ts';
import { type Row, oddId } from './rows.ts';
import { type Draft, type Fields, nested, plain, selectSome } from './selection.ts';
import type { StoredRows } from './stored-rows.ts';

/** What can be asked of reviews, and what it has to answer from these documents. */
export function reviewsLists(stored: StoredRows, draft: Draft) {
  const reviews = () => stored.of('reviews');
  const bounds = [-2_147_483_648, 0, 1, 2, 3, 4, 5, 6, 2_147_483_647];
  const listOf = (parentField: string): ListKind<Row, Row> => ({
    field: 'reviews',
    filterType: 'ReviewFilter',
    sort: { type: 'ReviewSort', by: 'CREATED_AT', direction: 'DESC' },
    keysBy: {
      CREATED_AT: [date('createdAt', 'createdAt'), text('_id', '_id')],
      RATING: [number('rating', 'rating'), text('_id', '_id')],
    },
    conditions: [
      atLeast('ratingFrom', (review) => Number(review['rating']), bounds),
      atMost('ratingTo', (review) => Number(review['rating']), bounds),
    ],
    rowsOf: (parent) => reviews().filter((review) => review[parentField] === parent['id']),
    all: reviews,
    node: reviewFields,
  });
  const entities: EntityKind<Row>[] = [
    {
      typeName: 'Product',
      fields: () => ({ ...productFields(reviews), ...anyList(listOf('productId')) }),
      representationFor: (random) => ({ id: random.pick([oddId(2), oddId(random.integer(0, 120)), '']) }),
      find: (product) => product,
    },
    {
      typeName: 'User',
      fields: () => ({ ...plain('id', ({ id }) => id), ...anyList(listOf('authorId')) }),
      representationFor: (random) => ({ id: random.pick([oddId(7), oddId(random.integer(0, 120)), 'none']) }),
      find: (user) => user,
    },
    {
      typeName: 'Review',
      fields: reviewFields,
      representationFor: (random) => ({ id: random.chance(0.8) ? random.pick(reviews())['_id'] : 'none' }),
      find: ({ id }) => reviews().find((review) => review['_id'] === id) ?? null,
    },
  ];
  const roots: Fields<undefined> = {
    ...anyEntities(entities as EntityKind<never>[]),
    review: ({ random }) => {
      const id = random.chance(0.8) ? random.pick(reviews())['_id'] : '';
      const inner = selectSome(draft, reviewFields());
      const found = () => reviews().find((review) => review['_id'] === id);
      return {
        text: `review(id: ${draft.variable('ID!', id)}) { ${inner.text} }`,
        answer: () => (found() ? inner.answer(found() as Row) : null),
      };
    },
  };
  const walks = [
    {
      kind: listOf('productId'),
      table: 'reviews',
      parents: [{ id: oddId(2) }, { id: oddId(5) }],
      typeName: 'Product',
    },
    {
      kind: listOf('authorId'),
      table: 'reviews',
      parents: [{ id: oddId(7) }, { id: oddId(5) }],
      typeName: 'User',
    },
  ];
  return { roots, walks };
}

function reviewFields(): Fields<Row> {
  const author = () => ({
    ...plain<Row>('id', (review) => review['authorId']),
    ...plain<Row>('username', (review) => review['authorUsername']),
  });
  return {
    ...plain('id', (review) => review['_id']),
    ...plain('rating', (review) => review['rating']),
    ...plain('title', (review) => review['title']),
    ...plain('body', (review) => review['body']),
    ...plain('createdAt', (review) => review['createdAt']),
    ...plain('updatedAt', (review) => review['updatedAt']),
    ...nested<Row, Row>('author', author, (review) => review),
    ...nested<Row, Row>(
      'product',
      () => plain('id', (review) => review['productId']),
      (review) => review,
    ),
  };
}

function productFields(reviews: () => readonly Row[]): Fields<Row> {
  const ratingsOf = (product: Row) =>
    reviews()
      .filter((review) => review['productId'] === product['id'])
      .map((review) => Number(review['rating']));
  const histogramOf = (ratings: readonly number[]) =>
    [5, 4, 3, 2, 1].map((rating) => ({ rating, count: ratings.filter((one) => one === rating).length }));
  const meanOf = (ratings: readonly number[]) =>
    ratings.length === 0
      ? null
      : Math.round((ratings.reduce((sum, one) => sum + one, 0) * 100) / ratings.length) / 100;
  const ratingFields = (): Fields<readonly number[]> => ({
    ...plain('count', (ratings) => ratings.length),
    ...plain('average', meanOf),
    histogram: () => ({ text: 'histogram { rating count }', answer: histogramOf }),
  });
  return {
    ...plain('id', (product) => product['id']),
    rating: (draft) => {
      const inner = selectSome(draft, ratingFields());
      return { text: `rating { ${inner.text} }`, answer: (product) => inner.answer(ratingsOf(product)) };
    },
  };
}
