/** An operation that every side runs, at one list length or at several. */
export interface ShopOperation {
  readonly name: string;
  /** The lengths of its list; 1 alone where it has none. */
  readonly lengths: readonly number[];
  readonly query: string;
  /** The variables of the request of that number: other ones each time, so that no two requests in flight are alike. */
  readonly variables: (index: number, length: number) => object;
}

const productPage = `
  query ProductPage($id: ID!) {
    product(id: $id) {
      __typename
      id
      name
      description
      imageUrl
      price { amount currency }
      inStock
      shippingEstimate { amount currency }
      rating { average count }
      category { name slug ancestors { name slug } }
      reviews(first: 5, sort: { by: CREATED_AT, direction: DESC }) {
        nodes { rating title body createdAt author { username } }
        pageInfo { hasNextPage }
      }
      ... on Book { author isbn pages }
      ... on Device { brand warrantyMonths specs { name value } }
      ... on Apparel { sizes colour material }
    }
  }`;

const productList = `
  query ProductList($first: NonNegativeInt!, $priceFrom: NonNegativeInt!) {
    products(first: $first, filter: { priceFrom: $priceFrom }, sort: { by: PRICE, direction: ASC }) {
      nodes {
        id
        name
        imageUrl
        price { amount currency }
        inStock
        rating { average count }
        reviews(first: 3) { nodes { rating title author { username } } }
      }
      pageInfo { hasNextPage }
    }
  }`;

const orderHistory = `
  query OrderHistory($id: ID!, $first: NonNegativeInt!) {
    user(id: $id) {
      name
      orders(first: $first) {
        nodes {
          number
          status
          placedAt
          total { amount currency }
          items { name quantity unitPrice { amount } product { id name imageUrl inStock } }
        }
        pageInfo { hasNextPage }
      }
    }
  }`;

// The operation by which "one statement for each fetch and type" is measured; it crosses all five services.
const allServices = `
  query AllServices($first: NonNegativeInt!, $priceFrom: NonNegativeInt!) {
    products(first: $first, filter: { priceFrom: $priceFrom }, sort: { by: PRICE, direction: ASC }) {
      nodes {
        name
        price { amount }
        inStock
        shippingEstimate { amount }
        rating { average }
        reviews(first: 3) {
          nodes {
            rating
            author { username name orders(first: 2) { nodes { number status total { amount } } } }
          }
        }
      }
    }
  }`;

const changeReview = `
  mutation ChangeReview($input: UpdateReviewInput!) {
    updateReview(input: $input) {
      review { id rating title author { username } product { name rating { average count } } }
      problems: errors { code }
    }
  }`;

/** How many users have a long order history (`databases/lengthen-histories.ts`). */
export const busyUsers = 24;

const productAt = (index: number): string => `product-${1 + ((index * 7) % 1000)}`;
/** From the cheapest product on, in 500 steps; at the last one there are still 100 products to list. */
const priceAt = (index: number): number => 900 + ((index * 37) % 500) * 20;
const listLengths = [1, 10, 100];

/** What the shop benchmark asks. `reviewOf` gives what names the review of that number in the mutation's input. */
export function listOperations(reviewOf: (index: number) => object): readonly ShopOperation[] {
  return [
    {
      name: 'product page',
      lengths: [1],
      query: productPage,
      variables: (index) => ({ id: productAt(index) }),
    },
    {
      name: 'product list',
      lengths: listLengths,
      query: productList,
      variables: (index, first) => ({ first, priceFrom: priceAt(index) }),
    },
    {
      name: 'order history',
      lengths: listLengths,
      query: orderHistory,
      variables: (index, first) => ({ first, id: `user-${1 + (index % busyUsers)}` }),
    },
    {
      name: 'all five services',
      lengths: listLengths,
      query: allServices,
      variables: (index, first) => ({ first, priceFrom: priceAt(index) }),
    },
    {
      name: 'mutation',
      lengths: [1],
      query: changeReview,
      variables: (index) => ({
        input: { ...reviewOf(index), rating: 1 + (index % 5), title: `Seen ${index % 97} times` },
      }),
    },
  ];
}
