/** The shop as one process with one schema, over the same five databases, with DataLoaders. */
import * as accounts from '../batched/accounts.ts';
import * as catalog from '../batched/catalog.ts';
import * as inventory from '../batched/inventory.ts';
import * as orders from '../batched/orders.ts';
import * as reviews from '../batched/reviews.ts';
import type { ProductDocument, ReviewDocument } from '../documents.ts';
import { attachResolvers } from '../sides/attach-resolvers.ts';
import { openClient, urlOf } from '../sides/open-clients.ts';
import { buildShopSchema } from '../sides/read-schemas.ts';
import { serveSchema } from '../sides/serve.ts';

const clients = {
  accounts: openClient.accounts(urlOf('accounts')),
  catalog: openClient.catalog(urlOf('catalog')),
  inventory: openClient.inventory(urlOf('inventory')),
  orders: openClient.orders(urlOf('orders')),
  reviews: openClient.reviews(urlOf('reviews')),
};

function createLoaders() {
  return {
    ...accounts.createLoaders(clients.accounts),
    ...catalog.createLoaders(clients.catalog),
    ...inventory.createLoaders(clients.inventory),
    ...orders.createLoaders(clients.orders),
    ...reviews.createLoaders(clients.reviews),
  };
}

type Loaders = ReturnType<typeof createLoaders>;

// A product is the catalog's document here; what the other services add asks for its id.
const ofProduct =
  (resolve: (source: { readonly id: string }, args: object, loaders: Loaders) => unknown) =>
  (source: ProductDocument, args: object, loaders: Loaders): unknown =>
    resolve({ id: source._id }, args, loaders);

const product = {
  ...catalog.productFields,
  inStock: ofProduct(inventory.stockFields.inStock),
  shippingEstimate: inventory.stockFields.shippingEstimate,
  reviews: ofProduct(reviews.reviewedFields.reviews),
  rating: ofProduct(reviews.reviewedFields.rating),
};

const schema = await buildShopSchema();
attachResolvers(schema, {
  Query: { ...accounts.resolvers.Query, ...catalog.resolvers.Query, ...orders.resolvers.Query },
  Mutation: reviews.resolvers.Mutation,
  Product: catalog.resolvers.Product,
  Book: product,
  Device: product,
  Apparel: product,
  Category: catalog.resolvers.Category,
  User: {
    ...orders.userFields,
    // A review knows its author's id and username; the rest is read when it is asked for.
    name: async (
      { id, name }: { readonly id: string; readonly name?: string },
      _args: object,
      { users }: Loaders,
    ) => name ?? (await users.load(id))?.name,
  },
  Order: orders.resolvers.Order,
  OrderItem: {
    ...orders.resolvers.OrderItem,
    product: ({ productId }: { readonly productId: string }, _args: object, { products }: Loaders) =>
      products.load(productId),
  },
  Review: {
    ...reviews.resolvers.Review,
    product: ({ productId }: ReviewDocument, _args: object, { products }: Loaders) =>
      products.load(productId),
  },
});
await serveSchema(schema, createLoaders);
