/** How many rows there are of each kind. */
export interface Sizes {
  readonly users: number;
  readonly products: number;
  readonly orders: number;
  readonly reviews: number;
}

/**
 * One part of the shop; a scale of 10 is ten of them side by side. Orders and reviews stay within their part, so that a
 * row depends on its index alone, and a bigger shop holds the smaller one unchanged.
 */
export const partSizes: Sizes = { users: 200, products: 1_000, orders: 3_000, reviews: 5_000 };

/** The largest scale that a shop is seeded at. */
export const scaleMax = 1_000;

/** How much a shop of that scale holds. @throws {RangeError} */
export function sizesOf(scale: number): Sizes {
  if (!Number.isInteger(scale) || scale < 1 || scale > scaleMax)
    throw new RangeError(`The scale is ${scale}; expected a whole number from 1 to ${scaleMax}.`);
  return {
    users: partSizes.users * scale,
    products: partSizes.products * scale,
    orders: partSizes.orders * scale,
    reviews: partSizes.reviews * scale,
  };
}

/** Where a row stands: `part` and `place` count from 0, `index` from 1. */
export function placeOf(kind: keyof Sizes, index: number): { readonly part: number; readonly place: number } {
  if (!Number.isInteger(index) || index < 1)
    throw new RangeError(`No ${kind} at ${index}; they count from 1.`);
  return { part: Math.floor((index - 1) / partSizes[kind]), place: (index - 1) % partSizes[kind] };
}

/** An instant so many minutes after the beginning of the shop's time, as ISO text in UTC. */
export function instantAt(minutes: number): string {
  return new Date(Date.UTC(2024, 0, 1) + Math.round(minutes) * 60_000).toISOString();
}
