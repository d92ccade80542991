import type { PrismaClient } from '../../../../prisma/inventory/client/client.ts';
import { estimateShipping, isAnyAvailable } from '../money.ts';
import { createLoader, inGroups } from './data-loader.ts';

interface Reference {
  readonly id: string;
}

export function createLoaders(prisma: PrismaClient) {
  return {
    stock: createLoader(async (ids: readonly string[]) => {
      const levels = await prisma.stockLevel.findMany({ where: { productId: { in: [...ids] } } });
      return inGroups(ids, levels, (level) => level.productId);
    }),
  };
}

type Loaders = ReturnType<typeof createLoaders>;

/** What inventory adds to a product whose id, price and weight are known. */
export const stockFields = {
  inStock: async ({ id }: Reference, _args: unknown, { stock }: Loaders) =>
    isAnyAvailable(await stock.load(id)),
  shippingEstimate: estimateShipping,
};

/** inventory with a DataLoader. */
export const resolvers = {
  Product: { __resolveReference: (reference: Reference) => reference, ...stockFields },
};
