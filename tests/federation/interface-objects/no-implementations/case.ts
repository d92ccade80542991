import { defineCase } from '../../federation-case.ts';

export const federationCase = defineCase({
  data: () => ({
    catalog: { Query: { ping: 'pong', anything: null } },
    tags: { Query: { tagged: [{ id: 't1' }] }, Thing: [{ id: 't1', tags: ['a'] }] },
  }),
  queries: [
    {
      name: 'answers an error, and not a silent null, for a root field that cannot be planned',
      query: '{ anything { tags } }',
      errors: ['-'],
      apolloIsWrong: 'the field vanishes from the plan: null without an error',
    },
    {
      name: 'answers what can be planned',
      query: '{ ping }',
      data: { ping: 'pong' },
      requests: { catalog: 1 },
    },
  ],
});
