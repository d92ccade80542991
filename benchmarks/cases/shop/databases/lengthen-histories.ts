import { Client } from 'pg';

import { busyUsers } from '../operations.ts';

/**
 * The sample shop's users have 15 orders each, and the longest list of the benchmark is 100: copies of all orders go to
 * a few users, about 125 for each.
 */
export async function lengthenHistories(ownerUrl: string): Promise<void> {
  const client = new Client({ connectionString: ownerUrl });
  await client.connect();
  try {
    await client.query(
      `INSERT INTO orders (id, customer_id, status, placed_at, cancelled_at, quantity, total_amount, currency)
       SELECT 'copy-' || id, 'user-' || 1 + sequence % $1, status, placed_at - interval '1 minute', cancelled_at, quantity,
         total_amount, currency
       FROM orders`,
      [busyUsers],
    );
    await client.query(
      `INSERT INTO order_items (order_id, position, product_id, name, quantity, unit_price_amount)
       SELECT 'copy-' || order_id, position, product_id, name, quantity, unit_price_amount FROM order_items`,
    );
    await client.query('ANALYZE');
  } finally {
    await client.end();
  }
}
