import { defineCase } from '../../federation-case.ts';

export const federationCase = defineCase({
  data: () => ({
    reviews: {
      Query: {
        reviews: [
          { id: 'r1', author: { id: '1' }, editor: { id: '2' } },
          { id: 'r2', author: { id: '2' }, editor: null },
          { id: 'r3', author: { id: '1' }, editor: { id: '1' } },
        ],
      },
      User: [
        { id: '1', reviewCount: 2 },
        { id: '2', reviewCount: 1 },
        { id: '3', reviewCount: 0 },
      ],
    },
    accounts: {
      User: [
        { id: '1', name: 'Ann', friends: [{ id: '2' }, { id: '3' }] },
        { id: '2', name: 'Bob', friends: [{ id: '1' }] },
        { id: '3', name: 'Cyd', friends: [] },
      ],
    },
  }),
  queries: [
    {
      name: 'asks once for an entity that stands in many places',
      query: '{ reviews { id author { name } editor { name } } }',
      data: {
        reviews: [
          { id: 'r1', author: { name: 'Ann' }, editor: { name: 'Bob' } },
          { id: 'r2', author: { name: 'Bob' }, editor: null },
          { id: 'r3', author: { name: 'Ann' }, editor: { name: 'Ann' } },
        ],
      },
      requests: { reviews: 1, accounts: 1 },
    },
    {
      name: 'keeps apart what two places want of the same entity',
      query: '{ reviews { author { name } editor { friends { name } } } }',
      data: {
        reviews: [
          { author: { name: 'Ann' }, editor: { friends: [{ name: 'Ann' }] } },
          { author: { name: 'Bob' }, editor: null },
          { author: { name: 'Ann' }, editor: { friends: [{ name: 'Bob' }, { name: 'Cyd' }] } },
        ],
      },
      requests: { reviews: 1, accounts: 1 },
    },
    {
      name: 'comes back to the first subgraph for what hangs on the second',
      query: '{ reviews { author { friends { reviewCount name } } } }',
      data: {
        reviews: [
          {
            author: {
              friends: [
                { reviewCount: 1, name: 'Bob' },
                { reviewCount: 0, name: 'Cyd' },
              ],
            },
          },
          { author: { friends: [{ reviewCount: 2, name: 'Ann' }] } },
          {
            author: {
              friends: [
                { reviewCount: 1, name: 'Bob' },
                { reviewCount: 0, name: 'Cyd' },
              ],
            },
          },
        ],
      },
      requests: { reviews: 2, accounts: 1 },
    },
  ],
});
