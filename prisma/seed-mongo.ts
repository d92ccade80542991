import { MongoBulkWriteError, MongoClient } from 'mongodb';

import { type SeedOptions, type SeedOutcome, type SeedSource, listBatches } from './seeding.ts';

/** A document of the sample shop; its id is what keeps it from being inserted twice. */
export interface SeedDocument {
  readonly _id: string;
}

const duplicateKey = 11_000;

/**
 * Fills a MongoDB database. A document that is there already is left as it is, so that a seeding that was cut off is
 * completed by the next one.
 */
export async function seedMongo(
  url: string,
  options: SeedOptions,
  sources: readonly SeedSource<SeedDocument>[],
): Promise<SeedOutcome> {
  const client = new MongoClient(url, { appName: 'freehold seed' });
  try {
    const database = client.db();
    const runs = database.collection<{ _id: number; finishedAt: Date }>('seed_runs');
    if (await runs.findOne({ _id: { $gte: options.scale } })) return { kind: 'present' };
    const total = sources.reduce((sum, source) => sum + source.count, 0);
    let done = 0;
    let written = 0;
    for (const source of sources) {
      const collection = database.collection<SeedDocument>(source.table);
      for (const { rows, indexes } of listBatches(source)) {
        written += await collection.insertMany([...rows], { ordered: false }).then(
          (result) => result.insertedCount,
          (error: unknown) => {
            if (isOnlyDuplicates(error)) return error.insertedCount;
            throw error;
          },
        );
        done += indexes;
        options.onProgress?.(done, total);
      }
    }
    await runs.updateOne({ _id: options.scale }, { $set: { finishedAt: new Date() } }, { upsert: true });
    return { kind: 'seeded', rows: written };
  } finally {
    await client.close();
  }
}

function isOnlyDuplicates(error: unknown): error is MongoBulkWriteError {
  if (!(error instanceof MongoBulkWriteError)) return false;
  const failures = Array.isArray(error.writeErrors) ? error.writeErrors : [error.writeErrors];
  return failures.length > 0 && failures.every((failure) => failure.code === duplicateKey);
}
