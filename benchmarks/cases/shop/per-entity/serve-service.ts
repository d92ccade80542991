/** A service of the stack as it is mostly written: `serve-service NAME`, with its database's URL in the environment. */
import { buildSubgraphSchema } from '@apollo/subgraph';

import { openClient, urlOf } from '../sides/open-clients.ts';
import { readServiceSchemas } from '../sides/read-schemas.ts';
import { serveSchema } from '../sides/serve.ts';
import { createResolvers as accounts } from './accounts.ts';
import { createResolvers as catalog } from './catalog.ts';
import { createResolvers as inventory } from './inventory.ts';
import { createResolvers as orders } from './orders.ts';
import { createResolvers as reviews } from './reviews.ts';

const services: Readonly<Record<string, () => object>> = {
  accounts: () => accounts(openClient.accounts(urlOf('accounts'))),
  catalog: () => catalog(openClient.catalog(urlOf('catalog'))),
  inventory: () => inventory(openClient.inventory(urlOf('inventory'))),
  orders: () => orders(openClient.orders(urlOf('orders'))),
  reviews: () => reviews(openClient.reviews(urlOf('reviews'))),
};

const [name = ''] = process.argv.slice(2);
const typeDefs = (await readServiceSchemas()).get(name);
const createResolvers = services[name];
if (!typeDefs || !createResolvers) throw new Error(`Expected the name of a service, found "${name}"`);
// @apollo/subgraph declares its resolver map with `any`.
await serveSchema(buildSubgraphSchema({ typeDefs, resolvers: createResolvers() as never }), () => ({}));
