import { seedPostgres } from '../seed-postgres.ts';
import type { Seed } from '../seeding.ts';
import { sizesOf } from '../shop-data/sizes.ts';
import { shopWarehouses, stockAt } from '../shop-data/stock.ts';

/** Fills the database of inventory with warehouses and the stock of each product. */
export const seed: Seed = (url, options) =>
  seedPostgres(url, options, [
    {
      table: 'warehouses',
      count: shopWarehouses.length,
      rowsAt: (index) => shopWarehouses.slice(index - 1, index),
    },
    {
      table: 'stock_levels',
      count: sizesOf(options.scale).products,
      rowsAt: (index) =>
        stockAt(index).map(({ productId, warehouseId, onHand, reserved, updatedAt }) => ({
          product_id: productId,
          warehouse_id: warehouseId,
          on_hand: onHand,
          reserved,
          updated_at: updatedAt,
        })),
    },
  ]);
