/** The kinds of mistakes in this service's mutations; see the schema. */
export type StockErrorCode =
  'INSUFFICIENT_STOCK' | 'PRODUCT_NOT_STOCKED' | 'WAREHOUSE_NOT_FOUND' | 'INVALID_VALUE';

/** Something that the caller can mend. */
export interface StockError {
  readonly code: StockErrorCode;
  readonly message: string;
  readonly field: string | null;
}

/** What one warehouse has of one product. */
export interface Stock {
  readonly productId: string;
  readonly warehouseId: string;
  readonly onHand: number;
  readonly reserved: number;
}

/** How many pieces of which product to set aside. */
export interface WantedItem {
  readonly productId: string;
  readonly quantity: number;
}

/** What a reservation takes of one product from one warehouse. */
export interface ReservationLine extends WantedItem {
  readonly warehouseId: string;
}

/** How many pieces can be had, of all these. */
export function availableOf(stock: readonly Pick<Stock, 'onHand' | 'reserved'>[]): number {
  return stock.reduce((sum, { onHand, reserved }) => sum + onHand - reserved, 0);
}

/** What is wrong with items to set aside, before the stock is known. */
export function checkItems(reference: string, items: readonly WantedItem[]): StockError[] {
  const errors: StockError[] = [];
  if (reference.length < 1 || reference.length > 100)
    errors.push(invalid('reference', `"reference" has ${reference.length} characters; expected 1 to 100.`));
  if (items.length < 1 || items.length > 100)
    errors.push(invalid('items', `There are ${items.length} items; expected 1 to 100.`));
  for (const [index, { quantity }] of items.slice(0, 100).entries())
    if (quantity > quantityMax)
      errors.push(
        invalid(`items.${index}.quantity`, `The quantity is ${quantity}; expected at most ${quantityMax}.`),
      );
  return errors;
}

const quantityMax = 1_000_000;

/** What is wrong with a change of stock. */
export function checkAdjustment(change: number): StockError[] {
  if (change !== 0 && Math.abs(change) <= quantityMax) return [];
  return [
    invalid(
      'change',
      `"change" is ${change}; expected a number from -${quantityMax} to ${quantityMax}, not 0.`,
    ),
  ];
}

/**
 * Takes items from stock, all or none: from the warehouse that has most first, so that few parcels are sent, and by
 * warehouse id among equals, so that the same stock gives the same lines.
 */
export function allocate(
  items: readonly WantedItem[],
  stock: readonly Stock[],
): { readonly lines: readonly ReservationLine[] } | { readonly errors: readonly StockError[] } {
  const left = stock
    .map((row) => ({ ...row, available: row.onHand - row.reserved }))
    .sort((one, other) => other.available - one.available || (one.warehouseId < other.warehouseId ? -1 : 1));
  const lines = new Map<string, ReservationLine>();
  const errors: StockError[] = [];
  for (const [index, { productId, quantity }] of items.entries()) {
    const rows = left.filter((row) => row.productId === productId);
    const available = rows.reduce((sum, row) => sum + row.available, 0);
    if (rows.length === 0 || available < quantity) {
      errors.push(shortageOf(productId, quantity, available, rows.length > 0, index));
      continue;
    }
    let wanted = quantity;
    for (const row of rows) {
      const taken = Math.min(wanted, row.available);
      if (taken === 0) continue;
      row.available -= taken;
      wanted -= taken;
      const key = JSON.stringify([productId, row.warehouseId]);
      const before = lines.get(key)?.quantity ?? 0;
      lines.set(key, { productId, warehouseId: row.warehouseId, quantity: before + taken });
    }
  }
  return errors.length > 0 ? { errors } : { lines: [...lines.values()] };
}

function shortageOf(
  productId: string,
  quantity: number,
  available: number,
  isStocked: boolean,
  index: number,
): StockError {
  const shown = JSON.stringify(productId);
  return isStocked
    ? {
        code: 'INSUFFICIENT_STOCK',
        field: `items.${index}.quantity`,
        message: `${quantity} pieces of ${shown} were asked for, and ${available} can be had.`,
      }
    : {
        code: 'PRODUCT_NOT_STOCKED',
        field: `items.${index}.productId`,
        message: `No warehouse has had the product ${shown}.`,
      };
}

function invalid(field: string, message: string): StockError {
  return { code: 'INVALID_VALUE', field, message };
}
