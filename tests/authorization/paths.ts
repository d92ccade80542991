import { orderAt } from '../../prisma/shop-data/orders.ts';
import { reviewAt } from '../../prisma/shop-data/reviews.ts';
import { partSizes } from '../../prisma/shop-data/sizes.ts';
import { userAt } from '../../prisma/shop-data/users.ts';

/** The user whose private parts are asked for, and what of the shop leads to that user. */
export interface Owner {
  readonly id: string;
  readonly username: string;
  readonly email: string;
  readonly street: string;
  /** One review of the owner's, by itself and as the newest of its product. */
  readonly reviewId: string;
  readonly productId: string;
  readonly orderId: string;
  readonly orderNumber: string;
  /** A product of that order. */
  readonly orderedProductId: string;
}

const numberOf = (sequence: number): string => `FH-${String(sequence).padStart(7, '0')}`;

const count = (total: number): number[] => Array.from({ length: total }, (_, place) => place + 1);

/** A user who has ordered, and who wrote the newest review of some product, so that a short page shows it. */
export function findOwner(): Owner {
  const orders = count(partSizes.orders).map(orderAt);
  const newest = new Map<string, ReturnType<typeof reviewAt>>();
  for (const review of count(partSizes.reviews).map(reviewAt)) {
    const known = newest.get(review.productId);
    if (known === undefined || known.createdAt < review.createdAt) newest.set(review.productId, review);
  }
  for (const review of newest.values()) {
    const order = orders.find(
      ({ customerId, status }) => customerId === review.authorId && status === 'SHIPPED',
    );
    const [item] = order?.items ?? [];
    if (order === undefined || item === undefined) continue;
    const { id, username, email, addresses } = userAt(Number(review.authorId.split('-')[1]));
    return {
      id,
      username,
      email,
      street: addresses[0]?.street ?? '',
      reviewId: review.id,
      productId: review.productId,
      orderId: order.id,
      orderNumber: numberOf(order.sequence),
      orderedProductId: item.productId,
    };
  }
  throw new Error('No user of the sample data has both an order and the newest review of a product.');
}

/** Products that a user of the sample data has not reviewed. */
export function findUnreviewed(userId: string): string[] {
  const reviewed = new Set(
    count(partSizes.reviews)
      .map(reviewAt)
      .filter(({ authorId }) => authorId === userId)
      .map(({ productId }) => productId),
  );
  return count(partSizes.products)
    .map((index) => `product-${index}`)
    .filter((id) => !reviewed.has(id));
}

/** What an answer gives away when somebody sees it who may not. */
type Secret = 'email' | 'street' | 'orderNumber';

/** A way through the graph to something that is the owner's own. */
export interface PathToOwn {
  readonly what: string;
  readonly secret: Secret;
  readonly query: (owner: Owner) => string;
  readonly variables?: Readonly<Record<string, unknown>>;
  /** Lists of everybody's, which not even their owner may go through. */
  readonly isForStaffAlone?: true;
  /** Others' of the same kind stand beside it, which stay refused to the owner. */
  readonly isAmongOthers?: true;
  /** What is not there for others, instead of refused. */
  readonly isHidden?: true;
}

/** Paths to the same fields, each by another way. `orders(first: 100)` because which order comes first is no matter. */
export const paths: readonly PathToOwn[] = [
  { what: 'by id', secret: 'email', query: (owner) => `query Q { user(id: "${owner.id}") { email } }` },
  {
    what: 'by username',
    secret: 'street',
    query: (owner) => `query Q { user(username: "${owner.username}") { addresses { street } } }`,
  },
  {
    what: 'orders by id',
    secret: 'orderNumber',
    query: (owner) => `query Q { user(id: "${owner.id}") { orders(first: 100) { nodes { number } } } }`,
  },
  {
    what: 'orders as edges, by their other sort',
    secret: 'orderNumber',
    query: (owner) =>
      `query Q { user(id: "${owner.id}") { orders(first: 100, sort: { by: TOTAL }) { edges { node { number } } } } }`,
  },
  {
    what: "a review's author",
    secret: 'email',
    query: (owner) => `query Q { review(id: "${owner.reviewId}") { author { email } } }`,
  },
  {
    what: "the orders of a review's author",
    secret: 'orderNumber',
    query: (owner) =>
      `query Q { review(id: "${owner.reviewId}") { author { orders(first: 100) { nodes { number } } } } }`,
  },
  {
    what: 'an interface: the authors of the reviews of a product',
    isAmongOthers: true,
    secret: 'email',
    query: (owner) =>
      `query Q { product(id: "${owner.productId}") { reviews(first: 3) { nodes { author { email } } } } }`,
  },
  {
    what: 'fragments on the types of an interface',
    isAmongOthers: true,
    secret: 'street',
    query: (owner) => `query Q { product(id: "${owner.productId}") {
      ... on Book { reviews(first: 3) { edges { node { author { addresses { street } } } } } }
      ... on Device { reviews(first: 3) { edges { node { author { addresses { street } } } } } }
      ... on Apparel { reviews(first: 3) { edges { node { author { addresses { street } } } } } } } }`,
  },
  {
    what: 'an interface object twice: review, product, reviews',
    isAmongOthers: true,
    secret: 'orderNumber',
    query: (
      owner,
    ) => `query Q { review(id: "${owner.reviewId}") { product { inStock reviews(first: 3) { nodes {
      author { orders(first: 100) { nodes { number } } } } } } } }`,
  },
  {
    what: 'stock: a product, its warehouses and back',
    isAmongOthers: true,
    secret: 'email',
    query: (owner) =>
      `query Q { product(id: "${owner.productId}") { stockLevels { product { reviews(first: 3) { nodes { author { email } } } } } } }`,
  },
  {
    what: 'the category of a product, by its reviews',
    isAmongOthers: true,
    secret: 'email',
    query: (
      owner,
    ) => `query Q { product(id: "${owner.productId}") { category { name } reviews(first: 3) { nodes { product { reviews(first: 3) {
      nodes { author { reviews(first: 1) { nodes { author { email } } } } } } } } } } }`,
  },
  {
    what: 'nested orders: user, orders, customer',
    secret: 'email',
    query: (owner) =>
      `query Q { user(id: "${owner.id}") { orders(first: 2) { nodes { customer { email } } } } }`,
  },
  {
    what: 'an order by id',
    secret: 'orderNumber',
    isHidden: true,
    query: (owner) => `query Q { order(id: "${owner.orderId}") { number } }`,
  },
  {
    what: 'an order by number, with its customer',
    secret: 'email',
    isHidden: true,
    query: (owner) => `query Q { order(number: "${owner.orderNumber}") { customer { email } } }`,
  },
  {
    what: 'an order, its items and back to its customer',
    secret: 'orderNumber',
    isHidden: true,
    query: (owner) =>
      `query Q { order(id: "${owner.orderId}") { items { product { name } } customer { orders(first: 100) { nodes { number } } } } }`,
  },
  {
    what: 'an alias',
    secret: 'email',
    query: (owner) => `query Q { user(id: "${owner.id}") { other: email } }`,
  },
  {
    what: 'an alias that is the name of a public field, and the other way round',
    secret: 'email',
    query: (owner) =>
      `query Q { user(id: "${owner.id}") { username: email email: username id: registeredAt } }`,
  },
  {
    what: 'aliases of one field, twice',
    secret: 'email',
    query: (owner) =>
      `query Q { a: user(id: "${owner.id}") { b: email c: email } d: user(username: "${owner.username}") { b: email } }`,
  },
  {
    what: 'named fragments within each other',
    secret: 'email',
    query: (owner) =>
      `query Q { review(id: "${owner.reviewId}") { ...Written } } fragment Written on Review { author { ...Private } } fragment Private on User { ...Mail } fragment Mail on User { email }`,
  },
  {
    what: 'inline fragments with and without a type',
    secret: 'street',
    query: (owner) =>
      `query Q { user(id: "${owner.id}") { ... { ... on User { ... { addresses { street } } } } } }`,
  },
  {
    what: 'one field selected by two fragments',
    secret: 'email',
    query: (owner) =>
      `query Q { user(id: "${owner.id}") { username ...One ...Two } } fragment One on User { email } fragment Two on User { email username }`,
  },
  {
    what: '@include by a variable that is true',
    secret: 'email',
    query: (owner) => `query Q($yes: Boolean!) { user(id: "${owner.id}") { email @include(if: $yes) } }`,
    variables: { yes: true },
  },
  {
    what: '@skip by the default of a variable, on a fragment',
    secret: 'orderNumber',
    query: (owner) =>
      `query Q($no: Boolean! = false) { user(id: "${owner.id}") { ... @skip(if: $no) { orders(first: 100) { nodes { number } } } } }`,
  },
  {
    what: '@skip and @include together, on a named fragment',
    secret: 'email',
    query: (owner) =>
      `query Q($yes: Boolean = true, $no: Boolean = false) { review(id: "${owner.reviewId}") { author { ...Mail @include(if: $yes) @skip(if: $no) } } } fragment Mail on User { email }`,
  },
  {
    what: 'the list of all users',
    secret: 'email',
    isForStaffAlone: true,
    query: (owner) => `{ users(filter: { usernamePrefix: "${owner.username}" }) { nodes { email } } }`,
  },
  {
    what: 'the list of all orders',
    secret: 'email',
    isForStaffAlone: true,
    query: (owner) =>
      `{ orders(first: 3, filter: { customerId: "${owner.id}" }) { edges { node { customer { email } } } } }`,
  },
];
