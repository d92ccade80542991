import { defineCase } from '../../federation-case.ts';

export const federationCase = defineCase({
  data: () => ({
    orders: {
      Query: { order: { id: 'o1' }, plain: { id: 'o1' } },
      Order: [
        {
          id: 'o1',
          item: { id: 'i1', maker: { id: 'm1', name: 'Acme', address: { city: 'Oslo' } } },
          other: { id: 'i2' },
        },
      ],
    },
    catalog: {
      Item: [
        { id: 'i1', maker: { id: 'm1' } },
        { id: 'i2', maker: { id: 'm2' } },
      ],
      Maker: [
        { id: 'm1', name: 'Acme', address: { city: 'Oslo', street: 'Quay 1' } },
        { id: 'm2', name: 'Zeta', address: { city: 'Porto', street: 'Rua 2' } },
      ],
    },
  }),
  queries: [
    {
      name: 'takes nested provided fields from the subgraph at hand',
      query: '{ order { item { maker { name address { city } } } } }',
      data: { order: { item: { maker: { name: 'Acme', address: { city: 'Oslo' } } } } },
      requests: { orders: 1 },
    },
    {
      name: 'fetches the field of a nested object that is not provided',
      query: '{ order { item { maker { address { street city } } } } }',
      data: { order: { item: { maker: { address: { street: 'Quay 1', city: 'Oslo' } } } } },
      requests: { orders: 1, catalog: 1 },
    },
    {
      name: 'fetches all where the path is another one',
      query: '{ plain { other { maker { name } } item { maker { name } } } }',
      data: { plain: { other: { maker: { name: 'Zeta' } }, item: { maker: { name: 'Acme' } } } },
      requests: { orders: 1, catalog: 1 },
    },
  ],
});
