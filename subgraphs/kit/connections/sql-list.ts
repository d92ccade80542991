import { Sql, empty, join, raw, sqltag as sql } from '@prisma/client/runtime/client';

import type { Page } from './page.ts';
import { type SortOrder, sortValueOf, turnRound } from './sort-order.ts';

/** What a list of child rows is read from. Names come from the service's code, values only ever as parameters. */
export interface SqlList<Row> {
  readonly table: string;
  /** The column that holds the parent's key. */
  readonly parentColumn: string;
  readonly parentKeys: readonly string[];
  /** What to select, as SQL by property; `child` is the table. */
  readonly columns: Readonly<Record<string, Sql>>;
  readonly conditions: readonly Sql[];
  /** The properties and columns of the sort keys: `placedAt` is `placed_at`. */
  readonly sortColumns: Readonly<Record<string, string>>;
  readonly order: SortOrder<Row>;
  readonly page: Page;
}

/** A row of a child list, with the key of the parent whose list it is in. */
export type ChildRow<Row> = Row & { readonly parentKey: string };

/**
 * One statement that reads the same page of each parent's list. LATERAL lets PostgreSQL walk the index of each parent
 * up to the page's end and no further, however long a list is.
 */
export function buildSqlList<Row>(list: SqlList<Row>): Sql {
  const { order, page, columns, conditions, parentKeys } = list;
  const reading = page.direction === 'forward' ? order : turnRound(order);
  const where = [
    sql`child.${name(list.parentColumn)} = parent.key`,
    ...conditions,
    ...(page.after ? [beyond(list, order, page.after)] : []),
    ...(page.before ? [beyond(list, turnRound(order), page.before)] : []),
  ];
  const selected = Object.entries(columns).map(([property, column]) => sql`${column} AS ${name(property)}`);
  const sorted = (prefix: Sql, columnOf: (key: string) => string) =>
    join(reading.keys.map((key) => sql`${prefix}.${name(columnOf(key.name))} ${raw(key.direction)}`));
  return sql`SELECT parent.key AS "parentKey", item.* FROM unnest(${[...parentKeys]}::text[]) AS parent(key)
    CROSS JOIN LATERAL (
      SELECT ${join(selected)} FROM ${name(list.table)} AS child WHERE ${join(where, ' AND ')}
      ORDER BY ${sorted(raw('child'), (key) => list.sortColumns[key] ?? key)} LIMIT ${page.limit + 1}
    ) AS item
    ORDER BY ${sorted(raw('item'), (key) => key)}`;
}

/** How many rows each parent's list has under the conditions, in one statement. */
export function buildSqlCounts(
  list: Pick<SqlList<never>, 'table' | 'parentColumn' | 'parentKeys' | 'conditions'>,
): Sql {
  const parent = sql`child.${name(list.parentColumn)}`;
  return sql`SELECT ${parent} AS "parentKey", count(*)::int AS "count" FROM ${name(list.table)} AS child
    WHERE ${join([sql`${parent} = ANY(${[...list.parentKeys]}::text[])`, ...list.conditions], ' AND ')}
    GROUP BY ${parent}`;
}

// All keys of an order have one direction here, so a comparison of rows says it, and the index answers it.
function beyond<Row>(list: SqlList<Row>, order: SortOrder<Row>, values: readonly (string | number)[]): Sql {
  const columns = order.keys.map((key) => sql`child.${name(list.sortColumns[key.name] ?? key.name)}`);
  const bounds = order.keys.map(({ type }, index) => sql`${sortValueOf(type, values[index])}`);
  const operator = order.keys.at(0)?.direction === 'DESC' ? '<' : '>';
  return sql`(${join(columns)}) ${raw(operator)} (${join(bounds)})`;
}

function name(identifier: string): Sql {
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(identifier))
    throw new Error(`"${identifier}" is no name of a table or column.`);
  return raw(`"${identifier}"`);
}

export { Sql, empty, join, sql };
