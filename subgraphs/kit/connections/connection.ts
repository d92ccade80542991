import type { GraphQLResolveInfo } from 'graphql';

import { fieldsAsked, nodeFieldsAsked } from '../loading/fields-asked.ts';
import { encodeCursor } from './cursor.ts';
import type { Page } from './page.ts';
import { type SortOrder, cursorValuesOf } from './sort-order.ts';

/** A page of a list, in the shape of the GraphQL Cursor Connections specification. */
export interface Connection<Row> {
  readonly edges: readonly { readonly cursor: string; readonly node: Row }[];
  readonly nodes: readonly Row[];
  readonly pageInfo: {
    readonly startCursor: string | null;
    readonly endCursor: string | null;
    readonly hasPreviousPage: boolean;
    readonly hasNextPage: boolean;
  };
  readonly totalCount: number | null;
}

/** Which parts of a connection the operation selects: what is not asked for is not read. */
export interface ConnectionAsked {
  /** True when edges, nodes or pageInfo are wanted, so that rows have to be read. */
  readonly rows: boolean;
  readonly totalCount: boolean;
  /** The fields that are wanted of each node. */
  readonly nodeFields: ReadonlySet<string>;
}

/** What the operation wants of a connection. */
export function connectionAsked(info: GraphQLResolveInfo): ConnectionAsked {
  const asked = fieldsAsked(info);
  return {
    rows: asked.has('edges') || asked.has('nodes') || asked.has('pageInfo'),
    totalCount: asked.has('totalCount'),
    nodeFields: nodeFieldsAsked(info),
  };
}

/**
 * Makes the connection of the rows that were read for a page: in the order of reading (backward pages from the end),
 * and one more than the limit where there are more. Edges and cursors are made when they are asked for: most operations
 * want the nodes alone.
 */
export function buildConnection<Row>(
  page: Page,
  order: SortOrder<Row>,
  rowsRead: readonly Row[],
  totalCount: number | null,
): Connection<Row> {
  const hasMore = rowsRead.length > page.limit;
  const rows = rowsRead.slice(0, page.limit);
  if (page.direction === 'backward') rows.reverse();
  const edgeOf = (node: Row) => ({ cursor: encodeCursor(order.name, cursorValuesOf(order, node)), node });
  const cursorOf = (row: Row | undefined) => (row === undefined ? null : edgeOf(row).cursor);
  // What the other side holds is not counted. A cursor is of an edge of this list, so there is at least that edge.
  return {
    get edges() {
      return rows.map(edgeOf);
    },
    nodes: rows,
    pageInfo: {
      get startCursor() {
        return cursorOf(rows.at(0));
      },
      get endCursor() {
        return cursorOf(rows.at(-1));
      },
      hasPreviousPage: page.direction === 'backward' ? hasMore : page.after !== undefined,
      hasNextPage: page.direction === 'forward' ? hasMore : page.before !== undefined,
    },
    totalCount,
  };
}
