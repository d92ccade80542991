import { Client, escapeIdentifier } from 'pg';

/** How a service's database is filled with the sample shop. */
export interface SeedOptions {
  /** 1 for the default shop, 10 for ten times as much; see shop-data/sizes.ts. */
  readonly scale: number;
  /** Called after each batch with the number of rows that are in and that there will be. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** What seeding did. `present`: a shop of this scale or a bigger one was in already, and nothing was touched. */
export type SeedOutcome = { readonly kind: 'seeded'; readonly rows: number } | { readonly kind: 'present' };

/** The function that each `prisma/<service>/seed.ts` exports as `seed`. */
export type Seed = (url: string, options: SeedOptions) => Promise<SeedOutcome>;

/** Some rows for one table or collection; `rowsAt` makes those of one index, which counts from 1. */
export interface SeedSource<Row> {
  readonly table: string;
  readonly count: number;
  readonly rowsAt: (index: number) => readonly Row[];
}

/** How many indexes go into one statement: large enough that the way to the database does not count. */
export const seedBatchSize = 1_000;

/** The batches of a source, one after the other, with the number of indexes in each. */
export function* listBatches<Row>(
  source: SeedSource<Row>,
): Generator<{ readonly rows: readonly Row[]; readonly indexes: number }> {
  for (let start = 1; start <= source.count; start += seedBatchSize) {
    const end = Math.min(source.count, start + seedBatchSize - 1);
    const rows: Row[] = [];
    for (let index = start; index <= end; index++) rows.push(...source.rowsAt(index));
    yield { rows, indexes: end - start + 1 };
  }
}

/**
 * Fills a PostgreSQL database. Rows have column names as keys; a row that is there already is left as it is, so that a
 * seeding that was cut off is completed by the next one. `finish` runs before the seeding is written down as done.
 */
export async function seedPostgres(
  url: string,
  options: SeedOptions,
  sources: readonly SeedSource<object>[],
  finish: (client: Client) => Promise<void> = async () => {},
): Promise<SeedOutcome> {
  const client = new Client({ connectionString: url, application_name: 'freehold seed' });
  await client.connect();
  try {
    const present = await client.query('SELECT 1 FROM seed_runs WHERE scale >= $1 LIMIT 1', [options.scale]);
    if (present.rowCount) return { kind: 'present' };
    const total = sources.reduce((sum, source) => sum + source.count, 0);
    let done = 0;
    let written = 0;
    for (const source of sources) {
      // The columns and their types come from the table itself; only those that the rows have are written, so that
      // the others get their defaults.
      for (const { rows, indexes } of listBatches(source)) {
        const columns = Object.keys(rows[0] ?? {})
          .map((name) => escapeIdentifier(name))
          .join(', ');
        const table = escapeIdentifier(source.table);
        const result = await client.query(
          `INSERT INTO ${table} (${columns}) SELECT ${columns} FROM json_populate_recordset(null::${table}, $1::json) ON CONFLICT DO NOTHING`,
          [JSON.stringify(rows)],
        );
        written += result.rowCount ?? 0;
        done += indexes;
        options.onProgress?.(done, total);
      }
    }
    await finish(client);
    await client.query('INSERT INTO seed_runs (scale) VALUES ($1) ON CONFLICT DO NOTHING', [options.scale]);
    return { kind: 'seeded', rows: written };
  } finally {
    await client.end();
  }
}
