import { defineCase } from '../../federation-case.ts';

export const federationCase = defineCase({
  data: () => ({
    reviews: {
      Query: {
        reviews: [
          { text: 'Good', product: { sku: 'b' } },
          { text: 'Bad', product: { sku: 'a' } },
          { text: 'Fair', product: { sku: 'b' } },
        ],
      },
    },
    catalog: {
      Query: { product: ({ sku }) => ({ sku }) },
      Product: [
        { sku: 'a', name: 'Axe' },
        { sku: 'b', name: 'Bow' },
      ],
    },
  }),
  queries: [
    {
      name: 'follows a reference to the subgraph that can resolve it',
      query: '{ reviews { text product { name } } }',
      data: {
        reviews: [
          { text: 'Good', product: { name: 'Bow' } },
          { text: 'Bad', product: { name: 'Axe' } },
          { text: 'Fair', product: { name: 'Bow' } },
        ],
      },
      requests: { reviews: 1, catalog: 1 },
    },
    {
      name: 'needs no other subgraph for the key alone',
      query: '{ reviews { product { sku __typename } } }',
      data: {
        reviews: [
          { product: { sku: 'b', __typename: 'Product' } },
          { product: { sku: 'a', __typename: 'Product' } },
          { product: { sku: 'b', __typename: 'Product' } },
        ],
      },
      requests: { reviews: 1 },
    },
  ],
});
