/** A service with a DataLoader: `serve-service NAME`, with its database's URL in the environment. */
import { buildSubgraphSchema } from '@apollo/subgraph';

import { openClient, urlOf } from '../sides/open-clients.ts';
import { readServiceSchemas } from '../sides/read-schemas.ts';
import { serveSchema } from '../sides/serve.ts';
import * as accounts from './accounts.ts';
import * as catalog from './catalog.ts';
import * as inventory from './inventory.ts';
import * as orders from './orders.ts';
import * as reviews from './reviews.ts';

interface Service {
  readonly resolvers: object;
  /** The loaders of one request. */
  readonly createContext: () => object;
}

function serviceOf<Client>(
  { resolvers, createLoaders }: { resolvers: object; createLoaders: (client: Client) => object },
  client: Client,
): Service {
  return { resolvers, createContext: () => createLoaders(client) };
}

const services: Readonly<Record<string, () => Service>> = {
  accounts: () => serviceOf(accounts, openClient.accounts(urlOf('accounts'))),
  catalog: () => serviceOf(catalog, openClient.catalog(urlOf('catalog'))),
  inventory: () => serviceOf(inventory, openClient.inventory(urlOf('inventory'))),
  orders: () => serviceOf(orders, openClient.orders(urlOf('orders'))),
  reviews: () => serviceOf(reviews, openClient.reviews(urlOf('reviews'))),
};

const [name = ''] = process.argv.slice(2);
const typeDefs = (await readServiceSchemas()).get(name);
const service = services[name]?.();
if (!typeDefs || !service) throw new Error(`Expected the name of a service, found "${name}"`);
// @apollo/subgraph declares its resolver map with `any`.
const schema = buildSubgraphSchema({ typeDefs, resolvers: service.resolvers as never });
await serveSchema(schema, service.createContext);
