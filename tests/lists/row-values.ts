import type { OracleCondition, OracleKey } from './list-kind.ts';
import type { Row } from './rows.ts';

/** Keys of an order, by the name that cursors have for them and the column that holds them. */
export function text(name: string, column: string): OracleKey<Row> {
  return { name, type: 'text', of: (row) => String(row[column]) };
}

export function number(name: string, column: string): OracleKey<Row> {
  return { name, type: 'number', of: (row) => Number(row[column]) };
}

export function date(name: string, column: string): OracleKey<Row> {
  return { name, type: 'date', of: (row) => row[column] as Date };
}

/** Instants from which a filter takes its bounds: those of the rows, one beside them, and others far away. */
function boundsOf(instants: readonly Date[]): string[] {
  const near = instants.flatMap((at) => [at, new Date(at.getTime() + 1)]).map((at) => at.toISOString());
  const zoned = near.map((at) => `${at.slice(0, -1)}+00:00`);
  return [...near, ...zoned, '0001-01-01T00:00:00Z', '0099-05-01T00:00:00Z', '9999-12-31T23:59:59.999Z'];
}

/** The condition that a row's instant is the bound or later. */
export function atOrAfter(field: string, column: string, instants: readonly Date[]): OracleCondition<Row> {
  return {
    field,
    valueFor: (random) => random.pick(boundsOf(instants)),
    isMet: (row, bound: string) => (row[column] as Date).getTime() >= Date.parse(bound),
  };
}

/** The condition that a row's instant is before the bound. */
export function before(field: string, column: string, instants: readonly Date[]): OracleCondition<Row> {
  return {
    field,
    valueFor: (random) => random.pick(boundsOf(instants)),
    isMet: (row, bound: string) => (row[column] as Date).getTime() < Date.parse(bound),
  };
}

/** The condition that a number is at least the bound. */
export function atLeast(
  field: string,
  valueOf: (row: Row) => number,
  bounds: readonly number[],
): OracleCondition<Row> {
  return {
    field,
    valueFor: (random) => random.pick(bounds),
    isMet: (row, bound: number) => valueOf(row) >= bound,
  };
}

/** The condition that a number is at most the bound. */
export function atMost(
  field: string,
  valueOf: (row: Row) => number,
  bounds: readonly number[],
): OracleCondition<Row> {
  return {
    field,
    valueFor: (random) => random.pick(bounds),
    isMet: (row, bound: number) => valueOf(row) <= bound,
  };
}

/** The condition that a value is one of several, or of none. */
export function oneOf(field: string, column: string, values: readonly string[]): OracleCondition<Row> {
  return {
    field,
    valueFor: (random) =>
      random.chance(0.1) ? random.pick(values) : values.filter(() => random.chance(0.4)),
    // One value stands for a list of it.
    isMet: (row, listed: string | readonly string[]) => [listed].flat().includes(String(row[column])),
  };
}
