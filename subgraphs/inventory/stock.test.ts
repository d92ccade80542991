import { describe, expect, test } from 'vitest';

import { estimateShipping } from './shipping.ts';
import { allocate, checkAdjustment, checkItems } from './stock.ts';

const stock = [
  { productId: 'a', warehouseId: 'w1', onHand: 5, reserved: 2 },
  { productId: 'a', warehouseId: 'w2', onHand: 10, reserved: 1 },
  { productId: 'b', warehouseId: 'w1', onHand: 1, reserved: 1 },
];

describe('allocating stock', () => {
  test('takes from the warehouse that has most first', () => {
    expect(allocate([{ productId: 'a', quantity: 11 }], stock)).toEqual({
      lines: [
        { productId: 'a', warehouseId: 'w2', quantity: 9 },
        { productId: 'a', warehouseId: 'w1', quantity: 2 },
      ],
    });
  });

  test('counts what an item before it took of the same product', () => {
    const allocated = allocate(
      [
        { productId: 'a', quantity: 9 },
        { productId: 'a', quantity: 4 },
      ],
      stock,
    );
    expect('errors' in allocated && allocated.errors).toMatchObject([
      {
        code: 'INSUFFICIENT_STOCK',
        field: 'items.1.quantity',
        message: '4 pieces of "a" were asked for, and 3 can be had.',
      },
    ]);
  });

  test('takes nothing when one item cannot be had', () => {
    const allocated = allocate(
      [
        { productId: 'a', quantity: 1 },
        { productId: 'b', quantity: 1 },
        { productId: 'x', quantity: 1 },
      ],
      stock,
    );
    expect('errors' in allocated && allocated.errors.map((error) => error.code)).toEqual([
      'INSUFFICIENT_STOCK',
      'PRODUCT_NOT_STOCKED',
    ]);
  });

  test('refuses nonsense', () => {
    expect(checkItems('', [])).toHaveLength(2);
    expect(checkAdjustment(0)).toHaveLength(1);
    expect(checkAdjustment(-5)).toEqual([]);
  });
});

describe('shipping', () => {
  test('costs by started kilogram, and nothing from 100.00 on', () => {
    expect(estimateShipping({ amount: 9_999, currency: 'EUR' }, 1_000)).toEqual({
      amount: 490,
      currency: 'EUR',
    });
    expect(estimateShipping({ amount: 500, currency: 'EUR' }, 1_001)).toEqual({
      amount: 610,
      currency: 'EUR',
    });
    expect(estimateShipping({ amount: 10_000, currency: 'USD' }, 9_000)).toEqual({
      amount: 0,
      currency: 'USD',
    });
  });
});
