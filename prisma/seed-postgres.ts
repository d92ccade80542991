import { Client, escapeIdentifier } from 'pg';

import { type SeedOptions, type SeedOutcome, type SeedSource, listBatches } from './seeding.ts';

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
