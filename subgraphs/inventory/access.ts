import { type MaybeCaller, type Refusal, refuseWithoutScope } from '../kit/access.ts';

/** Who carries it may change stock, set it aside, and see for whom it is set aside. What there is, everybody may see. */
export const writeStock = 'stock:write';

/** Why a caller may not change stock or look at reservations; undefined when the caller may. */
export function refuseStockKeeping(caller: MaybeCaller): Refusal {
  return refuseWithoutScope(caller, writeStock);
}
