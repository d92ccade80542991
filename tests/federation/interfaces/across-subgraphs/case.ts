import { defineCase } from '../../federation-case.ts';

export const federationCase = defineCase({
  data: () => ({
    catalog: {
      Query: {
        products: [
          { __typename: 'Book', id: '1' },
          { __typename: 'Film', id: '2' },
          { __typename: 'Book', id: '3' },
        ],
        similar: [{ __typename: 'Film', id: '2' }, null],
      },
      Book: [
        { id: '1', name: 'Ida', pages: 100 },
        { id: '3', name: 'Uma', pages: null },
      ],
      Film: [{ id: '2', name: 'Run', minutes: 90 }],
    },
    reviews: {
      Book: [
        { id: '1', reviews: [{ stars: 5, about: { __typename: 'Film', id: '2' } }], reader: 'Ann' },
        { id: '3', reviews: [], reader: null },
      ],
      Film: [{ id: '2', reviews: [{ stars: 1, about: { __typename: 'Book', id: '1' } }] }],
    },
  }),
  queries: [
    {
      name: 'fetches a field of the interface for each of its types',
      query: '{ products { name reviews { stars } } }',
      data: {
        products: [
          { name: 'Ida', reviews: [{ stars: 5 }] },
          { name: 'Run', reviews: [{ stars: 1 }] },
          { name: 'Uma', reviews: [] },
        ],
      },
      requests: { catalog: 1, reviews: 1 },
    },
    {
      name: 'fetches fields of one type only for objects of that type',
      query: '{ products { ... on Book { reader pages } ... on Film { minutes } } }',
      data: { products: [{ reader: 'Ann', pages: 100 }, { minutes: 90 }, { reader: null, pages: null }] },
      requests: { catalog: 1, reviews: 1 },
    },
    {
      name: 'goes round in a circle through the interface',
      query: '{ products { reviews { about { name reviews { about { name } } } } } }',
      data: {
        products: [
          { reviews: [{ about: { name: 'Run', reviews: [{ about: { name: 'Ida' } }] } }] },
          { reviews: [{ about: { name: 'Ida', reviews: [{ about: { name: 'Run' } }] } }] },
          { reviews: [] },
        ],
      },
    },
    {
      name: 'tells the concrete type under any alias, in any place',
      query: '{ products { a: __typename ... on Book { b: __typename reviews { about { __typename } } } } }',
      data: {
        products: [
          { a: 'Book', b: 'Book', reviews: [{ about: { __typename: 'Film' } }] },
          { a: 'Film' },
          { a: 'Book', b: 'Book', reviews: [] },
        ],
      },
      requests: { catalog: 1, reviews: 1 },
    },
    {
      name: 'keeps a null in a list of interface objects',
      query: '{ similar { id reviews { stars } } }',
      data: { similar: [{ id: '2', reviews: [{ stars: 1 }] }, null] },
    },
  ],
});
