/** An amount of money in minor units. */
export interface Money {
  readonly amount: number;
  readonly currency: string;
}

/** What inventory asks for one piece: 4.90 for the first kilogram, 1.20 for each further one, nothing from 100.00 on. */
export function estimateShipping({
  price,
  weight,
}: {
  readonly price: Money;
  readonly weight: number;
}): Money {
  const kilograms = Math.max(1, Math.ceil(weight / 1000));
  const amount = price.amount >= 10_000 ? 0 : 490 + (kilograms - 1) * 120;
  return { amount, currency: price.currency };
}

/** The pieces that can be had, in all warehouses. */
export function isAnyAvailable(
  levels: readonly { readonly onHand: number; readonly reserved: number }[],
): boolean {
  return levels.some(({ onHand, reserved }) => onHand > reserved);
}
