import { randomUUID } from 'node:crypto';

import type { OrderStatus } from '../../prisma/orders/client/client.ts';
import { Prisma, type PrismaClient } from '../../prisma/orders/client/client.ts';
import type { ChildListReads } from '../kit/connections/child-list.ts';
import { type Connection, type ConnectionAsked, buildConnection } from '../kit/connections/connection.ts';
import type { Page } from '../kit/connections/page.ts';
import { buildPrismaPage } from '../kit/connections/prisma-page.ts';
import { type SortOrder, buildSortOrder } from '../kit/connections/sort-order.ts';
import { Sql, buildSqlCounts, buildSqlList, sql } from '../kit/connections/sql-list.ts';
import { selectFields } from '../kit/loading/select-fields.ts';
import type { OrdersOf } from './access.ts';
import { type ListedProduct, type PricedItem, type PricedOrder, numberOfOrder } from './order.ts';

/** An order as it is read: keys always, the rest when asked for. */
export interface OrderRow {
  readonly id: string;
  readonly sequence: number;
  readonly customerId?: string;
  readonly status?: OrderStatus;
  readonly placedAt?: Date;
  readonly cancelledAt?: Date | null;
  readonly quantity?: number;
  readonly totalAmount?: number;
  readonly currency?: string;
  readonly items?: readonly PricedItem[];
}

/** Which orders to list. */
export interface OrderFilter {
  readonly statuses?: readonly OrderStatus[] | null;
  readonly customerId?: string | null;
  readonly placedFrom?: Date | null;
  readonly placedBefore?: Date | null;
}

/** What orders are ordered by. */
export interface OrderSort {
  readonly by: 'PLACED_AT' | 'TOTAL';
  readonly direction: 'ASC' | 'DESC';
}

const itemColumns = { position: true, productId: true, name: true, quantity: true, unitPriceAmount: true };
const always: Prisma.OrderSelect = { id: true, sequence: true };
const byField: Readonly<Record<string, Prisma.OrderSelect>> = {
  customer: { customerId: true },
  status: { status: true },
  placedAt: { placedAt: true },
  cancelledAt: { cancelledAt: true },
  quantity: { quantity: true },
  total: { totalAmount: true, currency: true },
  totalAmount: { totalAmount: true },
  items: { currency: true, items: { select: itemColumns, orderBy: { position: 'asc' } } },
};

// The same selection for a statement that is written by hand; items come in it as JSON.
const sqlColumns: Readonly<Record<string, Sql>> = {
  id: sql`child.id`,
  sequence: sql`child.sequence`,
  customerId: sql`child.customer_id`,
  status: sql`child.status`,
  placedAt: sql`child.placed_at`,
  cancelledAt: sql`child.cancelled_at`,
  quantity: sql`child.quantity`,
  totalAmount: sql`child.total_amount`,
  currency: sql`child.currency`,
  items: sql`(SELECT coalesce(json_agg(json_build_object('position', position, 'productId', product_id, 'name', name,
    'quantity', quantity, 'unitPriceAmount', unit_price_amount) ORDER BY position), '[]')
    FROM order_items WHERE order_id = child.id)`,
};
const sortColumns = { placedAt: 'placed_at', totalAmount: 'total_amount', id: 'id' };

/** The orders with one of these ids or places in the sequence that are `of` the one or all, in one statement. */
export async function loadOrders(
  database: PrismaClient,
  where: { readonly ids: readonly string[] } | { readonly sequences: readonly number[] },
  of: OrdersOf,
  asked: ReadonlySet<string>,
): Promise<OrderRow[]> {
  return await database.order.findMany({
    where: {
      ...('ids' in where ? { id: { in: [...where.ids] } } : { sequence: { in: [...where.sequences] } }),
      ...of,
    },
    select: selectFields(asked, always, byField),
    relationLoadStrategy: 'join',
  });
}

/** The order of a list of orders. */
export function orderOfOrders({ by, direction }: OrderSort): SortOrder<OrderRow> {
  return buildSortOrder([
    by === 'PLACED_AT'
      ? { name: 'placedAt', direction, type: 'date', valueOf: (row) => row.placedAt ?? new Date(0) }
      : { name: 'totalAmount', direction, type: 'number', valueOf: (row) => row.totalAmount ?? 0 },
    { name: 'id', direction, type: 'text', valueOf: (row) => row.id },
  ]);
}

/** A page of all orders; one statement for the rows and one for the count, each only when asked for. */
export async function listOrders(
  database: PrismaClient,
  filter: OrderFilter,
  order: SortOrder<OrderRow>,
  page: Page,
  asked: ConnectionAsked,
): Promise<Connection<OrderRow>> {
  const { statuses, customerId, placedFrom, placedBefore } = filter;
  const conditions: Prisma.OrderWhereInput[] = [
    ...(statuses ? [{ status: { in: [...statuses] } }] : []),
    ...(typeof customerId === 'string' ? [{ customerId }] : []),
    ...(placedFrom ? [{ placedAt: { gte: placedFrom } }] : []),
    ...(placedBefore ? [{ placedAt: { lt: placedBefore } }] : []),
  ];
  const [rows, totalCount] = await Promise.all([
    asked.rows
      ? database.order.findMany({
          select: selectFields(withSortFields(asked.nodeFields, order), always, byField),
          relationLoadStrategy: 'join',
          ...buildPrismaPage(page, order, conditions),
        })
      : [],
    asked.totalCount ? database.order.count({ where: { AND: conditions } }) : null,
  ]);
  return buildConnection(page, order, rows as OrderRow[], totalCount);
}

/** How the orders of many users are read at once. */
export function readOrdersOfUsers(
  database: PrismaClient,
  filter: OrderFilter,
  order: SortOrder<OrderRow>,
): ChildListReads<OrderRow> {
  const conditions = [
    ...(filter.statuses ? [sql`child.status::text = ANY(${[...filter.statuses]}::text[])`] : []),
    ...(filter.placedFrom ? [sql`child.placed_at >= ${filter.placedFrom}`] : []),
    ...(filter.placedBefore ? [sql`child.placed_at < ${filter.placedBefore}`] : []),
  ];
  const list = { table: 'orders', parentColumn: 'customer_id', conditions };
  return {
    readRows: (parentKeys, page, asked) => {
      const selected = Object.keys(selectFields(withSortFields(asked, order), always, byField));
      const columns = Object.fromEntries(
        Object.entries(sqlColumns).filter(([property]) => selected.includes(property)),
      );
      return database.$queryRaw(buildSqlList({ parentKeys, columns, sortColumns, order, page, ...list }));
    },
    readCounts: (parentKeys) => database.$queryRaw(buildSqlCounts({ parentKeys, ...list })),
  };
}

function withSortFields(asked: ReadonlySet<string>, order: SortOrder<OrderRow>): Set<string> {
  return new Set([...asked, ...order.keys.map((key) => key.name)]);
}

/** What the price list has of these products. */
export async function loadListedProducts(
  database: PrismaClient,
  productIds: readonly string[],
): Promise<Map<string, ListedProduct>> {
  const rows = await database.listedProduct.findMany({ where: { productId: { in: [...productIds] } } });
  return new Map(rows.map((row) => [row.productId, row]));
}

/** How many pieces of each of these products were ordered and not cancelled, in one statement. */
export async function countUnitsOrdered(
  database: PrismaClient,
  productIds: readonly string[],
): Promise<Map<string, number>> {
  const rows = await database.orderItem.groupBy({
    by: ['productId'],
    where: { productId: { in: [...productIds] }, order: { status: { not: 'CANCELLED' } } },
    _sum: { quantity: true },
  });
  return new Map(rows.map(({ productId, _sum }) => [productId, _sum.quantity ?? 0]));
}

/** Writes an order and its items down, together or not at all. */
export async function insertOrder(
  database: PrismaClient,
  customerId: string,
  clientReference: string | null,
  order: PricedOrder,
  placedAt: Date,
): Promise<string> {
  const id = randomUUID();
  const { items, ...sums } = order;
  await database.order.create({
    data: {
      ...sums,
      id,
      customerId,
      clientReference,
      status: 'PLACED',
      placedAt,
      items: { createMany: { data: [...items] } },
    },
    select: { id: true },
  });
  return id;
}

/** The id of the order that the customer placed under that reference. */
export async function findByReference(
  database: PrismaClient,
  customerId: string,
  clientReference: string,
): Promise<string | undefined> {
  const found = await database.order.findFirst({
    where: { customerId, clientReference },
    select: { id: true },
  });
  return found?.id;
}

/** Cancels an order of these that is not yet on its way; false when there was none to cancel. */
export async function cancelIfWaiting(
  database: PrismaClient,
  id: string,
  of: OrdersOf,
  cancelledAt: Date,
): Promise<boolean> {
  const { count } = await database.order.updateMany({
    where: { id, ...of, status: { in: ['PLACED', 'PAID'] } },
    data: { status: 'CANCELLED', cancelledAt },
  });
  return count > 0;
}

/** The number under which people know an order. */
export function numberOf(row: OrderRow): string {
  return numberOfOrder(row.sequence);
}
