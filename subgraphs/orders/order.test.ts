import { describe, expect, test } from 'vitest';

import { checkOrder, numberOfOrder, priceOrder, sequenceOfNumber } from './order.ts';

const listed = new Map(
  [
    { productId: 'a', name: 'A', unitPriceAmount: 250, currency: 'EUR' },
    { productId: 'b', name: 'B', unitPriceAmount: 1_000, currency: 'EUR' },
    { productId: 'c', name: 'C', unitPriceAmount: 900, currency: 'USD' },
    { productId: 'd', name: 'D', unitPriceAmount: 2_000_000_000, currency: 'EUR' },
  ].map((product) => [product.productId, product]),
);

describe('the number of an order', () => {
  test('leads back to its place in the sequence', () => {
    expect(numberOfOrder(42)).toBe('FH-0000042');
    expect(sequenceOfNumber('FH-0000042')).toBe(42);
    expect(sequenceOfNumber(numberOfOrder(12_345_678))).toBe(12_345_678);
  });

  test('has one spelling', () => {
    for (const text of ['42', 'FH-42', 'FH-00000042', 'fh-0000042', 'FH-0000000', 'FH-9999999999'])
      expect(sequenceOfNumber(text)).toBeUndefined();
  });
});

describe('pricing an order', () => {
  test('sums up by the price list', () => {
    const priced = priceOrder(
      {
        items: [
          { productId: 'b', quantity: 2 },
          { productId: 'a', quantity: 3 },
        ],
      },
      listed,
    );
    expect(priced).toEqual({
      order: {
        items: [
          { position: 1, productId: 'b', name: 'B', quantity: 2, unitPriceAmount: 1_000 },
          { position: 2, productId: 'a', name: 'A', quantity: 3, unitPriceAmount: 250 },
        ],
        quantity: 5,
        totalAmount: 2_750,
        currency: 'EUR',
      },
    });
  });

  test('tells of a product that is not listed and of a price that changed, both at once', () => {
    const priced = priceOrder(
      {
        items: [
          { productId: 'x', quantity: 1 },
          { productId: 'a', quantity: 1, expectedUnitPrice: { amount: 240, currency: 'EUR' } },
        ],
      },
      listed,
    );
    expect('errors' in priced && priced.errors.map(({ code, field }) => ({ code, field }))).toEqual([
      { code: 'PRODUCT_NOT_FOUND', field: 'items.0.productId' },
      { code: 'PRICE_CHANGED', field: 'items.1.expectedUnitPrice' },
    ]);
  });

  test('takes an expected price in whatever case its currency is written', () => {
    const items = [{ productId: 'a', quantity: 1, expectedUnitPrice: { amount: 250, currency: 'eur' } }];
    expect(priceOrder({ items }, listed)).toMatchObject({ order: { totalAmount: 250 } });
  });

  test('refuses two currencies and a total that no field can hold', () => {
    const mixed = priceOrder(
      {
        items: [
          { productId: 'a', quantity: 1 },
          { productId: 'c', quantity: 1 },
        ],
      },
      listed,
    );
    expect('errors' in mixed && mixed.errors[0]?.message).toBe(
      'The prices are in EUR and USD; expected one currency.',
    );
    const large = priceOrder({ items: [{ productId: 'd', quantity: 2 }] }, listed);
    expect('errors' in large && large.errors[0]?.message).toContain('The total is 4000000000');
  });
});

describe('checking an order', () => {
  test('wants items, each product once, and no more pieces than it sends', () => {
    expect(checkOrder({ items: [] })[0]?.message).toBe('There are 0 items; expected 1 to 50.');
    const errors = checkOrder({
      items: [
        { productId: 'a', quantity: 1_001 },
        { productId: 'a', quantity: 1 },
      ],
      clientReference: '',
    });
    expect(errors.map((error) => error.field)).toEqual([
      'clientReference',
      'items.0.quantity',
      'items.1.productId',
    ]);
  });
});
