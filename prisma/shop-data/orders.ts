import { productAt } from './products.ts';
import { randomFor } from './random.ts';
import { instantAt, partSizes, placeOf } from './sizes.ts';

/** An order of the sample shop. */
export interface ShopOrder {
  readonly id: string;
  /** Counts the orders from 1. */
  readonly sequence: number;
  readonly customerId: string;
  readonly status: 'PLACED' | 'PAID' | 'SHIPPED' | 'DELIVERED' | 'CANCELLED';
  readonly placedAt: string;
  readonly cancelledAt: string | null;
  readonly items: readonly ShopOrderItem[];
  readonly quantity: number;
  /** In cents. */
  readonly totalAmount: number;
  readonly currency: 'EUR';
}

/** Some pieces of one product in an order of the sample shop. */
export interface ShopOrderItem {
  /** From 1. */
  readonly position: number;
  readonly productId: string;
  readonly name: string;
  readonly quantity: number;
  /** In cents. */
  readonly unitPriceAmount: number;
}

const statuses = [
  'PLACED',
  'PAID',
  'PAID',
  'SHIPPED',
  'DELIVERED',
  'DELIVERED',
  'DELIVERED',
  'CANCELLED',
] as const;

/** The order at `index`, which counts from 1. */
export function orderAt(index: number): ShopOrder {
  const { part, place } = placeOf('orders', index);
  const random = randomFor('order', index);
  const status = random.pick(statuses);
  const minutes = 90_000 + place * 230 + part * 13 + random.between(0, 11);
  const productIndexes = new Set<number>();
  for (let wanted = random.between(1, 4); wanted > 0; wanted--)
    productIndexes.add(part * partSizes.products + random.between(1, partSizes.products));
  const items = [...productIndexes].map((productIndex, place) => {
    const product = productAt(productIndex);
    return {
      position: place + 1,
      productId: product.id,
      name: product.name,
      quantity: random.between(1, 3),
      unitPriceAmount: product.priceAmount,
    };
  });
  return {
    id: `order-${index}`,
    sequence: index,
    customerId: `user-${part * partSizes.users + random.between(1, partSizes.users)}`,
    status,
    placedAt: instantAt(minutes),
    cancelledAt: status === 'CANCELLED' ? instantAt(minutes + random.between(5, 600)) : null,
    items,
    quantity: items.reduce((sum, item) => sum + item.quantity, 0),
    totalAmount: items.reduce((sum, item) => sum + item.quantity * item.unitPriceAmount, 0),
    currency: 'EUR',
  };
}
