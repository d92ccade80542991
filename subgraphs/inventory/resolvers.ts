import {
  GraphQLCountryCode,
  GraphQLCurrency,
  GraphQLDateTime,
  GraphQLNonNegativeInt,
  GraphQLPositiveInt,
} from 'graphql-scalars';

import type { PrismaClient, Warehouse } from '../../prisma/inventory/client/client.ts';
import { loadChildList } from '../kit/connections/child-list.ts';
import type { PageArguments } from '../kit/connections/page.ts';
import type { Resolvers } from '../kit/define-subgraph.ts';
import { fieldsAsked } from '../kit/loading/fields-asked.ts';
import type { RequestContext } from '../kit/request-context.ts';
import { badInput } from '../kit/subgraph-error.ts';
import { refuseStockKeeping } from './access.ts';
import {
  type StockFilter,
  type StockLevelRow,
  changeStock,
  loadReservations,
  loadStock,
  loadWarehouses,
  orderOfStock,
  readStockOfWarehouses,
} from './queries.ts';
import { type ReserveStockInput, reserveStock } from './reserve-stock.ts';
import { type Money, estimateShipping } from './shipping.ts';
import { type ReservationLine, type StockError, availableOf, checkAdjustment } from './stock.ts';

/** A product as the gateway hands it over: its key, and what @requires names when that is asked for. */
interface ProductReference {
  readonly id: string;
  readonly price?: Money;
  readonly weight?: number;
}

interface AdjustStockInput {
  readonly productId: string;
  readonly warehouseId: string;
  readonly change: number;
}

interface StockArguments extends PageArguments {
  readonly filter?: StockFilter | null;
}

type Context = RequestContext<PrismaClient>;

/** The resolvers of inventory. `clock` gives the time of a change. */
export function createResolvers(clock: () => Date): Resolvers<PrismaClient> {
  return {
    DateTime: GraphQLDateTime,
    Currency: GraphQLCurrency,
    CountryCode: GraphQLCountryCode,
    PositiveInt: GraphQLPositiveInt,
    NonNegativeInt: GraphQLNonNegativeInt,
    Query: {
      async warehouse(
        _source,
        args: { readonly id?: string | null; readonly code?: string | null },
        context,
      ) {
        const { id, code } = args;
        if (typeof id === 'string' && typeof code !== 'string')
          return (await loadWarehouses(context.database, { ids: [id] }))[0] ?? null;
        if (typeof code === 'string' && typeof id !== 'string')
          return (await loadWarehouses(context.database, { codes: [code] }))[0] ?? null;
        throw badInput('Give exactly one of "id" and "code" to warehouse.');
      },
      warehouses: (_source, _args, context) => loadWarehouses(context.database, undefined),
      async reservation(_source, args: { readonly id: string }, context) {
        const refusal = refuseStockKeeping(context.caller);
        if (refusal) return refusal;
        return (await loadReservations(context.database, { ids: [args.id] }))[0] ?? null;
      },
    },
    Mutation: {
      adjustStock: (_source, args: { readonly input: AdjustStockInput }, context) =>
        refuseStockKeeping(context.caller) ?? adjustStock(context.database, args.input, clock()),
      async reserveStock(_source, args: { readonly input: ReserveStockInput }, context) {
        const refusal = refuseStockKeeping(context.caller);
        if (refusal) return refusal;
        const outcome = await reserveStock(context.database, args.input, clock());
        return { reservation: null, errors: [], ...outcome };
      },
    },
    Product: {
      inStock: async (product: ProductReference, _args, context) =>
        availableOf(await stockOf(product, context, new Set())) > 0,
      available: async (product: ProductReference, _args, context) =>
        availableOf(await stockOf(product, context, new Set())),
      stockLevels: (product: ProductReference, _args, context, info) =>
        stockOf(product, context, new Set([...fieldsAsked(info), 'levels'])),
      shippingEstimate({ id, price, weight }: ProductReference) {
        if (price && typeof weight === 'number') return estimateShipping(price, weight);
        throw badInput(`The representation of the product ${JSON.stringify(id)} has no price and weight.`);
      },
    },
    Warehouse: {
      stock(warehouse: Warehouse, args: StockArguments, context, info) {
        const list = () => ({
          order: orderOfStock,
          reads: readStockOfWarehouses(context.database, args.filter ?? {}),
        });
        return loadChildList({ parentKey: warehouse.id, args, context, info, list });
      },
    },
    StockLevel: {
      available: (level: StockLevelRow) => availableOf([level]),
      product: (level: StockLevelRow) => ({ __typename: 'Product', id: level.productId }),
      warehouse: (level: StockLevelRow, _args, context) => level.warehouse ?? warehouseOf(level, context),
    },
    ReservationLine: {
      product: (line: ReservationLine) => ({ __typename: 'Product', id: line.productId }),
    },
  };
}

/** All stock of a product; its sum and its levels come with the same statement. */
async function stockOf(
  { id }: ProductReference,
  context: Context,
  asked: ReadonlySet<string>,
): Promise<readonly StockLevelRow[]> {
  const loader = context.loaders.use('Product stock', 'Product', (batch) =>
    loadStock(context.database, batch.keys, batch.asked),
  );
  return (await loader.load(id, asked)) ?? [];
}

function warehouseOf({ warehouseId }: StockLevelRow, context: Context): Promise<Warehouse | null> {
  const loader = context.loaders.use('Warehouse', 'Warehouse', async (batch) => {
    const rows = await loadWarehouses(context.database, { ids: batch.keys });
    return new Map(rows.map((row) => [row.id, row]));
  });
  return loader.load(warehouseId, new Set());
}

async function adjustStock(database: PrismaClient, input: AdjustStockInput, now: Date) {
  const { productId, warehouseId, change } = input;
  const refuse = (error: StockError) => ({ stockLevel: null, errors: [error] });
  const [invalid] = checkAdjustment(change);
  if (invalid) return refuse(invalid);
  const [warehouse] = await loadWarehouses(database, { ids: [warehouseId] });
  if (!warehouse)
    return refuse({
      code: 'WAREHOUSE_NOT_FOUND',
      field: 'warehouseId',
      message: `There is no warehouse with the id ${JSON.stringify(warehouseId)}.`,
    });
  const stockLevel = await changeStock(database, productId, warehouseId, change, now);
  if (stockLevel) return { stockLevel: { ...stockLevel, warehouse }, errors: [] };
  const found = (await loadStock(database, [productId], new Set())).get(productId);
  const level = found?.find((row) => row.warehouseId === warehouseId);
  const place = `the product ${JSON.stringify(productId)} in ${warehouse.code}`;
  if (!level)
    return refuse({
      code: 'PRODUCT_NOT_STOCKED',
      field: 'productId',
      message: `There is no stock of ${place}.`,
    });
  return refuse(
    change > 0
      ? {
          code: 'INVALID_VALUE',
          field: 'change',
          message: `There are ${level.onHand} pieces of ${place}; no more can be kept.`,
        }
      : {
          code: 'INSUFFICIENT_STOCK',
          field: 'change',
          message: `${-change} pieces of ${place} were to go, and ${availableOf([level])} can.`,
        },
  );
}
