import type { PrismaClient } from '../../../../prisma/inventory/client/client.ts';
import { estimateShipping, isAnyAvailable } from '../money.ts';

interface Reference {
  readonly id: string;
}

/** inventory as it is mostly written: each product's stock is found by itself. */
export function createResolvers(prisma: PrismaClient) {
  return {
    Product: {
      __resolveReference: (reference: Reference) => reference,
      inStock: async ({ id }: Reference) =>
        isAnyAvailable(await prisma.stockLevel.findMany({ where: { productId: id } })),
      shippingEstimate: estimateShipping,
    },
  };
}
