import type { Page } from './page.ts';
import { type SortOrder, sortValueOf, turnRound } from './sort-order.ts';

/** The parts of a `findMany` that read a page: one row more than its limit, to know whether there are more. */
export interface PrismaPage {
  readonly where: { readonly AND: object[] };
  readonly orderBy: object[];
  readonly take: number;
}

/** A page as arguments of Prisma's `findMany`, for a list in that order under these conditions. */
export function buildPrismaPage<Row>(
  page: Page,
  order: SortOrder<Row>,
  conditions: readonly object[],
): PrismaPage {
  const reading = page.direction === 'forward' ? order : turnRound(order);
  return {
    where: {
      AND: [
        ...conditions,
        ...(page.after ? [conditionBeyond(order, page.after)] : []),
        ...(page.before ? [conditionBeyond(turnRound(order), page.before)] : []),
      ],
    },
    orderBy: reading.keys.map(({ name, direction }) => ({ [name]: direction === 'ASC' ? 'asc' : 'desc' })),
    take: page.limit + 1,
  };
}

/**
 * "Comes after these values": `a > x`, or `a = x` and `b > y`, and so on. The first key's `a >= x` follows from it and
 * is there for the database, which would not look for an index behind the OR.
 */
function conditionBeyond<Row>(order: SortOrder<Row>, values: readonly (string | number)[]): object {
  const equals: object[] = [];
  const branches = order.keys.map(({ name, direction, type }, index) => {
    const value = sortValueOf(type, values[index]);
    const branch = { AND: [...equals, { [name]: { [direction === 'ASC' ? 'gt' : 'lt']: value } }] };
    equals.push({ [name]: value });
    return branch;
  });
  const [first] = order.keys;
  if (!first) return {};
  const bound = { [first.direction === 'ASC' ? 'gte' : 'lte']: sortValueOf(first.type, values[0]) };
  return { AND: [{ [first.name]: bound }, { OR: branches }] };
}
