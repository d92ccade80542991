import { seedPostgres } from '../seed-postgres.ts';
import type { Seed } from '../seeding.ts';
import { orderAt } from '../shop-data/orders.ts';
import { productAt } from '../shop-data/products.ts';
import { sizesOf } from '../shop-data/sizes.ts';

/** Fills the database of orders with its price list, orders and their items. */
export const seed: Seed = (url, options) => {
  const sizes = sizesOf(options.scale);
  return seedPostgres(
    url,
    options,
    [
      {
        table: 'listed_products',
        count: sizes.products,
        rowsAt(index) {
          const { id, name, priceAmount, currency } = productAt(index);
          return [{ product_id: id, name, unit_price_amount: priceAmount, currency }];
        },
      },
      {
        table: 'orders',
        count: sizes.orders,
        rowsAt(index) {
          const { id, sequence, customerId, status, placedAt, cancelledAt, quantity, totalAmount, currency } =
            orderAt(index);
          return [
            {
              id,
              sequence,
              customer_id: customerId,
              status,
              placed_at: placedAt,
              cancelled_at: cancelledAt,
              quantity,
              total_amount: totalAmount,
              currency,
            },
          ];
        },
      },
      {
        table: 'order_items',
        count: sizes.orders,
        rowsAt(index) {
          const order = orderAt(index);
          return order.items.map(({ position, productId, name, quantity, unitPriceAmount }) => ({
            order_id: order.id,
            position,
            product_id: productId,
            name,
            quantity,
            unit_price_amount: unitPriceAmount,
          }));
        },
      },
    ],
    async (client) => {
      // The seeded rows brought their own numbers. The service may take numbers but not set the counter, so they are
      // taken until the next one is free.
      await client.query(
        `SELECT nextval('orders_sequence_seq')
           FROM generate_series(1, (SELECT max(sequence) FROM orders) - nextval('orders_sequence_seq')::int)`,
      );
    },
  );
};
