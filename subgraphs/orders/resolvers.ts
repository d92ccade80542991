import { GraphQLCurrency, GraphQLDateTime, GraphQLNonNegativeInt, GraphQLPositiveInt } from 'graphql-scalars';

import type { PrismaClient } from '../../prisma/orders/client/client.ts';
import { subjectOf } from '../kit/access.ts';
import { loadChildList } from '../kit/connections/child-list.ts';
import { connectionAsked } from '../kit/connections/connection.ts';
import { type PageArguments, parsePage } from '../kit/connections/page.ts';
import { uniqueViolationOf } from '../kit/database/unique-violation.ts';
import type { Resolver, Resolvers } from '../kit/define-subgraph.ts';
import { fieldsAsked } from '../kit/loading/fields-asked.ts';
import { badInput } from '../kit/subgraph-error.ts';
import { readableOrders, refuseAllOrders, refuseOrdersOf, writableOrders } from './access.ts';
import {
  type OrderError,
  type PlaceOrderInput,
  type PricedItem,
  checkOrder,
  priceOrder,
  sequenceOfNumber,
} from './order.ts';
import {
  type OrderFilter,
  type OrderRow,
  type OrderSort,
  cancelIfWaiting,
  countUnitsOrdered,
  findByReference,
  insertOrder,
  listOrders,
  loadListedProducts,
  loadOrders,
  numberOf,
  orderOfOrders,
  readOrdersOfUsers,
} from './queries.ts';

interface OrdersArguments extends PageArguments {
  readonly filter?: OrderFilter | null;
  readonly sort: OrderSort;
}

type ItemInOrder = PricedItem & { readonly currency: string };

/** The resolvers of orders. `clock` gives the time of an order. */
export function createResolvers(clock: () => Date): Resolvers<PrismaClient> {
  return {
    DateTime: GraphQLDateTime,
    Currency: GraphQLCurrency,
    PositiveInt: GraphQLPositiveInt,
    NonNegativeInt: GraphQLNonNegativeInt,
    Query: {
      async order(
        _source,
        args: { readonly id?: string | null; readonly number?: string | null },
        context,
        info,
      ) {
        const where = whereOf(args);
        const of = readableOrders(context.caller);
        return (await loadOrders(context.database, where, of, fieldsAsked(info)))[0] ?? null;
      },
      orders(_source, args: OrdersArguments, context, info) {
        const refusal = refuseAllOrders(context.caller);
        if (refusal) return refusal;
        const order = orderOfOrders(args.sort);
        const page = parsePage(args, order.name);
        return listOrders(context.database, args.filter ?? {}, order, page, connectionAsked(info));
      },
    },
    Mutation: createMutations(clock),
    Order: {
      number: numberOf,
      customer: (order: OrderRow) => ({ __typename: 'User', id: order.customerId }),
      total: (order: OrderRow) => ({ amount: order.totalAmount, currency: order.currency }),
      items: (order: OrderRow) => order.items?.map((item) => ({ ...item, currency: order.currency })),
    },
    OrderItem: {
      product: (item: ItemInOrder) => ({ __typename: 'Product', id: item.productId }),
      unitPrice: (item: ItemInOrder) => ({ amount: item.unitPriceAmount, currency: item.currency }),
      total: (item: ItemInOrder) => ({
        amount: item.unitPriceAmount * item.quantity,
        currency: item.currency,
      }),
    },
    User: {
      orders(user: { readonly id: string }, args: OrdersArguments, context, info) {
        const refusal = refuseOrdersOf(context.caller, user.id);
        if (refusal) return refusal;
        const list = () => {
          const order = orderOfOrders(args.sort);
          return { order, reads: readOrdersOfUsers(context.database, args.filter ?? {}, order) };
        };
        return loadChildList({ parentKey: user.id, args, context, info, list });
      },
    },
    Product: {
      async unitsOrdered(product: { readonly id: string }, _args, context) {
        const loader = context.loaders.use('Product.unitsOrdered', 'Product.unitsOrdered', (batch) =>
          countUnitsOrdered(context.database, batch.keys),
        );
        return (await loader.load(product.id, new Set())) ?? 0;
      },
    },
  };
}

function createMutations(clock: () => Date): Readonly<Record<string, Resolver<PrismaClient>>> {
  return {
    async placeOrder(_source, args: { readonly input: PlaceOrderInput }, context, info) {
      const customerId = subjectOf(context.caller);
      const placed = await placeOrder(context.database, customerId, args.input, clock());
      if ('errors' in placed) return { order: null, errors: placed.errors };
      const asked = fieldsAsked(info, ['order']);
      const [order] = await loadOrders(context.database, { ids: [placed.id] }, { customerId }, asked);
      return { order, errors: [] };
    },
    async cancelOrder(_source, args: { readonly input: { readonly id: string } }, context, info) {
      const { id } = args.input;
      const of = writableOrders(context.caller);
      await cancelIfWaiting(context.database, id, of, clock());
      const asked = new Set([...fieldsAsked(info, ['order']), 'status']);
      const [order] = await loadOrders(context.database, { ids: [id] }, of, asked);
      const error = refusalOf(id, order);
      return error ? { order: null, errors: [error] } : { order, errors: [] };
    },
  };
}

function whereOf({ id, number }: { readonly id?: string | null; readonly number?: string | null }) {
  if (typeof id === 'string' && typeof number !== 'string') return { ids: [id] };
  if (typeof number === 'string' && typeof id !== 'string') {
    const sequence = sequenceOfNumber(number);
    return { sequences: sequence === undefined ? [] : [sequence] };
  }
  throw badInput('Give exactly one of "id" and "number" to order.');
}

async function placeOrder(
  database: PrismaClient,
  customerId: string,
  input: PlaceOrderInput,
  placedAt: Date,
): Promise<{ readonly id: string } | { readonly errors: readonly OrderError[] }> {
  const errors = checkOrder(input);
  if (errors.length > 0) return { errors };
  const { clientReference } = input;
  const findPlaced = async () =>
    clientReference ? await findByReference(database, customerId, clientReference) : undefined;
  // Before pricing: asking again is to find the order even when a price has changed since.
  const placed = await findPlaced();
  if (placed) return { id: placed };
  const listed = await loadListedProducts(
    database,
    input.items.map((item) => item.productId),
  );
  const priced = priceOrder(input, listed);
  if ('errors' in priced) return priced;
  try {
    return { id: await insertOrder(database, customerId, clientReference ?? null, priced.order, placedAt) };
  } catch (error) {
    // Asked twice at the same moment: the unique index let one of the two through.
    const id = uniqueViolationOf(error) === undefined ? undefined : await findPlaced();
    if (id) return { id };
    throw error;
  }
}

function refusalOf(id: string, order: OrderRow | undefined): OrderError | undefined {
  if (!order)
    return {
      code: 'ORDER_NOT_FOUND',
      field: 'id',
      message: `There is no order with the id ${JSON.stringify(id)}.`,
    };
  if (order.status === 'CANCELLED') return undefined;
  return {
    code: 'NOT_CANCELLABLE',
    field: 'id',
    message: `The order ${numberOf(order)} is ${order.status}; expected PLACED or PAID.`,
  };
}
