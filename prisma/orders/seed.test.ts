import { Client } from 'pg';
import { expect, test } from 'vitest';

import { openServiceDatabase } from '../../tests/support/service-database.ts';
import { seed as seedOrders } from './seed.ts';

test('on PostgreSQL a seeding that was cut off is completed, and a finished one brings nothing back', async () => {
  const database = await openServiceDatabase('orders', 0);
  const client = new Client(database.url);
  const count = async () => {
    const { rows } = await client.query<{ count: number }>('SELECT count(*)::int AS count FROM orders');
    return rows[0]?.count;
  };
  try {
    await client.connect();
    const progress: number[] = [];
    await seedOrders(database.url, { scale: 1, onProgress: (done, total) => progress.push(done / total) });
    expect(progress.at(-1)).toBe(1);
    expect(await count()).toBe(3_000);
    const next = await client.query<{ next: string }>("SELECT nextval('orders_sequence_seq') AS next");
    expect(Number(next.rows[0]?.next)).toBeGreaterThan(3_000);
    await client.query("DELETE FROM orders WHERE id = 'order-7'");
    expect(await seedOrders(database.url, { scale: 1 })).toEqual({ kind: 'present' });
    expect(await count()).toBe(2_999);
    await client.query('DELETE FROM seed_runs');
    expect(await seedOrders(database.url, { scale: 1 })).toMatchObject({ kind: 'seeded' });
    expect(await count()).toBe(3_000);
  } finally {
    await client.end();
    await database.close();
  }
});
