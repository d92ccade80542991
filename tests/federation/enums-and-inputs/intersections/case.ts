import { defineCase } from '../../federation-case.ts';

export const federationCase = defineCase({
  data: () => ({
    orders: {
      Query: {
        orders: ({ filter }) => [{ id: '1' }, { id: '2' }, { id: '3' }].slice(0, filter?.first ?? 9),
        status: 'LOST',
      },
      Order: [
        { id: '1', status: 'OPEN' },
        { id: '2', status: 'SENT' },
        { id: '3', status: 'LOST' },
      ],
    },
    archive: {
      Query: { archived: ({ filter }) => [{ id: '2' }].slice(0, filter?.first ?? 9) },
      Order: [
        { id: '1', history: [] },
        { id: '2', history: ['OPEN', 'SENT'] },
        { id: '3', history: ['OPEN', 'LOST', null] },
      ],
    },
  }),
  queries: [
    {
      name: 'sends an input of the fields that all subgraphs have',
      query:
        'query ($filter: Filter) { orders(filter: $filter) { id status } archived(filter: { first: 1 }) { id } }',
      variables: { filter: { first: 2 } },
      data: {
        orders: [
          { id: '1', status: 'OPEN' },
          { id: '2', status: 'SENT' },
        ],
        archived: [{ id: '2' }],
      },
      requests: { orders: 1, archive: 1 },
    },
    {
      name: 'answers null for a value of an enum that clients may not see, and says so',
      query: '{ status }',
      data: { status: null },
      errors: ['status'],
    },
    {
      name: 'answers null for such a value inside lists and entities',
      query: '{ orders { history } }',
      data: { orders: [{ history: [] }, { history: ['OPEN', 'SENT'] }, { history: ['OPEN', null, null] }] },
      errors: ['orders.2.history.1'],
    },
  ],
});
