import { MongoClient } from 'mongodb';
import { expect, test } from 'vitest';

import { openServiceDatabase } from '../../tests/support/service-database.ts';
import { seed as seedReviews } from './seed.ts';

test('on MongoDB a seeding that was cut off is completed, and a finished one brings nothing back', async () => {
  const database = await openServiceDatabase('reviews', 0);
  const client = new MongoClient(database.url);
  const reviews = client.db().collection<{ _id: string }>('reviews');
  try {
    expect(await seedReviews(database.url, { scale: 1 })).toEqual({ kind: 'seeded', rows: 5_000 });
    await reviews.deleteOne({ _id: 'review-7' });
    expect(await seedReviews(database.url, { scale: 1 })).toEqual({ kind: 'present' });
    expect(await reviews.countDocuments()).toBe(4_999);
    await client.db().collection('seed_runs').deleteMany({});
    expect(await seedReviews(database.url, { scale: 1 })).toEqual({ kind: 'seeded', rows: 1 });
  } finally {
    await client.close();
    await database.close();
  }
});
