/**
 * The graph of the public gateway benchmark, written anew: accounts, inventory, products and reviews, and an
 * operation that goes round them twice. The data have that benchmark's shape: six users with the same two reviews,
 * nine products, eleven reviews, every review by the first user.
 */
const link = (imports: string): string =>
  `extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: [${imports}])\n`;

export const benchmarkSdlByName: Readonly<Record<string, string>> = {
  accounts: `${link('"@key", "@shareable"')}
    type Query {
      me: User
      user(id: ID!): User
      users: [User]
    }

    type User @key(fields: "id") {
      id: ID!
      name: String
      username: String @shareable
      birthday: Int
    }`,
  inventory: `${link('"@key", "@external", "@requires"')}
    type Product @key(fields: "upc") {
      upc: String!
      weight: Int @external
      price: Int @external
      inStock: Boolean
      shippingEstimate: Int @requires(fields: "price weight")
    }`,
  products: `${link('"@key"')}
    type Query {
      topProducts(first: Int = 5): [Product]
    }

    type Product @key(fields: "upc") {
      upc: String!
      name: String
      price: Int
      weight: Int
    }`,
  reviews: `${link('"@key", "@external", "@provides"')}
    type Review @key(fields: "id") {
      id: ID!
      body: String
      product: Product
      author: User @provides(fields: "username")
    }

    type User @key(fields: "id") {
      id: ID!
      username: String @external
      reviews: [Review]
    }

    type Product @key(fields: "upc") {
      upc: String!
      reviews: [Review]
    }`,
};

export interface BenchmarkUser {
  readonly id: string;
  readonly name: string;
  readonly username: string;
  readonly birthday: number;
}

export const users: readonly BenchmarkUser[] = [
  ['Ada Brandt', 'ada', 1980],
  ['Ben Castell', 'ben', 1981],
  ['Cleo Duarte', 'cleo', 1982],
  ['Dan Eriksen', 'dan', 1983],
  ['Eva Fontane', 'eva', 1984],
  ['Finn Gruber', 'finn', 1985],
].map(([name, username, birthday], index) => ({
  id: String(index + 1),
  name: String(name),
  username: String(username),
  birthday: Number(birthday),
}));

export interface BenchmarkProduct {
  readonly upc: string;
  readonly name: string;
  readonly price: number;
  readonly weight: number;
  readonly inStock: boolean;
}

export const products: readonly BenchmarkProduct[] = [
  ['Table', 899, 100],
  ['Couch', 1299, 1000],
  ['Glass', 15, 20],
  ['Chair', 499, 100],
  ['TV', 1299, 1000],
  ['Lamp', 6999, 300],
  ['Grill', 3999, 2000],
  ['Fridge', 100_000, 6000],
  ['Sofa', 9999, 800],
].map(([name, price, weight], index) => ({
  upc: String(index + 1),
  name: String(name),
  price: Number(price),
  weight: Number(weight),
  inStock: index % 3 !== 1,
}));

/** The price for sending a product: nothing for dear ones, by weight for the others. */
export function estimateShipping(price: number, weight: number): number {
  return price > 1000 ? 0 : Math.round(weight / 2);
}

const words =
  'well made and worth its price yet heavier than it looks so ask a friend to help when you carry it up the stairs'.split(
    ' ',
  );

function writeBody(seed: number, length: number): string {
  let body = '';
  for (let index = seed; body.length < length; index += 1) body += `${words[(index * 7) % words.length]} `;
  return `${body.slice(0, length - 1)}.`;
}

export interface BenchmarkReview {
  readonly id: string;
  readonly body: string;
  readonly upc: string;
}

/** Text lengths and products are those of the public benchmark, so that the answer has its size. */
export const reviews: readonly BenchmarkReview[] = (
  [
    ['1', 446],
    ['1', 290],
    ['1', 281],
    ['1', 143],
    ['2', 446],
    ['2', 290],
    ['2', 281],
    ['2', 143],
    ['3', 143],
    ['4', 143],
    ['4', 852],
  ] as const
).map(([upc, length], index) => ({ id: String(index + 1), body: writeBody(index, length), upc }));

/** Each user has the first two reviews, each review the first user: the shape of the public benchmark. */
export const reviewsOfUser: readonly BenchmarkReview[] = reviews.slice(0, 2);

export function findReviewsOfProduct(upc: string): readonly BenchmarkReview[] {
  return reviews.filter((review) => review.upc === upc);
}

const fragments = `
  fragment UserParts on User { id username name }
  fragment ReviewParts on Review { id body }
  fragment ProductParts on Product { inStock name price shippingEstimate upc weight }
`;

/** The public benchmark's operation: users and top products, and twice round by reviews. */
export const benchmarkOperation = `
  query Benchmark {
    users {
      ...UserParts
      reviews {
        ...ReviewParts
        product {
          ...ProductParts
          reviews {
            ...ReviewParts
            author {
              ...UserParts
              reviews { ...ReviewParts product { ...ProductParts } }
            }
          }
        }
      }
    }
    topProducts {
      ...ProductParts
      reviews {
        ...ReviewParts
        author {
          ...UserParts
          reviews { ...ReviewParts product { ...ProductParts } }
        }
      }
    }
  }
  ${fragments}
`;
