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
