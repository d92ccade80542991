import {
  benchmarkSdlByName,
  estimateShipping,
  findReviewsOfProduct,
  products,
  reviews,
  reviewsOfUser,
  users,
} from '../../../benchmarks/cases/gateway/benchmark-graph.ts';
import type { Row } from '../../support/declarative-subgraph.ts';
import type { DifferentialGraph } from '../differential-graph.ts';

const reviewRows = reviews.map(({ id, body, upc }) => ({
  id,
  // One text cannot be read, so that error paths are compared too.
  body: id === '4' ? new Error('The text is unreadable') : body,
  product: { upc },
  author: { id: '1', username: users[0]?.username ?? '' },
}));
const references = (list: readonly { readonly id: string }[]): Row[] => list.map(({ id }) => ({ id }));
const userReviews = users.map(({ id }) => ({ id, reviews: references(reviewsOfUser) }));
const productReviews = products.map(({ upc }) => ({ upc, reviews: references(findReviewsOfProduct(upc)) }));

const roots = {
  me: { id: '1' },
  user: ({ id }: { id: string }) => (users.some((user) => user.id === id) ? { id } : null),
  users: [...references(users), null],
  topProducts: ({ first }: { first: number | null }) =>
    products.slice(0, first ?? products.length).map(({ upc }) => ({ upc })),
};

function shippingEstimate(_args: unknown, product: { price: number | null; weight: number | null }): unknown {
  return product.price === null || product.weight === null
    ? null
    : estimateShipping(product.price, product.weight);
}

// The inventory has lost one product, and the catalog the weight of another.
const inventoryRows = products
  .filter(({ upc }) => upc !== '3')
  .map(({ upc, inStock }) => ({ upc, inStock, shippingEstimate }));
const productRows = products.map(({ upc, name, price, weight }) => ({
  upc,
  name,
  price,
  weight: upc === '4' ? null : weight,
}));

/** The public gateway benchmark's graph. */
export const benchmarkGraph: DifferentialGraph = {
  name: 'benchmark',
  sdlByName: benchmarkSdlByName,
  data: {
    accounts: {
      Query: { me: roots.me, user: roots.user, users: roots.users },
      User: users.map((user) => ({ ...user })),
    },
    inventory: { Product: inventoryRows },
    products: { Query: { topProducts: roots.topProducts }, Product: productRows },
    reviews: { Review: reviewRows, User: userReviews, Product: productReviews },
  },
  argumentValues: { id: ['1', '2', '6', '404'], first: [0, 1, 2, 3, 5, 9] },
  hostileNames: ['id', 'upc', 'username', 'price', 'weight', '_entities'],
};
