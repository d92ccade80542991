import { buildSubgraphSchema } from '@apollo/subgraph';
import { type GraphQLSchema, parse } from 'graphql';

import {
  type BenchmarkReview,
  benchmarkSdlByName,
  estimateShipping,
  findReviewsOfProduct,
  products,
  reviews,
  reviewsOfUser,
  users,
} from './benchmark-graph.ts';

const variedPrefix = 'varied-';

/** Written behind the names of all users, so that the answers of two sets of subgraphs can be told apart. */
const mark = process.env['MARK'] ?? '';
const markUser = <User extends { readonly name: string; readonly username: string }>(user: User): User => ({
  ...user,
  name: `${user.name}${mark}`,
  username: `${user.username}${mark}`,
});
const markedUsers = users.map(markUser);

/** A user of the benchmark, or one made up for an id that begins with `varied-`. */
function findUser(id: string): unknown {
  if (!id.startsWith(variedPrefix)) return markedUsers.find((user) => user.id === id) ?? null;
  return { id, name: `Name of ${id}`, username: `user-${id}`, birthday: 1990 };
}

const findProduct = (upc: string): unknown => products.find((product) => product.upc === upc) ?? null;

interface ReviewRow {
  readonly id: string;
  readonly body: string;
  readonly product: { readonly upc: string };
  readonly author: { readonly id: string; readonly username: string };
}

function writeReview({ id, body, upc }: BenchmarkReview): ReviewRow {
  return { id, body, product: { upc }, author: { id: '1', username: `ada${mark}` } };
}

/** The reviews of a user; a made-up user has three of its own, each of another product. */
function listReviewsOfUser(id: string): ReviewRow[] {
  if (!id.startsWith(variedPrefix)) return reviewsOfUser.map(writeReview);
  const number = Number(id.slice(variedPrefix.length)) || 0;
  return [0, 1, 2].map((index) => ({
    id: `${id}-${index}`,
    body: `What ${id} thinks, part ${index}`,
    product: { upc: String(((number + index) % products.length) + 1) },
    author: { id, username: `user-${id}` },
  }));
}

function findReview(id: string): ReviewRow | null {
  if (id.startsWith(variedPrefix)) {
    const owner = id.slice(0, id.lastIndexOf('-'));
    return listReviewsOfUser(owner).find((review) => review.id === id) ?? null;
  }
  const review = reviews.find((candidate) => candidate.id === id);
  return review ? writeReview(review) : null;
}

interface Parent {
  readonly id: string;
  readonly upc: string;
  readonly price: number;
  readonly weight: number;
}

const resolversByName: Readonly<Record<string, object>> = {
  accounts: {
    Query: {
      me: () => findUser('1'),
      user: (_root: unknown, { id }: { id: string }) => findUser(id),
      users: () => markedUsers,
    },
    User: { __resolveReference: ({ id }: Parent) => findUser(id) },
  },
  inventory: {
    Product: {
      __resolveReference: (reference: Parent) => {
        const product = products.find(({ upc }) => upc === reference.upc);
        return product ? { ...reference, inStock: product.inStock } : null;
      },
      shippingEstimate: ({ price, weight }: Parent) => estimateShipping(price, weight),
    },
  },
  products: {
    Query: {
      topProducts: (_root: unknown, { first }: { first: number | null }) =>
        products.slice(0, first ?? undefined),
    },
    Product: { __resolveReference: ({ upc }: Parent) => findProduct(upc) },
  },
  reviews: {
    Review: { __resolveReference: ({ id }: Parent) => findReview(id) },
    User: { reviews: ({ id }: Parent) => listReviewsOfUser(id) },
    Product: { reviews: ({ upc }: Parent) => findReviewsOfProduct(upc).map(writeReview) },
  },
};

/** The benchmark's subgraphs, ready to run. */
export function buildBenchmarkSubgraphs(): Map<string, GraphQLSchema> {
  return new Map(
    Object.entries(benchmarkSdlByName).map(([name, sdl]) => [
      name,
      // `resolvers` is typed for a resolver map of its own; ours is plain functions, as graphql-tools takes them.
      buildSubgraphSchema({ typeDefs: parse(sdl), resolvers: (resolversByName[name] ?? {}) as never }),
    ]),
  );
}
