import { defineCase } from '../../federation-case.ts';

export const federationCase = defineCase({
  data: () => ({
    catalog: {
      Query: { topProduct: { sku: 's1' } },
      Product: [
        { id: 'p1', sku: 's1', name: 'Lamp' },
        { id: 'p2', sku: 's2', name: 'Desk' },
      ],
    },
    stock: {
      Query: { shelf: [{ sku: 's2' }, { sku: 's1' }] },
      Product: [
        { id: 'p1', sku: 's1', onHand: 4 },
        { id: 'p2', sku: 's2', onHand: 0 },
      ],
    },
  }),
  queries: [
    {
      name: 'takes the resolvable key though another one stands before it',
      query: '{ topProduct { name onHand } }',
      data: { topProduct: { name: 'Lamp', onHand: 4 } },
      requests: { catalog: 1, stock: 1 },
    },
    {
      name: 'takes the resolvable key in the other direction too',
      query: '{ shelf { id name } }',
      data: {
        shelf: [
          { id: 'p2', name: 'Desk' },
          { id: 'p1', name: 'Lamp' },
        ],
      },
      requests: { stock: 1, catalog: 1 },
    },
  ],
});
