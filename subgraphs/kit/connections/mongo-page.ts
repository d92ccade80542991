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

/** The list of many parents whose children name them in a field. */
export interface MongoChildList<Row> {
  /** The field that holds the parent's key. */
  readonly parentField: string;
  /** True when the field is a list of keys, so that one child is in the lists of several parents. */
  readonly isList: boolean;
  readonly parentKeys: readonly string[];
  readonly conditions: readonly Document[];
  readonly projection: Document;
  readonly order: SortOrder<Row>;
  readonly page: Page;
}

/**
 * One pipeline that reads the same page of each parent's list. `$topN` keeps no more than a page of each in memory;
 * the answers have the form `{ _id: parent's key, rows: [...] }`.
 */
export function buildMongoChildList<Row>(list: MongoChildList<Row>): Document[] {
  const { filter, sort, limit } = buildMongoPage(list.page, list.order, list.conditions);
  return [
    ...matchParents(list, filter),
    {
      $group: {
        _id: `$${list.parentField}`,
        rows: { $topN: { n: limit, sortBy: sort, output: outputOf(list.projection) } },
      },
    },
  ];
}

/** A projection as an expression, which is computed of the rows that are kept alone. */
function outputOf(projection: Document): Document {
  return Object.fromEntries(['_id', ...Object.keys(projection)].map((field) => [field, `$${field}`]));
}

/** How many children each parent has under the conditions: `{ _id: parent's key, count }`. */
export function buildMongoCounts(
  list: Pick<MongoChildList<never>, 'parentField' | 'isList' | 'parentKeys' | 'conditions'>,
): Document[] {
  const filter = list.conditions.length === 0 ? {} : { $and: [...list.conditions] };
  return [...matchParents(list, filter), { $group: { _id: `$${list.parentField}`, count: { $sum: 1 } } }];
}

function matchParents(
  { parentField, isList, parentKeys }: Pick<MongoChildList<never>, 'parentField' | 'isList' | 'parentKeys'>,
  filter: Document,
): Document[] {
  const parents = { [parentField]: { $in: [...parentKeys] } };
  return [
    { $match: { ...parents, ...filter } },
    ...(isList ? [{ $unwind: `$${parentField}` }, { $match: parents }] : []),
  ];
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
