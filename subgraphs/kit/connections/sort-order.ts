import { badInput } from '../subgraph-error.ts';
import type { CursorValue } from './cursor.ts';

/** One key that a list is ordered by. The last key of an order is unique, so that no two edges are equal. */
export interface SortKey<Row> {
  /** Column or document field. */
  readonly name: string;
  readonly direction: 'ASC' | 'DESC';
  /** A number is one of GraphQL's Int, and a date one that DateTime can say. */
  readonly type: 'text' | 'number' | 'date';
  readonly valueOf: (row: Row) => string | number | Date;
}

/** The order of a list, and the name that its cursors carry. */
export interface SortOrder<Row> {
  readonly name: string;
  readonly keys: readonly SortKey<Row>[];
}

/** Makes an order; its name tells keys, directions and types. */
export function buildSortOrder<Row>(keys: readonly SortKey<Row>[]): SortOrder<Row> {
  return { name: keys.map(({ name, direction, type }) => `${name}:${direction}:${type}`).join(','), keys };
}

/** The same order, read from its other end. */
export function turnRound<Row>(order: SortOrder<Row>): SortOrder<Row> {
  return {
    name: order.name,
    keys: order.keys.map((key) => ({ ...key, direction: key.direction === 'ASC' ? 'DESC' : 'ASC' })),
  };
}

/** The values of the sort keys at a row, as a cursor holds them. */
export function cursorValuesOf<Row>(order: SortOrder<Row>, row: Row): CursorValue[] {
  return order.keys.map(({ valueOf }) => {
    const value = valueOf(row);
    return value instanceof Date ? value.getTime() : value;
  });
}

// RFC 3339 has four digits for the year, and PostgreSQL no year 0.
const dateMin = Date.parse('0001-01-01T00:00:00.000Z');
const dateMax = Date.parse('9999-12-31T23:59:59.999Z');

/**
 * A cursor's value as the database compares it. A cursor is no secret: one can be made up whose order is the list's and
 * whose values are not. What no column holds is refused here: Prisma, PostgreSQL and MongoDB each have another answer.
 *
 * @throws {SubgraphError} BAD_USER_INPUT
 */
export function sortValueOf(
  type: SortKey<never>['type'],
  value: CursorValue | undefined,
): string | number | Date {
  if (type === 'text' && typeof value === 'string') return value;
  // Only numbers of 32 bits, which GraphQL's Int and the columns hold, are left as they are by `|`.
  if (type === 'number' && typeof value === 'number' && (value | 0) === value) return value;
  if (type === 'date' && typeof value === 'number' && value >= dateMin && value <= dateMax)
    return new Date(value);
  throw badInput('The cursor is none that this list gave out: its values are not those of its order.');
}
