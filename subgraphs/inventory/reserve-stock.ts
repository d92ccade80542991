import type { PrismaClient } from '../../prisma/inventory/client/client.ts';
import { uniqueViolationOf } from '../kit/database/unique-violation.ts';
import { type ReservationRow, insertReservation, loadReservations, lockStock } from './queries.ts';
import { type StockError, type WantedItem, allocate, checkItems } from './stock.ts';

/** What is to be set aside, under which name. */
export interface ReserveStockInput {
  readonly reference: string;
  readonly items: readonly WantedItem[];
}

/** A reservation, or why there is none. */
export type ReserveOutcome =
  { readonly reservation: ReservationRow } | { readonly errors: readonly StockError[] };

/** Sets stock aside, all items or none; a reference that has a reservation already answers with that one. */
export async function reserveStock(
  database: PrismaClient,
  { reference, items }: ReserveStockInput,
  now: Date,
): Promise<ReserveOutcome> {
  const errors = checkItems(reference, items);
  if (errors.length > 0) return { errors };
  const findMade = async () => (await loadReservations(database, { references: [reference] }))[0];
  const made = await findMade();
  if (made) return { reservation: made };
  try {
    const shortages = await database.$transaction(async (transaction) => {
      const stock = await lockStock(transaction, [...new Set(items.map((item) => item.productId))]);
      // Whoever asked with the same reference a moment ago held the lock until now, and has taken what is missing.
      if ((await loadReservations(transaction, { references: [reference] })).length > 0) return [];
      const allocated = allocate(items, stock);
      if ('errors' in allocated) return allocated.errors;
      await insertReservation(transaction, reference, allocated.lines, now);
      return [];
    });
    if (shortages.length > 0) return { errors: shortages };
  } catch (error) {
    // Asked twice at the same moment: the unique index let one of the two through, and that one is the answer.
    if (uniqueViolationOf(error) === undefined) throw error;
  }
  const reservation = await findMade();
  if (!reservation) throw new Error(`The reservation ${JSON.stringify(reference)} was made and is gone.`);
  return { reservation };
}
