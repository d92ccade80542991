import { badInput } from '../subgraph-error.ts';
import type { CursorValue } from './cursor.ts';

/** One key that a list is ordered by. The last key of an order is unique, so that no two edges are equal. */
export interface SortKey<Row> {
  /** Column or document field. */
  readonly name: string;
  readonly direction: 'ASC' | 'DESC';
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

/**
 * A cursor's value as the database compares it. A cursor is no secret: one can be made up whose order is the list's and
 * whose values are not.
 *
 * @throws {SubgraphError} BAD_USER_INPUT
 */
export function sortValueOf(
  type: SortKey<never>['type'],
  value: CursorValue | undefined,
): string | number | Date {
  if (type === 'text' && typeof value === 'string') return value;
  if (type === 'number' && typeof value === 'number') return value;
  const date = new Date(typeof value === 'number' ? value : Number.NaN);
  if (type === 'date' && !Number.isNaN(date.getTime())) return date;
  throw badInput('The cursor is none that this list gave out: its values are not those of its order.');
}
