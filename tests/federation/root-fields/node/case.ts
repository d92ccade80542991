import { defineCase } from '../../federation-case.ts';

export const federationCase = defineCase({
  data: () => ({
    catalog: {
      Query: {
        node: ({ id }) =>
          id === 'none' ? null : { __typename: id.startsWith('p') ? 'Product' : 'Shop', id },
        nodes: ({ ids }) =>
          ids.map((id: string) =>
            id === 'none' ? null : { __typename: id.startsWith('p') ? 'Product' : 'Shop', id },
          ),
      },
      Product: [
        { id: 'p1', name: 'Axe' },
        { id: 'p2', name: 'Bow' },
      ],
      Shop: [{ id: 's1', city: 'Oslo' }],
    },
    stock: { Product: [{ id: 'p1', onHand: 3 }] },
  }),
  queries: [
    {
      name: 'answers a node with fields of another subgraph',
      query: 'query ($id: ID!) { node(id: $id) { id ... on Product { name onHand } ... on Shop { city } } }',
      variables: { id: 'p1' },
      data: { node: { id: 'p1', name: 'Axe', onHand: 3 } },
      requests: { catalog: 1, stock: 1 },
    },
    {
      name: 'asks nobody else about a node of another type',
      query: 'query ($id: ID!) { node(id: $id) { id ... on Product { name onHand } ... on Shop { city } } }',
      variables: { id: 's1' },
      data: { node: { id: 's1', city: 'Oslo' } },
      requests: { catalog: 1 },
    },
    {
      name: 'answers null for a node that is not there',
      query: '{ node(id: "none") { ... on Product { onHand } } }',
      data: { node: null },
      requests: { catalog: 1 },
    },
    {
      name: 'keeps the order of a list of nodes of several types, nulls included',
      query: '{ nodes(ids: ["s1", "none", "p2", "p1"]) { __typename ... on Product { onHand } } }',
      data: {
        nodes: [{ __typename: 'Shop' }, null, null, { __typename: 'Product', onHand: 3 }],
      },
      errors: ['nodes.2.onHand'],
    },
  ],
});
