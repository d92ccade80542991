import { defineCase } from '../../federation-case.ts';

export const federationCase = defineCase({
  data: () => ({
    store: {
      Query: { carts: [{ id: '1' }, { id: '2' }, { id: '3' }] },
      Cart: [
        {
          id: '1',
          content: { __typename: 'Book', price: 10 },
          owner: { __typename: 'Person', name: 'Ann', age: 30 },
        },
        {
          id: '2',
          content: { __typename: 'Gift', value: 0 },
          owner: { __typename: 'Company', name: 'Acme', seats: 5 },
        },
        { id: '3', content: null, owner: null },
      ],
    },
    totals: {
      Cart: ['1', '2', '3'].map((id) => ({
        id,
        total: (_args, { content }) => content && (content.price ?? content.value),
        greeting: (_args, { owner }) => owner && `${owner.name} ${owner.age ?? '-'}`,
      })),
    },
  }),
  queries: [
    {
      name: 'sends what is required of each member of a union, falsy values too',
      query: '{ carts { total } }',
      data: { carts: [{ total: 10 }, { total: 0 }, { total: null }] },
      requests: { store: 1, totals: 1 },
    },
    {
      name: 'sends what is required of an interface and of one of its types',
      query: '{ carts { greeting owner { ... on Company { seats } } } }',
      data: {
        carts: [
          { greeting: 'Ann 30', owner: {} },
          { greeting: 'Acme -', owner: { seats: 5 } },
          { greeting: null, owner: null },
        ],
      },
    },
  ],
});
