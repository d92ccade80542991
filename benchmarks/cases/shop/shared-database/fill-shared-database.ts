import { readFile } from 'node:fs/promises';

import { MongoClient } from 'mongodb';
import { Client } from 'pg';

import { categoriesOf, productsOf, reviewsOf } from '../documents.ts';

type Row = Readonly<Record<string, unknown>>;

const rowsPerStatement = 2000;

/** Makes the shared database's schema, and copies into it what the services' databases hold. */
export async function fillSharedDatabase(ownerUrl: string, urls: ReadonlyMap<string, string>): Promise<void> {
  const client = new Client({ connectionString: ownerUrl });
  await client.connect();
  try {
    await client.query(await readFile('benchmarks/cases/shop/shared-database/schema.sql', 'utf8'));
    for (const [table, rows] of await readAll((service) => urls.get(service) ?? ''))
      for (let start = 0; start < rows.length; start += rowsPerStatement)
        await client.query(
          `INSERT INTO ${table} SELECT * FROM json_populate_recordset(null::${table}, $1::json)`,
          [JSON.stringify(rows.slice(start, start + rowsPerStatement))],
        );
    await client.query('VACUUM ANALYZE');
  } finally {
    await client.end();
  }
}

/** The rows of each table, in the order of their foreign keys. */
async function readAll(urlOf: (service: string) => string): Promise<[string, readonly Row[]][]> {
  const products = await readMongo(urlOf('catalog'), async (database) => ({
    products: await productsOf(database).find().toArray(),
    categories: await categoriesOf(database).find().toArray(),
  }));
  const reviews = await readMongo(urlOf('reviews'), (database) => reviewsOf(database).find().toArray());
  return [
    ['users', await readPostgres(urlOf('accounts'), 'SELECT id, username, name FROM users')],
    ['categories', products.categories.map(withColumnNames)],
    [
      'products',
      products.products.map(({ price, ...product }) => ({
        ...withColumnNames(product),
        price_amount: price.amount,
        currency: price.currency,
      })),
    ],
    ['stock_levels', await readPostgres(urlOf('inventory'), 'SELECT * FROM stock_levels')],
    ['orders', await readPostgres(urlOf('orders'), 'SELECT * FROM orders')],
    ['order_items', await readPostgres(urlOf('orders'), 'SELECT * FROM order_items')],
    ['reviews', reviews.map(withColumnNames)],
  ];
}

async function readPostgres(url: string, statement: string): Promise<Row[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Row>(statement)).rows;
  } finally {
    await client.end();
  }
}

async function readMongo<Result>(
  url: string,
  read: (database: ReturnType<MongoClient['db']>) => Promise<Result>,
): Promise<Result> {
  const client = await new MongoClient(url).connect();
  try {
    return await read(client.db());
  } finally {
    await client.close();
  }
}

function withColumnNames(document: Readonly<Record<string, unknown>>): Row {
  return Object.fromEntries(
    Object.entries(document).map(([name, value]) => [
      name === '_id' ? 'id' : name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      value,
    ]),
  );
}
