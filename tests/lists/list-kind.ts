import { encodeCursor } from '../../subgraphs/kit/connections/cursor.ts';
import type { Random } from '../differential/random.ts';
import { type Draft, type Fields, type Selection, plain, selectSome } from './selection.ts';

type Value = string | number | Date;

/** One key of an order, as the oracle reads it. */
export interface OracleKey<Row> {
  /** As cursors name it. */
  readonly name: string;
  readonly type: 'text' | 'number' | 'date';
  readonly of: (row: Row) => Value;
}

/** A condition of a filter: a value for it, and which rows meet it. */
export interface OracleCondition<Row> {
  readonly field: string;
  readonly valueFor: (random: Random) => unknown;
  readonly isMet: (row: Row, value: never) => boolean;
}

/** A list as its schema describes it. */
export interface ListKind<Parent, Row> {
  readonly field: string;
  /** What the types of its arguments begin with: `User` of `UserFilter` and `UserSort`. */
  readonly filterType: string;
  /** Null where there is one order and no argument for it. */
  readonly sort: { readonly type: string; readonly by: string; readonly direction: Direction } | null;
  readonly keysBy: Readonly<Record<string, readonly OracleKey<Row>[]>>;
  readonly conditions: readonly OracleCondition<Row>[];
  readonly search?: { readonly valueFor: (random: Random) => string; isMet(row: Row, text: string): boolean };
  /** All rows of the parent's list. */
  readonly rowsOf: (parent: Parent) => readonly Row[];
  /** All rows of all lists, for cursors. */
  readonly all: () => readonly Row[];
  readonly node: () => Fields<Row>;
  /** Whether the caller may not see the list of this parent. */
  readonly isRefused?: (parent: Parent) => boolean;
}

export type Direction = 'ASC' | 'DESC';

/** The order of one list. */
export interface OracleOrder<Row> {
  readonly keys: readonly OracleKey<Row>[];
  readonly direction: Direction;
}

/** The arguments of one list, as they are sent and as they are meant. */
export interface ListArguments<Row> {
  /** By name; those that are undefined are not sent. */
  readonly sent: Readonly<Record<string, unknown>>;
  readonly matches: (row: Row) => boolean;
  readonly order: OracleOrder<Row>;
  readonly after: readonly Value[] | undefined;
  readonly before: readonly Value[] | undefined;
}

/** Compares as databases do: texts by code point. */
export function compareValues(one: Value, other: Value): number {
  if (typeof one === 'string' && typeof other === 'string')
    return Buffer.compare(Buffer.from(one), Buffer.from(other));
  return Number(one) - Number(other);
}

function compareTo<Row>(order: OracleOrder<Row>, row: Row, values: readonly Value[]): number {
  for (const [place, key] of order.keys.entries()) {
    const compared = compareValues(key.of(row), values[place] as Value);
    if (compared !== 0) return order.direction === 'ASC' ? compared : -compared;
  }
  return 0;
}

export function valuesOf<Row>(order: OracleOrder<Row>, row: Row): Value[] {
  return order.keys.map((key) => key.of(row));
}

/** The cursor of an edge. */
export function cursorOf<Row>(order: OracleOrder<Row>, values: readonly Value[]): string {
  const name = order.keys.map((key) => `${key.name}:${order.direction}:${key.type}`).join(',');
  return encodeCursor(
    name,
    values.map((value) => (value instanceof Date ? value.getTime() : value)),
  );
}

/** The whole list, in order. */
export function listWhole<Parent, Row>(
  kind: ListKind<Parent, Row>,
  parent: Parent,
  { matches, order }: Pick<ListArguments<Row>, 'matches' | 'order'>,
): Row[] {
  return kind
    .rowsOf(parent)
    .filter(matches)
    .sort((one, other) => compareTo(order, one, valuesOf(order, other)));
}

/** A list with these arguments and, unless others are given, one to four of the connection's fields. */
export function selectList<Parent, Row>(
  draft: Draft,
  kind: ListKind<Parent, Row>,
  args: ListArguments<Row>,
  inner: Selection<PageOfRows<Row>> = selectSome(draft, connectionFields(kind)),
): Selection<Parent> {
  const types: Readonly<Record<string, string>> = {
    filter: kind.filterType,
    sort: `${kind.sort?.type ?? ''}!`,
    search: 'String',
    first: 'NonNegativeInt',
    last: 'NonNegativeInt',
    after: 'String',
    before: 'String',
  };
  const sent = Object.entries(args.sent)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}: ${draft.variable(types[name] ?? '', value)}`);
  return {
    text: `${kind.field}${sent.length > 0 ? `(${sent.join(', ')})` : ''} { ${inner.text} }`,
    answer: (parent) =>
      kind.isRefused?.(parent) ? draft.refuse() : inner.answer(cutPage(listWhole(kind, parent, args), args)),
  };
}

/** A page, as the oracle cuts it out of the whole list. */
export interface PageOfRows<Row> {
  readonly rows: readonly Row[];
  readonly order: OracleOrder<Row>;
  readonly hasPreviousPage: boolean;
  readonly hasNextPage: boolean;
  readonly totalCount: number;
}

export function cutPage<Row>(whole: readonly Row[], args: ListArguments<Row>): PageOfRows<Row> {
  const { order, after, before, sent } = args;
  const between = whole.filter(
    (row) =>
      (after === undefined || compareTo(order, row, after) > 0) &&
      (before === undefined || compareTo(order, row, before) < 0),
  );
  const last = sent['last'] as number | null | undefined;
  const limit = last ?? (sent['first'] as number | null | undefined) ?? 20;
  const hasMore = between.length > limit;
  const isBackward = typeof last === 'number';
  return {
    rows: isBackward ? between.slice(Math.max(0, between.length - limit)) : between.slice(0, limit),
    order,
    hasPreviousPage: isBackward ? hasMore : after !== undefined,
    hasNextPage: isBackward ? before !== undefined : hasMore,
    totalCount: whole.length,
  };
}

/** The fields of a connection. */
export function connectionFields<Parent, Row>(kind: ListKind<Parent, Row>): Fields<PageOfRows<Row>> {
  const cursorAt = ({ rows, order }: PageOfRows<Row>, place: number) => {
    const row = rows.at(place);
    return row === undefined ? null : cursorOf(order, valuesOf(order, row));
  };
  const pageInfo: Fields<PageOfRows<Row>> = {
    ...plain('startCursor', (page) => cursorAt(page, 0)),
    ...plain('endCursor', (page) => cursorAt(page, -1)),
    ...plain('hasPreviousPage', (page) => page.hasPreviousPage),
    ...plain('hasNextPage', (page) => page.hasNextPage),
  };
  return {
    ...plain('totalCount', (page) => page.totalCount),
    pageInfo: (draft) => {
      const inner = selectSome(draft, pageInfo);
      return { text: `pageInfo { ${inner.text} }`, answer: inner.answer };
    },
    nodes: (draft) => {
      const inner = selectSome(draft, kind.node());
      return { text: `nodes { ${inner.text} }`, answer: ({ rows }) => rows.map(inner.answer) };
    },
    edges: (draft) => {
      const inner = selectSome(draft, kind.node());
      return {
        text: `edges { cursor node { ${inner.text} } }`,
        answer: ({ rows, order }) =>
          rows.map((row) => ({ cursor: cursorOf(order, valuesOf(order, row)), node: inner.answer(row) })),
      };
    },
  };
}
