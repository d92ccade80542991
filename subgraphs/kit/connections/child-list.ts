import type { GraphQLResolveInfo } from 'graphql';

import type { BatchLoader } from '../loading/batch-loader.ts';
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
  readonly context: RequestContext<Client>;
  readonly info: GraphQLResolveInfo;
  /** How the list is ordered and read; asked once for all parents that share the field. */
  readonly list: () => { readonly order: SortOrder<Row>; readonly reads: ChildListReads<Row> };
}

/** What is the same for all parents of one field of one request. */
interface PreparedList<Row> {
  readonly page: Page;
  readonly order: SortOrder<Row>;
  readonly asked: ConnectionAsked;
  readonly rowsLoader: () => BatchLoader<Row[]>;
  readonly countLoader: () => BatchLoader<number>;
}

/**
 * The connection of one parent. All parents that ask for the same list in the same tick are answered by one statement
 * for the rows and one for the counts, each only when the operation asks for it.
 */
export async function loadChildList<Client, Row>(
  field: ChildListField<Client, Row>,
): Promise<Connection<Row>> {
  const { parentKey, info } = field;
  const { preparedLists } = field.context;
  // graphql-js makes the list of a field's nodes once a request and hands the same one to the field of every parent. A
  // map of the request and not a WeakMap of all: V8's young collections take what that holds for alive, so the whole of
  // each request went on to the old generation. One field has rows of one type: the map cannot say so.
  let prepared = preparedLists.get(info.fieldNodes) as PreparedList<Row> | undefined;
  if (!prepared) preparedLists.set(info.fieldNodes, (prepared = prepareList(field)));
  const { page, order, asked } = prepared;
  const rows = asked.rows ? prepared.rowsLoader().load(parentKey, asked.nodeFields) : null;
  const totalCount = asked.totalCount ? prepared.countLoader().load(parentKey, nothing) : null;
  // Both are under way before the first is waited for; a failure of the second while it is must not count as unhandled.
  totalCount?.catch(() => {});
  const rowsRead = (await rows) ?? [];
  return buildConnection(page, order, rowsRead, asked.totalCount ? ((await totalCount) ?? 0) : null);
}

const nothing: ReadonlySet<string> = new Set();

function prepareList<Client, Row>(field: ChildListField<Client, Row>): PreparedList<Row> {
  const { args, context, info } = field;
  const { order, reads } = field.list();
  const page = parsePage(args, order.name);
  const cause = `${info.parentType.name}.${info.fieldName}`;
  const { first, after, last, before, ...rest } = args;
  const rowsIdentity = `${cause} rows ${JSON.stringify([first, after, last, before, rest])}`;
  const countIdentity = `${cause} count ${JSON.stringify(rest)}`;
  return {
    page,
    order,
    asked: connectionAsked(info),
    // Looked up each time: a mutation throws the request's loaders away.
    rowsLoader: () =>
      context.loaders.use<Row[]>(rowsIdentity, cause, async (batch) =>
        groupByParent(batch.keys, await reads.readRows(batch.keys, page, batch.asked)),
      ),
    countLoader: () =>
      context.loaders.use<number>(countIdentity, cause, async (batch) => {
        const counts = await reads.readCounts(batch.keys);
        return new Map(counts.map((entry) => [entry.parentKey, entry.count]));
      }),
  };
}

function groupByParent<Row>(
  keys: readonly string[],
  rows: readonly (Row & { readonly parentKey: string })[],
): Map<string, Row[]> {
  const groups = new Map<string, Row[]>(keys.map((key) => [key, []]));
  for (const row of rows) groups.get(row.parentKey)?.push(row);
  return groups;
}
