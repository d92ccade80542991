import type { Document } from 'mongodb';

import type { CursorValue } from './cursor.ts';
import type { Page } from './page.ts';
import { type SortOrder, sortValueOf, turnRound } from './sort-order.ts';

/** The parts of a `find` that read a page: one document more than its limit, to know whether there are more. */
export interface MongoPage {
  readonly filter: Document;
  readonly sort: Record<string, 1 | -1>;
  readonly limit: number;
}

/** A page as the parts of a `find`, for a list in that order under these conditions. */
export function buildMongoPage<Row>(
  page: Page,
  order: SortOrder<Row>,
  conditions: readonly Document[],
): MongoPage {
  const reading = page.direction === 'forward' ? order : turnRound(order);
  const all = [
    ...conditions,
    ...(page.after ? [conditionBeyond(order, page.after)] : []),
    ...(page.before ? [conditionBeyond(turnRound(order), page.before)] : []),
  ];
  return {
    filter: all.length === 0 ? {} : { $and: all },
    sort: Object.fromEntries(reading.keys.map(({ name, direction }) => [name, direction === 'ASC' ? 1 : -1])),
    limit: page.limit + 1,
  };
}

/** "Comes after these values"; the first key's bound is there for the index, which cannot see it behind the $or. */
function conditionBeyond<Row>(order: SortOrder<Row>, values: readonly CursorValue[]): Document {
  const equals: Document = {};
  const branches = order.keys.map(({ name, direction, type }, index) => {
    const value = sortValueOf(type, values[index]);
    const branch = { ...equals, [name]: { [direction === 'ASC' ? '$gt' : '$lt']: value } };
    equals[name] = value;
    return branch;
  });
  const [first] = order.keys;
  if (!first) return {};
  const bound = { [first.direction === 'ASC' ? '$gte' : '$lte']: sortValueOf(first.type, values[0]) };
  return { [first.name]: bound, $or: branches };
}
