import type { GraphQLResolveInfo } from 'graphql';

import type { RequestContext } from '../request-context.ts';
import { type Connection, type ConnectionAsked, buildConnection, connectionAsked } from './connection.ts';
import type { Page, PageArguments } from './page.ts';
import { parsePage } from './page.ts';
import type { SortOrder } from './sort-order.ts';

/** What a service has to say to load the lists of many parents at once. */
export interface ChildListReads<Row> {
  /** The rows of the page of each parent, with the parent's key, in the order of reading; one statement. */
  readonly readRows: (
    parentKeys: readonly string[],
    page: Page,
    asked: ReadonlySet<string>,
  ) => Promise<readonly (Row & { readonly parentKey: string })[]>;
  /** How many rows the list of each parent has on all pages; one statement. */
  readonly readCounts: (
    parentKeys: readonly string[],
  ) => Promise<readonly { readonly parentKey: string; readonly count: number }[]>;
}

/** One field that is a list of children. */
export interface ChildListField<Client, Row> {
  readonly parentKey: string;
  /** Everything that the list depends on beside the parent: filter, sort and page. */
  readonly args: PageArguments;
  readonly order: SortOrder<Row>;
  readonly context: RequestContext<Client>;
  readonly info: GraphQLResolveInfo;
  readonly reads: ChildListReads<Row>;
}

/**
 * The connection of one parent. All parents that ask for the same list in the same tick are answered by one statement
 * for the rows and one for the counts, each only when the operation asks for it.
 */
export async function loadChildList<Client, Row>(
  field: ChildListField<Client, Row>,
): Promise<Connection<Row>> {
  const { parentKey, args, order, context, info, reads } = field;
  const page = parsePage(args, order.name);
  const asked: ConnectionAsked = connectionAsked(info);
  const cause = `${info.parentType.name}.${info.fieldName}`;
  const { first, after, last, before, ...rest } = args;
  const rows = asked.rows
    ? context.loaders
        .use<Row[]>(
          `${cause} rows ${JSON.stringify([first, after, last, before, rest])}`,
          cause,
          async (batch) => groupByParent(batch.keys, await reads.readRows(batch.keys, page, batch.asked)),
        )
        .load(parentKey, asked.nodeFields)
    : [];
  const count = asked.totalCount
    ? context.loaders
        .use<number>(`${cause} count ${JSON.stringify(rest)}`, cause, async (batch) => {
          const counts = await reads.readCounts(batch.keys);
          return new Map(counts.map((entry) => [entry.parentKey, entry.count]));
        })
        .load(parentKey, new Set())
    : null;
  const [rowsRead, totalCount] = await Promise.all([rows, count]);
  return buildConnection(page, order, rowsRead ?? [], asked.totalCount ? (totalCount ?? 0) : null);
}

function groupByParent<Row>(
  keys: readonly string[],
  rows: readonly (Row & { readonly parentKey: string })[],
): Map<string, Row[]> {
  const groups = new Map<string, Row[]>(keys.map((key) => [key, []]));
  for (const row of rows) groups.get(row.parentKey)?.push(row);
  return groups;
}
