import { describe, expect, test } from 'vitest';

import { shopCategories } from './categories.ts';
import { orderAt } from './orders.ts';
import { productAt } from './products.ts';
import { reviewAt } from './reviews.ts';
import { partSizes, sizesOf } from './sizes.ts';
import { stockAt } from './stock.ts';
import { userAt } from './users.ts';

function listAll<Row>(count: number, rowAt: (index: number) => Row): Row[] {
  return Array.from({ length: count }, (_, place) => rowAt(place + 1));
}

describe('the sample shop', () => {
  const sizes = sizesOf(2);

  test('is the same every time', () => {
    expect(userAt(17)).toEqual(userAt(17));
    expect(productAt(1_234)).toEqual(productAt(1_234));
  });

  test('has usernames, addresses for mail, stock numbers and book numbers that are unique', () => {
    const users = listAll(sizes.users, userAt);
    const products = listAll(sizes.products, productAt);
    expect(new Set(users.map((user) => user.username)).size).toBe(users.length);
    expect(new Set(users.map((user) => user.email)).size).toBe(users.length);
    expect(new Set(products.map((product) => product.sku)).size).toBe(products.length);
    const isbns = products.flatMap((product) => (product.kind === 'BOOK' ? [product.isbn] : []));
    expect(new Set(isbns).size).toBe(isbns.length);
  });

  test('puts each product into a category that exists', () => {
    const ids = new Set(shopCategories.map((category) => category.id));
    const products = listAll(partSizes.products, productAt);
    expect(products.filter((product) => !ids.has(product.categoryId))).toEqual([]);
  });

  test('has at most one review of an author and product, some products with many and some with none', () => {
    const reviews = listAll(sizes.reviews, reviewAt);
    expect(new Set(reviews.map((review) => `${review.authorId} ${review.productId}`)).size).toBe(
      reviews.length,
    );
    const perProduct = new Map<string, number>();
    for (const { productId } of reviews) perProduct.set(productId, (perProduct.get(productId) ?? 0) + 1);
    expect(Math.max(...perProduct.values())).toBeGreaterThan(100);
    expect(perProduct.size).toBeLessThan(sizes.products);
  });

  test('keeps orders and reviews within what its scale has of users and products', () => {
    const users = new Set(listAll(sizes.users, userAt).map((user) => user.id));
    const products = new Set(listAll(sizes.products, productAt).map((product) => product.id));
    const orders = listAll(sizes.orders, orderAt);
    const reviews = listAll(sizes.reviews, reviewAt);
    const userIds = [...orders.map((order) => order.customerId), ...reviews.map((review) => review.authorId)];
    const productIds = [
      ...orders.flatMap((order) => order.items.map((item) => item.productId)),
      ...reviews.map((review) => review.productId),
    ];
    expect(userIds.filter((id) => !users.has(id))).toEqual([]);
    expect(productIds.filter((id) => !products.has(id))).toEqual([]);
  });

  test('prices an order as the sum of its items', () => {
    const order = orderAt(42);
    expect(order.totalAmount).toBe(
      order.items.reduce((sum, item) => sum + item.quantity * item.unitPriceAmount, 0),
    );
  });

  test('never sets aside more than is there', () => {
    const stock = listAll(partSizes.products, stockAt).flat();
    expect(stock.filter(({ reserved, onHand }) => reserved > onHand)).toEqual([]);
  });

  test('refuses a scale that is no whole number above zero', () => {
    expect(() => sizesOf(0)).toThrow('The scale is 0; expected a whole number from 1 to 1000.');
    expect(() => sizesOf(1.5)).toThrow('The scale is 1.5');
  });
});
