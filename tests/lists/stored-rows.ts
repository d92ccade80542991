import { MongoClient } from 'mongodb';
import { Client } from 'pg';

import type { Row } from './rows.ts';

/** The rows of one database: what the oracle computes with, and what changes between two pages. */
export interface StoredRows {
  /** The rows of a table as they were last read. */
  of(table: string): readonly Row[];
  remove(table: string, row: Row): Promise<void>;
  /** Writes what was removed again. */
  restore(): Promise<void>;
  close(): Promise<void>;
}

/** The rows that a database does not have any more. */
function listMissing(rows: readonly Row[], present: readonly Row[]): Row[] {
  const known = new Set(present.map((row) => JSON.stringify(row)));
  return rows.filter((row) => !known.has(JSON.stringify(row)));
}

/** Fills the tables of a PostgreSQL database, in this order. */
export async function storeInPostgres(
  ownerUrl: string,
  tables: Readonly<Record<string, readonly Row[]>>,
): Promise<StoredRows> {
  const client = new Client({ connectionString: ownerUrl });
  await client.connect();
  const read = new Map<string, readonly Row[]>();
  const readAll = async () => {
    for (const table of Object.keys(tables))
      read.set(table, (await client.query<Row>(`SELECT * FROM ${table}`)).rows);
  };
  const insert = async (table: string, rows: readonly Row[]) => {
    for (const row of rows) {
      const places = Object.keys(row).map((_, place) => `$${place + 1}`);
      const columns = Object.keys(row).join(', ');
      await client.query(
        `INSERT INTO ${table} (${columns}) VALUES (${places.join(', ')})`,
        Object.values(row),
      );
    }
  };
  for (const [table, rows] of Object.entries(tables)) await insert(table, rows);
  await readAll();
  const original = new Map(read);
  return {
    of: (table) => read.get(table) ?? [],
    async remove(table, row) {
      const given = Object.entries(row).filter(([, value]) => value !== null);
      const conditions = given.map(([column], place) => `${column} = $${place + 1}`);
      await client.query(
        `DELETE FROM ${table} WHERE ${conditions.join(' AND ')}`,
        given.map(([, value]) => value),
      );
      // The rows that belong to it went with it.
      await readAll();
    },
    async restore() {
      for (const [table, rows] of original) await insert(table, listMissing(rows, read.get(table) ?? []));
      await readAll();
    },
    close: () => client.end(),
  };
}

/** Fills the collections of a MongoDB database. */
export async function storeInMongo(
  ownerUrl: string,
  collections: Readonly<Record<string, readonly Row[]>>,
): Promise<StoredRows> {
  const client = await new MongoClient(ownerUrl).connect();
  const collectionOf = (name: string) => client.db().collection<{ _id: string }>(name);
  const read = new Map<string, readonly Row[]>();
  const insert = async (name: string, rows: readonly Row[]) => {
    if (rows.length > 0)
      await collectionOf(name).insertMany(rows.map((row) => ({ ...row }) as { _id: string }));
    read.set(name, await collectionOf(name).find({}).toArray());
  };
  for (const [name, rows] of Object.entries(collections)) await insert(name, rows);
  const original = new Map(read);
  return {
    of: (name) => read.get(name) ?? [],
    async remove(name, row) {
      await collectionOf(name).deleteOne({ _id: row['_id'] as string });
      await insert(name, []);
    },
    async restore() {
      for (const [name, rows] of original) await insert(name, listMissing(rows, read.get(name) ?? []));
    },
    close: () => client.close(),
  };
}
