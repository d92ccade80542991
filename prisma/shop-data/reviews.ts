import { randomFor } from './random.ts';
import { instantAt, partSizes, placeOf } from './sizes.ts';
import { userAt } from './users.ts';
import { opinions } from './words.ts';

/** A review of the sample shop. */
export interface ShopReview {
  readonly id: string;
  readonly productId: string;
  readonly authorId: string;
  readonly authorUsername: string;
  readonly rating: number;
  readonly title: string;
  readonly body: string;
  readonly createdAt: string;
}

const { users, products } = partSizes;

/**
 * The review at `index`, which counts from 1. Some products have many reviews and some have none, and no author has two
 * of one product: a product's reviews are neighbours in a row of turns that is shorter than the list of authors.
 */
export function reviewAt(index: number): ShopReview {
  const { part, place } = placeOf('reviews', index);
  const random = randomFor('review', index);
  // 813 has no divisor in common with 1,000, so each turn from 0 to 999 comes five times in 5,000 places.
  const turn = (place * 813) % products;
  // The square gathers low turns, at most 32 of them, on one product and skips some products at the high end.
  const productPlace = (Math.floor((turn * turn) / products) * 617 + 13) % products;
  const authorPlace = ((turn * 5 + Math.floor(place / products)) * 7 + productPlace) % users;
  const authorIndex = part * users + authorPlace + 1;
  const rating = random.pick([1, 2, 3, 3, 4, 4, 4, 5, 5, 5, 5]);
  const { title, body } = random.pick(opinions[rating - 1] ?? []);
  return {
    id: `review-${index}`,
    productId: `product-${part * products + productPlace + 1}`,
    authorId: `user-${authorIndex}`,
    authorUsername: userAt(authorIndex).username,
    rating,
    title,
    body,
    createdAt: instantAt(120_000 + place * 137 + part * 3 + random.between(0, 2)),
  };
}
