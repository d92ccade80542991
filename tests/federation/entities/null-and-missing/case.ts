import { defineCase } from '../../federation-case.ts';

export const federationCase = defineCase({
  data: () => ({
    catalog: {
      Query: {
        products: [{ id: '1' }, null, { id: 'gone' }, { id: '2' }],
        pinned: { id: 'gone' },
        required: [{ id: '1' }, { id: 'gone' }],
      },
      Product: [
        { id: '1', name: 'One' },
        { id: '2', name: 'Two' },
        { id: 'gone', name: 'Gone' },
      ],
    },
    stock: {
      Product: [
        { id: '1', onHand: 5, shelf: 'A1', neighbours: [{ id: '2' }] },
        { id: '2', onHand: null, shelf: 'A2', neighbours: [] },
      ],
    },
  }),
  queries: [
    {
      name: 'gives null for the nullable fields of an entity that the other subgraph does not have',
      query: '{ products { name onHand } }',
      data: {
        products: [
          { name: 'One', onHand: 5 },
          null,
          { name: 'Gone', onHand: null },
          { name: 'Two', onHand: null },
        ],
      },
      requests: { catalog: 1, stock: 1 },
    },
    {
      name: 'lets a missing non-null field take its entity along, and says where',
      query: '{ products { name shelf } }',
      data: { products: [{ name: 'One', shelf: 'A1' }, null, null, { name: 'Two', shelf: 'A2' }] },
      errors: ['products.2.shelf'],
    },
    {
      name: 'lets a missing non-null field take a whole list of non-null items along',
      query: '{ required { id shelf } pinned { id } }',
      data: { required: null, pinned: { id: 'gone' } },
      errors: ['required.1.shelf'],
    },
    {
      name: 'asks nobody about a null',
      query: '{ products { neighbours { name } } }',
      data: { products: [{ neighbours: [{ name: 'Two' }] }, null, null, { neighbours: [] }] },
      errors: ['products.2.neighbours'],
      requests: { catalog: 2, stock: 1 },
    },
    {
      name: 'makes no entity request when there is no entity',
      query: 'query ($with: Boolean!) { pinned @include(if: $with) { onHand } __typename }',
      variables: { with: false },
      data: { __typename: 'Query' },
      requests: {},
    },
  ],
});
