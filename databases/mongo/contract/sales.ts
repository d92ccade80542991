import type { ContractContext } from './contract-context.ts';

/** What the pipelines of the suite run on. */
export const SALES = [
  { _id: 1, shop: 'a', price: 10, quantity: 2, tags: ['x', 'y'] },
  { _id: 2, shop: 'a', price: 20, quantity: 1, tags: ['x'] },
  { _id: 3, shop: 'b', price: 5, quantity: 10, tags: [] },
  { _id: 4, shop: 'b', price: 10, quantity: 5 },
  { _id: 5, price: null },
];

/** Makes the function that stores the sales and gives what a pipeline makes of them. */
export function runOnSales({ rows }: ContractContext): (...pipeline: object[]) => Promise<unknown[]> {
  return async (...pipeline) => {
    await rows().insertMany(SALES.map((row) => ({ ...row })));
    return await rows().aggregate(pipeline).toArray();
  };
}
