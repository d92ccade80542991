import { defineCase } from '../../federation-case.ts';

export const federationCase = defineCase({
  data: () => ({
    products: {
      Query: { topProducts: [{ upc: '1' }, { upc: '2' }] },
      Product: [
        { upc: '1', sku: 's1', name: 'Table', price: 10, weight: 4 },
        { upc: '2', sku: 's2', name: 'Chair', price: 20, weight: 6 },
      ],
    },
    inventory: {
      Product: ['1', '2'].map((upc) => ({
        upc,
        inStock: upc === '1',
        shippingEstimate: (_args, { price, weight }) => price * weight,
      })),
    },
    reviews: {
      Review: [{ id: 'r1', body: 'Good', author: { id: 'u1', username: 'ann' }, product: { upc: '2' } }],
      User: [{ id: 'u1', reviews: [{ id: 'r1' }] }],
      Product: [
        { upc: '1', reviews: [] },
        { upc: '2', reviews: [{ id: 'r1' }] },
      ],
    },
    accounts: { Query: { me: { id: 'u1' } }, User: [{ id: 'u1', username: 'ann' }] },
  }),
  queries: [
    {
      name: 'extends a type by keyword and by directive',
      query: '{ topProducts { name inStock reviews { body } } }',
      data: {
        topProducts: [
          { name: 'Table', inStock: true, reviews: [] },
          { name: 'Chair', inStock: false, reviews: [{ body: 'Good' }] },
        ],
      },
      requests: { products: 1, inventory: 1, reviews: 1 },
    },
    {
      name: 'brings required external fields',
      query: '{ topProducts { shippingEstimate } }',
      data: { topProducts: [{ shippingEstimate: 40 }, { shippingEstimate: 120 }] },
      requests: { products: 1, inventory: 1 },
    },
    {
      name: 'uses what an extension provides',
      query: '{ topProducts { reviews { author { username id } } } }',
      data: { topProducts: [{ reviews: [] }, { reviews: [{ author: { username: 'ann', id: 'u1' } }] }] },
      requests: { products: 1, reviews: 1 },
    },
    {
      name: 'goes from the owner to the extension and on',
      query: '{ me { username reviews { product { name shippingEstimate } } } }',
      data: { me: { username: 'ann', reviews: [{ product: { name: 'Chair', shippingEstimate: 120 } }] } },
    },
  ],
});
