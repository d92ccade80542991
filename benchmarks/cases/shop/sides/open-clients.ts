import { PrismaPg } from '@prisma/adapter-pg';
import { type Db, MongoClient } from 'mongodb';

import { PrismaClient as AccountsClient } from '../../../../prisma/accounts/client/client.ts';
import { PrismaClient as InventoryClient } from '../../../../prisma/inventory/client/client.ts';
import { PrismaClient as OrdersClient } from '../../../../prisma/orders/client/client.ts';

const adapterFor = (url: string): { adapter: PrismaPg } => ({
  adapter: new PrismaPg({ connectionString: url }),
});
const openMongo = (url: string): Db => new MongoClient(url).db();

/** How the peers open each service's database, with the clients' own defaults. */
export const openClient = {
  accounts: (url: string) => new AccountsClient(adapterFor(url)),
  catalog: openMongo,
  inventory: (url: string) => new InventoryClient(adapterFor(url)),
  orders: (url: string) => new OrdersClient(adapterFor(url)),
  reviews: openMongo,
};

/** The URL of a service's database, as the benchmark hands it to its processes. */
export function urlOf(service: string): string {
  const url = process.env[`${service.toUpperCase()}_DATABASE_URL`];
  if (!url) throw new Error(`Expected ${service.toUpperCase()}_DATABASE_URL to be set`);
  return url;
}
