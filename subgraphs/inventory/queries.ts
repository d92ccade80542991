import { randomUUID } from 'node:crypto';

import type { Prisma, PrismaClient, Warehouse } from '../../prisma/inventory/client/client.ts';
import type { ChildListReads } from '../kit/connections/child-list.ts';
import { type SortOrder, buildSortOrder } from '../kit/connections/sort-order.ts';
import { buildSqlCounts, buildSqlList, sql } from '../kit/connections/sql-list.ts';
import type { ReservationLine, Stock } from './stock.ts';

/** The stock of a product in a warehouse as it is read. */
export interface StockLevelRow extends Stock {
  readonly updatedAt?: Date;
  /** Read along when asked for. */
  readonly warehouse?: Warehouse;
}

/** A reservation as it is read. */
export interface ReservationRow {
  readonly id: string;
  readonly reference: string;
  readonly createdAt: Date;
  readonly lines: readonly (ReservationLine & { readonly warehouse: Warehouse })[];
}

/** Which stock levels to list. */
export interface StockFilter {
  readonly availableTo?: number | null;
  readonly availableFrom?: number | null;
}

/** A transaction, or the client outside of one. */
type Connection = PrismaClient | Prisma.TransactionClient;

/** The stock of these products in all warehouses, by the warehouses' codes, in one statement. */
export async function loadStock(
  database: PrismaClient,
  productIds: readonly string[],
  asked: ReadonlySet<string>,
): Promise<Map<string, StockLevelRow[]>> {
  const rows: readonly StockLevelRow[] = await database.stockLevel.findMany({
    where: { productId: { in: [...productIds] } },
    select: {
      productId: true,
      warehouseId: true,
      onHand: true,
      reserved: true,
      ...(asked.has('updatedAt') ? { updatedAt: true } : {}),
      ...(asked.has('warehouse') ? { warehouse: true } : {}),
    },
    // A sum needs no order.
    ...(asked.has('levels') ? { orderBy: { warehouse: { code: 'asc' } } } : {}),
    relationLoadStrategy: 'join',
  });
  const byProduct = new Map<string, StockLevelRow[]>(productIds.map((id) => [id, []]));
  for (const row of rows) byProduct.get(row.productId)?.push(row);
  return byProduct;
}

/** All warehouses with one of these ids or codes, or all there are, by code. */
export function loadWarehouses(
  database: PrismaClient,
  where: { readonly ids: readonly string[] } | { readonly codes: readonly string[] } | undefined,
): Promise<Warehouse[]> {
  if (!where) return database.warehouse.findMany({ orderBy: { code: 'asc' } });
  return database.warehouse.findMany({
    where: 'ids' in where ? { id: { in: [...where.ids] } } : { code: { in: [...where.codes] } },
  });
}

/** The order of a warehouse's stock. */
export const orderOfStock: SortOrder<StockLevelRow> = buildSortOrder([
  { name: 'productId', direction: 'ASC', type: 'text', valueOf: (row) => row.productId },
]);

/** How the stock of many warehouses is read at once. */
export function readStockOfWarehouses(
  database: PrismaClient,
  filter: StockFilter,
): ChildListReads<StockLevelRow> {
  const available = sql`(child.on_hand - child.reserved)`;
  // A NonNegativeInt may be more than the columns hold, and is then more than there is of anything.
  const conditions = [
    ...(typeof filter.availableFrom === 'number'
      ? [sql`${available} >= ${filter.availableFrom}::bigint`]
      : []),
    ...(typeof filter.availableTo === 'number' ? [sql`${available} <= ${filter.availableTo}::bigint`] : []),
  ];
  const list = { table: 'stock_levels', parentColumn: 'warehouse_id', conditions };
  const columns = {
    productId: sql`child.product_id`,
    warehouseId: sql`child.warehouse_id`,
    onHand: sql`child.on_hand`,
    reserved: sql`child.reserved`,
    updatedAt: sql`child.updated_at`,
  };
  return {
    readRows: (parentKeys, page) =>
      database.$queryRaw(
        buildSqlList({
          parentKeys,
          columns,
          sortColumns: { productId: 'product_id' },
          order: orderOfStock,
          page,
          ...list,
        }),
      ),
    readCounts: (parentKeys) => database.$queryRaw(buildSqlCounts({ parentKeys, ...list })),
  };
}

/** Changes the pieces on the shelf; undefined when fewer would be left than are set aside. */
export async function changeStock(
  database: PrismaClient,
  productId: string,
  warehouseId: string,
  change: number,
  updatedAt: Date,
): Promise<StockLevelRow | undefined> {
  // One statement each, so that two changes at once cannot both see what only one of them may take.
  const rows: StockLevelRow[] =
    change > 0
      ? await database.$queryRaw`
          INSERT INTO stock_levels AS stock (product_id, warehouse_id, on_hand, updated_at)
          VALUES (${productId}, ${warehouseId}, ${change}, ${updatedAt})
          ON CONFLICT (product_id, warehouse_id)
            DO UPDATE SET on_hand = stock.on_hand + excluded.on_hand, updated_at = excluded.updated_at
            WHERE stock.on_hand <= 1000000000
          RETURNING product_id AS "productId", warehouse_id AS "warehouseId", on_hand AS "onHand", reserved,
            updated_at AS "updatedAt"`
      : await database.$queryRaw`
          UPDATE stock_levels SET on_hand = on_hand + ${change}, updated_at = ${updatedAt}
          WHERE product_id = ${productId} AND warehouse_id = ${warehouseId} AND on_hand + ${change} >= reserved
          RETURNING product_id AS "productId", warehouse_id AS "warehouseId", on_hand AS "onHand", reserved,
            updated_at AS "updatedAt"`;
  return rows[0];
}

/** The stock of these products, locked until the transaction ends; in one order, so that two of them cannot lock each other out. */
export function lockStock(transaction: Connection, productIds: readonly string[]): Promise<Stock[]> {
  return transaction.$queryRaw`
    SELECT product_id AS "productId", warehouse_id AS "warehouseId", on_hand AS "onHand", reserved
    FROM stock_levels WHERE product_id = ANY(${[...productIds]}::text[])
    ORDER BY product_id, warehouse_id FOR UPDATE`;
}

/** Writes a reservation down and sets its lines' stock aside. */
export async function insertReservation(
  transaction: Connection,
  reference: string,
  lines: readonly ReservationLine[],
  createdAt: Date,
): Promise<void> {
  const id = randomUUID();
  await transaction.reservation.create({ data: { id, reference, createdAt }, select: { id: true } });
  await transaction.reservationLine.createMany({
    data: lines.map((line) => ({ reservationId: id, ...line })),
  });
  await transaction.$executeRaw`
    UPDATE stock_levels SET reserved = reserved + line.quantity, updated_at = ${createdAt}
    FROM unnest(${lines.map((line) => line.productId)}::text[], ${lines.map((line) => line.warehouseId)}::text[],
      ${lines.map((line) => line.quantity)}::int[]) AS line(product_id, warehouse_id, quantity)
    WHERE stock_levels.product_id = line.product_id AND stock_levels.warehouse_id = line.warehouse_id`;
}

/** The reservations with one of these ids or references, with their lines, in one statement. */
export function loadReservations(
  database: Connection,
  where: { readonly ids: readonly string[] } | { readonly references: readonly string[] },
): Promise<ReservationRow[]> {
  return database.reservation.findMany({
    where: 'ids' in where ? { id: { in: [...where.ids] } } : { reference: { in: [...where.references] } },
    include: {
      lines: { include: { warehouse: true }, orderBy: [{ productId: 'asc' }, { warehouseId: 'asc' }] },
    },
    relationLoadStrategy: 'join',
  });
}
