import {
  type MaybeCaller,
  type Refusal,
  holdsScope,
  refuseUnlessOwn,
  refuseWithoutScope,
  subjectOf,
} from '../kit/access.ts';

/** Who carries it may read everybody's orders. */
export const readAllOrders = 'orders:read:all';

/** Who carries it may cancel everybody's orders. */
export const writeAllOrders = 'orders:write:all';

/**
 * Whose orders a caller can find: one user's, or everybody's. Those of others are not there for the caller.
 *
 * @throws {SubgraphError} UNAUTHENTICATED when nobody asks
 */
export function readableOrders(caller: MaybeCaller): OrdersOf {
  return holdsScope(caller, readAllOrders) ? everybodys : { customerId: subjectOf(caller) };
}

/**
 * Whose orders a caller may change.
 *
 * @throws {SubgraphError} UNAUTHENTICATED when nobody asks
 */
export function writableOrders(caller: MaybeCaller): OrdersOf {
  return holdsScope(caller, writeAllOrders) ? everybodys : { customerId: subjectOf(caller) };
}

/** Why a caller may not read the orders of a user; undefined when the caller may. */
export function refuseOrdersOf(caller: MaybeCaller, userId: string): Refusal {
  return refuseUnlessOwn(caller, userId, readAllOrders);
}

/** Why a caller may not go through the orders of all users. */
export function refuseAllOrders(caller: MaybeCaller): Refusal {
  return refuseWithoutScope(caller, readAllOrders);
}

/** One user's orders, or everybody's when no user is named. */
export interface OrdersOf {
  readonly customerId?: string;
}

const everybodys: OrdersOf = {};
