import { defineCase } from '../../federation-case.ts';

export const federationCase = defineCase({
  data: () => ({
    monolith: {
      Query: { products: [{ id: '1' }, { id: '2' }] },
      Product: [
        { id: '1', name: 'One', inStock: new Error('The monolith must not be asked'), price: 10 },
        { id: '2', name: 'Two', inStock: new Error('The monolith must not be asked'), price: 99 },
      ],
    },
    stock: {
      Query: { shelf: [{ id: '2' }] },
      Product: [
        { id: '1', inStock: true, badge: (_args, { price }) => (price > 50 ? 'dear' : 'cheap') },
        { id: '2', inStock: false, badge: (_args, { price }) => (price > 50 ? 'dear' : 'cheap') },
      ],
    },
  }),
  queries: [
    {
      name: 'takes a moved field from its new owner',
      query: '{ products { name inStock } }',
      data: {
        products: [
          { name: 'One', inStock: true },
          { name: 'Two', inStock: false },
        ],
      },
      requests: { monolith: 1, stock: 1 },
    },
    {
      name: 'needs no other subgraph where the new owner is at hand',
      query: '{ shelf { inStock id } }',
      data: { shelf: [{ inStock: false, id: '2' }] },
      requests: { stock: 1 },
    },
    {
      name: 'mixes moved and required fields of one entity',
      query: '{ products { badge inStock } shelf { badge name } }',
      data: {
        products: [
          { badge: 'cheap', inStock: true },
          { badge: 'dear', inStock: false },
        ],
        shelf: [{ badge: 'dear', name: 'Two' }],
      },
    },
  ],
});
