/** An amount of money in minor units. */
export interface Money {
  readonly amount: number;
  readonly currency: string;
}

/** In minor units: what a parcel of up to a kilogram costs, what each further kilogram adds, and from what price it is free. */
const firstKilogram = 490;
const furtherKilogram = 120;
const freeFrom = 10_000;

/** What it costs to send one piece that weighs `weight` grams: by started kilogram, and nothing for what is dear. */
export function estimateShipping(price: Money, weight: number): Money {
  const kilograms = Math.max(1, Math.ceil(weight / 1_000));
  const amount = price.amount >= freeFrom ? 0 : firstKilogram + (kilograms - 1) * furtherKilogram;
  return { amount, currency: price.currency };
}
