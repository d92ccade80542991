import { defineCase } from '../../federation-case.ts';

export const federationCase = defineCase({
  data: () => ({
    accounts: {
      Query: { users: [{ id: 'u1' }, null, { id: 'u2' }] },
      User: [
        { id: 'u1', email: 'ann@example.org', name: 'Ann' },
        { id: 'u2', email: 'bob@example.org', name: 'Bob' },
      ],
    },
    mail: {
      User: [
        { email: 'ann@example.org', unread: 3 },
        { email: 'bob@example.org', unread: 0 },
      ],
    },
    billing: {
      Query: {
        invoices: [
          { number: 7, payer: { id: 'u2' } },
          { number: 8, payer: { id: 'u1' } },
          { number: 9, payer: { id: 'u2' } },
        ],
      },
      User: [
        { id: 'u1', credit: 10 },
        { id: 'u2', credit: -5 },
      ],
    },
  }),
  queries: [
    {
      name: 'uses the key that each subgraph knows',
      query: '{ users { credit unread name } }',
      data: { users: [{ credit: 10, unread: 3, name: 'Ann' }, null, { credit: -5, unread: 0, name: 'Bob' }] },
      requests: { accounts: 1, billing: 1, mail: 1 },
    },
    {
      name: 'goes from one key to another by way of the subgraph that knows both',
      query: '{ invoices { number payer { unread credit } } }',
      data: {
        invoices: [
          { number: 7, payer: { unread: 0, credit: -5 } },
          { number: 8, payer: { unread: 3, credit: 10 } },
          { number: 9, payer: { unread: 0, credit: -5 } },
        ],
      },
      requests: { billing: 1, accounts: 1, mail: 1 },
    },
    {
      name: 'keeps nothing of the keys that the client did not ask for',
      query: '{ invoices { payer { unread } } }',
      data: { invoices: [{ payer: { unread: 0 } }, { payer: { unread: 3 } }, { payer: { unread: 0 } }] },
    },
  ],
});
