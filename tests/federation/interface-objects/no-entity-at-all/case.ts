import { defineCase } from '../../federation-case.ts';

export const federationCase = defineCase({
  data: () => ({
    catalog: { Query: { ping: 'pong', anything: null } },
    tags: { Query: { tagged: [{ id: 't1' }] }, Thing: [{ id: 't1', tags: ['a'] }] },
  }),
  queries: [
    {
      name: 'answers an error where the planner breaks',
      query: '{ tagged { label } }',
      errors: ['-'],
      apolloIsWrong: 'the planner throws an assertion, and the engine rejects',
    },
    {
      name: 'answers what can be planned',
      query: '{ ping }',
      data: { ping: 'pong' },
      requests: { catalog: 1 },
    },
  ],
});
