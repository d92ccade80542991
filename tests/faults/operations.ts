/** An operation of the load. */
export interface LoadOperation {
  readonly name: string;
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
  /** The user who asks. */
  readonly user: string;
  /** For a mutation: which service writes, and what of its answer names what was written. */
  readonly writes?: { readonly service: string; readonly readKey: (data: AnswerData) => string | undefined };
}

/** What an answer holds; each operation knows its own shape. */
// oxlint-disable-next-line typescript/no-explicit-any -- as above
export type AnswerData = any;

/** One field of each service, side by side, by the service's name: what is missing of the answer says who fails. */
export const fieldOfService: Readonly<Record<string, string>> = {
  accounts: 'user(id: "user-1") { id username }',
  catalog: 'product(id: "product-1") { id name }',
  inventory: 'warehouse(code: "BER") { id name }',
  orders: 'order(number: "FH-0000001") { id number status }',
  reviews: 'review(id: "review-1") { id title }',
};

/** Each service's field under its name, in one operation. */
export const sideBySide: LoadOperation = {
  name: 'side by side',
  query: `query SideBySide { ${Object.entries(fieldOfService)
    .map(([service, field]) => `${service}: ${field}`)
    .join(' ')} }`,
  variables: {},
  user: 'user-1',
};

const across = `query Across($id: ID!) { user(id: $id) { username orders(first: 2) { nodes { number items {
  product { name inStock rating { average count } } } } } } }`;
const product = `query Product($id: ID!) { product(id: $id) { name inStock stockLevels { onHand }
  reviews(first: 2) { nodes { title author { username name } } } } }`;
const register = `mutation Register($input: RegisterUserInput!) { registerUser(input: $input) { user { id } errors { message } } }`;
const order = `mutation Order($input: PlaceOrderInput!) { placeOrder(input: $input) { order { id } errors { message } } }`;
const reserve = `mutation Reserve($input: ReserveStockInput!) {
  reserveStock(input: $input) { reservation { id } errors { message } } }`;
const review = `mutation Review($input: WriteReviewInput!) { writeReview(input: $input) { review { id } errors { message } } }`;

const users = 20;

/**
 * The operation with this number: reads of one service and across all, and a mutation of each service that has some.
 * `run` keeps what is unique apart from other runs on the same data.
 */
export function makeOperation(turn: number, run: string): LoadOperation {
  const step = turn % 10;
  const round = Math.floor(turn / 10);
  const user = `user-${1 + (round % users)}`;
  const id = `${run}-${round}`;
  const productId = `product-${1 + (Math.floor(round / users) % 1000)}`;
  switch (step) {
    case 1:
    case 6:
      return { name: 'across all', query: across, variables: { id: user }, user };
    case 3:
    case 8:
      return { name: 'product', query: product, variables: { id: `product-${1 + (turn % 1000)}` }, user };
    case 2: {
      const input = { username: `f${id}`, name: 'Fault', email: `f${id}@example.com` };
      const writes = { service: 'accounts', readKey: (data: AnswerData) => data?.registerUser?.user?.id };
      return { name: 'register', query: register, variables: { input }, user, writes };
    }
    case 4: {
      const input = {
        items: [{ productId, quantity: 1 }],
        clientReference: id,
      };
      const writes = { service: 'orders', readKey: (data: AnswerData) => data?.placeOrder?.order?.id };
      return { name: 'order', query: order, variables: { input }, user, writes };
    }
    case 7: {
      const input = { reference: id, items: [{ productId: `product-${1 + (round % 1000)}`, quantity: 1 }] };
      const writes = {
        service: 'inventory',
        readKey: (data: AnswerData) => data?.reserveStock?.reservation?.id,
      };
      return { name: 'reserve', query: reserve, variables: { input }, user, writes };
    }
    case 9: {
      const input = {
        productId,
        rating: 4,
        title: 'Fault',
      };
      const writes = { service: 'reviews', readKey: (data: AnswerData) => data?.writeReview?.review?.id };
      return { name: 'review', query: review, variables: { input }, user, writes };
    }
    default:
      return sideBySide;
  }
}

const findByService: Readonly<Record<string, string>> = {
  accounts: 'query ($id: ID!) { found: user(id: $id) { id } }',
  orders: 'query ($id: ID!) { found: order(id: $id) { id } }',
  inventory: 'query ($id: ID!) { found: reservation(id: $id) { id } }',
  reviews: 'query ($id: ID!) { found: review(id: $id) { id } }',
};

/** Asks for something that was written; the answer has it under `found`. */
export function makeFinding(service: string, id: string): LoadOperation {
  return {
    name: 'find',
    query: findByService[service] ?? '',
    variables: { id },
    // Any user: the token has the scopes to see everybody's.
    user: 'user-1',
  };
}
