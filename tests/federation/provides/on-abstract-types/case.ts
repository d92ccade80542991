import { defineCase } from '../../federation-case.ts';

export const federationCase = defineCase({
  data: () => ({
    library: {
      Query: {
        media: [
          { __typename: 'Book', id: 'b1', title: 'Ida' },
          { __typename: 'Film', id: 'f1', title: 'Run', minutes: 90 },
        ],
        shown: [
          { __typename: 'Film', id: 'f1' },
          { __typename: 'Book', id: 'b1' },
        ],
        named: [
          { __typename: 'Book', id: 'b1', title: 'Ida', label: 'A book' },
          { __typename: 'Film', id: 'f1', label: 'A film' },
        ],
      },
    },
    archive: {
      Book: [{ id: 'b1', title: 'Ida', label: 'A book', pages: 200 }],
      Film: [{ id: 'f1', title: 'Run', minutes: 90, label: 'A film' }],
    },
  }),
  queries: [
    {
      name: 'takes the fields that are provided on members of a union',
      query: '{ media { ... on Book { title } ... on Film { minutes title } } }',
      data: { media: [{ title: 'Ida' }, { minutes: 90, title: 'Run' }] },
      requests: { library: 1 },
    },
    {
      name: 'asks the owner about one member and not about the other',
      query: '{ media { __typename ... on Book { pages title } ... on Film { title } } }',
      data: {
        media: [
          { __typename: 'Book', pages: 200, title: 'Ida' },
          { __typename: 'Film', title: 'Run' },
        ],
      },
      requests: { library: 1, archive: 1 },
    },
    {
      name: 'asks the owner about members of a union of which nothing is provided',
      query: '{ shown { ... on Book { title pages } ... on Film { title } } }',
      data: { shown: [{ title: 'Run' }, { title: 'Ida', pages: 200 }] },
      requests: { library: 1, archive: 1 },
    },
    {
      name: 'takes what is provided on an interface',
      query: '{ named { label ... on Book { title } } }',
      data: { named: [{ label: 'A book', title: 'Ida' }, { label: 'A film' }] },
      requests: { library: 1 },
    },
    {
      name: 'fetches what an interface provides on one of its types only',
      query: '{ named { label ... on Book { pages } ... on Film { title } } }',
      data: {
        named: [
          { label: 'A book', pages: 200 },
          { label: 'A film', title: 'Run' },
        ],
      },
      requests: { library: 1, archive: 1 },
    },
  ],
});
