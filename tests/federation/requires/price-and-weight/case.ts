import { defineCase } from '../../federation-case.ts';

export const federationCase = defineCase({
  data: () => ({
    products: {
      Query: { products: [{ upc: '1' }, { upc: '2' }, { upc: '3' }] },
      Product: [
        { upc: '1', name: 'Table', price: 900, weight: 100 },
        { upc: '2', name: 'Couch', price: 1300, weight: 1000 },
        { upc: '3', name: 'Cloud', price: null, weight: 0 },
      ],
    },
    inventory: {
      Product: ['1', '2', '3'].map((upc) => ({
        upc,
        inStock: upc !== '2',
        shippingEstimate: (_args, { price, weight }) =>
          price === null ? null : price > 1000 ? 0 : weight / 2,
      })),
    },
  }),
  queries: [
    {
      name: 'sends the required fields along, and a null among them as null',
      query: '{ products { name shippingEstimate } }',
      data: {
        products: [
          { name: 'Table', shippingEstimate: 50 },
          { name: 'Couch', shippingEstimate: 0 },
          { name: 'Cloud', shippingEstimate: null },
        ],
      },
      requests: { products: 1, inventory: 1 },
    },
    {
      name: 'keeps the order of keys that the client asked for',
      query: '{ products { shippingEstimate upc inStock price } }',
      data: {
        products: [
          { shippingEstimate: 50, upc: '1', inStock: true, price: 900 },
          { shippingEstimate: 0, upc: '2', inStock: false, price: 1300 },
          { shippingEstimate: null, upc: '3', inStock: true, price: null },
        ],
      },
      requests: { products: 1, inventory: 1 },
    },
    {
      name: "is not misled by a client's alias that equals the key",
      query: '{ products { upc: name shippingEstimate } }',
      data: {
        products: [
          { upc: 'Table', shippingEstimate: 50 },
          { upc: 'Couch', shippingEstimate: 0 },
          { upc: 'Cloud', shippingEstimate: null },
        ],
      },
      apolloIsWrong: 'selections merge by response name: the alias takes the place of the key',
    },
    {
      name: "is not misled by a client's alias that equals a required field",
      query: '{ products { price: upc weight: name shippingEstimate } }',
      data: {
        products: [
          { price: '1', weight: 'Table', shippingEstimate: 50 },
          { price: '2', weight: 'Couch', shippingEstimate: 0 },
          { price: '3', weight: 'Cloud', shippingEstimate: null },
        ],
      },
      apolloIsWrong: 'selections merge by response name: the alias takes the place of the required field',
    },
  ],
});
