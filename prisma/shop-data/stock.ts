import { randomFor } from './random.ts';
import { instantAt } from './sizes.ts';

/** A warehouse of the sample shop. */
export interface ShopWarehouse {
  readonly id: string;
  readonly code: string;
  readonly name: string;
  readonly city: string;
  readonly country: string;
}

/** All warehouses, by code. */
export const shopWarehouses: readonly ShopWarehouse[] = [
  { id: 'warehouse-1', code: 'BER', name: 'Berlin North', city: 'Berlin', country: 'DE' },
  { id: 'warehouse-2', code: 'LYO', name: 'Lyon East', city: 'Lyon', country: 'FR' },
  { id: 'warehouse-3', code: 'MAD', name: 'Madrid South', city: 'Madrid', country: 'ES' },
  { id: 'warehouse-4', code: 'VIE', name: 'Vienna Harbour', city: 'Vienna', country: 'AT' },
];

/** What a warehouse of the sample shop has of one product. */
export interface ShopStock {
  readonly productId: string;
  readonly warehouseId: string;
  readonly onHand: number;
  readonly reserved: number;
  readonly updatedAt: string;
}

/** The stock of the product at `index`, in one to three warehouses, by warehouse; about one product in eight is sold out. */
export function stockAt(index: number): readonly ShopStock[] {
  const random = randomFor('stock', index);
  const isSoldOut = random.between(1, 8) === 1;
  const count = random.between(1, 3);
  const start = random.between(0, shopWarehouses.length - 1);
  return Array.from({ length: count }, (_, step) => (start + step) % shopWarehouses.length)
    .sort((left, right) => left - right)
    .map((place) => {
      const onHand = isSoldOut ? 0 : random.between(1, 250);
      return {
        productId: `product-${index}`,
        warehouseId: `warehouse-${place + 1}`,
        onHand,
        reserved: Math.min(onHand, random.between(0, 4)),
        updatedAt: instantAt(900_000 + index),
      };
    });
}

/** How many pieces of the product at `index` can be had, in all warehouses. */
export function availableAt(index: number): number {
  return stockAt(index).reduce((sum, { onHand, reserved }) => sum + onHand - reserved, 0);
}
