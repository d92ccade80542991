import { defineCase } from '../../federation-case.ts';

export const federationCase = defineCase({
  data: () => ({
    reviews: {
      Query: { reviews: [{ id: 'r1' }], review: { id: 'r1' } },
      Review: [{ id: 'r1', author: { id: '1', name: 'Ann' }, editor: { id: '2' } }],
    },
    accounts: {
      User: [
        { id: '1', name: 'Ann', email: 'ann@example.org' },
        { id: '2', name: 'Bob', email: null },
      ],
    },
  }),
  queries: [
    {
      name: 'takes what is provided from the subgraph at hand',
      query: '{ reviews { author { name id } } }',
      data: { reviews: [{ author: { name: 'Ann', id: '1' } }] },
      requests: { reviews: 1 },
    },
    {
      name: 'asks the owner where nothing is provided',
      query: '{ review { author { name } editor { name } } }',
      data: { review: { author: { name: 'Ann' }, editor: { name: 'Bob' } } },
      requests: { reviews: 1, accounts: 1 },
    },
    {
      name: 'mixes provided and owned fields of one object',
      query: '{ review { author { email name } } }',
      data: { review: { author: { email: 'ann@example.org', name: 'Ann' } } },
      requests: { reviews: 1, accounts: 1 },
    },
  ],
});
