import { type Order, Prisma, type PrismaClient } from '../../../../prisma/orders/client/client.ts';
import { type ListArguments, firstDefault, pageOf } from '../peer-connection.ts';
import { orderFields } from '../per-entity/orders.ts';
import { createListLoaders, createLoader, inGroups, inOrder } from './data-loader.ts';

interface Reference {
  readonly id: string;
}

/** The newest orders of each user, one more than a page has; LATERAL stops at the end of each page. */
function readOrders(prisma: PrismaClient, userIds: readonly string[], first: number): Promise<Order[]> {
  return prisma.$queryRaw(Prisma.sql`
    SELECT newest.* FROM unnest(${[...userIds]}::text[]) AS customer(id)
    CROSS JOIN LATERAL (
      SELECT id, sequence, customer_id AS "customerId", status, placed_at AS "placedAt",
        total_amount AS "totalAmount", currency
      FROM orders WHERE customer_id = customer.id ORDER BY placed_at DESC, orders.id DESC LIMIT ${first + 1}
    ) AS newest ORDER BY newest."placedAt" DESC, newest.id DESC`);
}

export function createLoaders(prisma: PrismaClient) {
  return {
    orders: createLoader(async (ids: readonly string[]) => {
      const orders = await prisma.order.findMany({ where: { id: { in: [...ids] } } });
      return inOrder(ids, orders, (order) => order.id);
    }),
    ordersOfUsers: createListLoaders(async (userIds, first) =>
      inGroups(userIds, await readOrders(prisma, userIds, first), (order) => order.customerId),
    ),
    items: createLoader(async (orderIds: readonly string[]) => {
      const items = await prisma.orderItem.findMany({
        where: { orderId: { in: [...orderIds] } },
        orderBy: { position: 'asc' },
      });
      return inGroups(orderIds, items, (item) => item.orderId);
    }),
  };
}

type Loaders = ReturnType<typeof createLoaders>;

/** What orders adds to a user whose id is known. */
export const userFields = {
  async orders({ id }: Reference, args: ListArguments, { ordersOfUsers }: Loaders) {
    const first = args.first ?? firstDefault;
    return pageOf(await ordersOfUsers(first).load(id), first);
  },
};

/** orders with DataLoaders. */
export const resolvers = {
  Query: { order: (_source: unknown, { id }: Reference, { orders }: Loaders) => orders.load(id) },
  User: { __resolveReference: (reference: Reference) => reference, ...userFields },
  Order: {
    ...orderFields.Order,
    __resolveReference: ({ id }: Reference, { orders }: Loaders) => orders.load(id),
    items: ({ id }: Order, _args: unknown, { items }: Loaders) => items.load(id),
  },
  OrderItem: orderFields.OrderItem,
};
