import { defineCase } from '../../federation-case.ts';

export const federationCase = defineCase({
  data: () => ({
    left: {
      Query: { ping: 'pong', viewer: { id: '1' }, left: 1 },
      User: [{ id: '1', name: 'Ann', left: 'L' }],
    },
    right: {
      Query: { ping: 'pong', viewer: { id: '1' }, right: 2 },
      User: [{ id: '1', name: 'Ann', right: 'R' }],
    },
  }),
  queries: [
    {
      name: 'asks one of those who have it',
      query: '{ ping viewer { name id } }',
      data: { ping: 'pong', viewer: { name: 'Ann', id: '1' } },
    },
    {
      name: 'asks each for the part that it alone has',
      query: '{ viewer { right left name } }',
      data: { viewer: { right: 'R', left: 'L', name: 'Ann' } },
      requests: { left: 1, right: 1 },
    },
    {
      name: 'asks the one that is asked anyway',
      query: '{ ping right }',
      data: { ping: 'pong', right: 2 },
      requests: { right: 1 },
    },
    {
      name: 'answers several root fields and aliases of one in the order of the document',
      query: '{ b: right a: ping left c: ping __typename }',
      data: { b: 2, a: 'pong', left: 1, c: 'pong', __typename: 'Query' },
    },
  ],
});
