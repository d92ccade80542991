import { defineCase } from '../../federation-case.ts';

// Its planner goes round in a circle until its memory is full: the stock engine is not asked at all.
const engines = ['compiled'] as const;

export const federationCase = defineCase({
  engines,
  data: () => ({
    catalog: {
      Query: { products: [] },
      Book: [{ id: 'b1', name: 'Book 1', price: 10, weight: 2, pages: 300 }],
      Device: [{ id: 'd1', name: 'Device 1', price: 20, weight: 3 }],
    },
    inventory: {
      Product: ['b1', 'd1'].map((id, index) => ({
        id,
        available: index + 1,
        fragile: () => {
          if (id === 'b1') throw new Error('Books are not fragile');
          return true;
        },
        shipping: (_args: unknown, { price, weight }: { price: number; weight: number }) => price * weight,
      })),
    },
    orders: {
      Query: { orders: [{ id: 'o1' }] },
      Order: [{ id: 'o1', products: [{ id: 'b1' }, { id: 'd1' }, null] }],
      Product: ['b1', 'd1'].map((id, index) => ({ id, ordered: index + 3 })),
    },
  }),
  queries: [
    {
      name: 'fetches a field of the interface object that one type is asked for',
      query: '{ orders { products { ... on Device { shipping } } } }',
      data: { orders: [{ products: [{}, { shipping: 60 }, null] }] },
      requests: { orders: 1, catalog: 1, inventory: 1 },
    },
    {
      name: 'keeps the fields of each type apart',
      query: `{
        orders {
          products {
            ... on Device { name shipping }
            ... on Book { ordered pages charge: shipping }
            ordered
            available
          }
        }
      }`,
      data: {
        orders: [
          {
            products: [
              { ordered: 3, pages: 300, charge: 20, available: 1 },
              { name: 'Device 1', shipping: 60, ordered: 4, available: 2 },
              null,
            ],
          },
        ],
      },
      requests: { orders: 1, catalog: 1, inventory: 1 },
    },
    {
      name: 'tells no error of what was fetched for other types along with it',
      query: '{ orders { products { ... on Device { fragile } name } } }',
      data: {
        orders: [{ products: [{ name: 'Book 1' }, { fragile: true, name: 'Device 1' }, null] }],
      },
      errors: [],
    },
    {
      name: 'goes through fragments inside of fragments',
      query: '{ orders { products { ... on Product { ... on Book { ... on Product { shipping } } } } } }',
      data: { orders: [{ products: [{ shipping: 20 }, {}, null] }] },
    },
  ],
});
