import { defineCase } from '../../federation-case.ts';

export const federationCase = defineCase({
  data: () => ({
    left: {
      Query: { nodes: [{ id: '1' }, { id: '2' }] },
      Node: [
        { id: '1', base: 1, top: (_args, { middle }) => middle * 10 },
        { id: '2', base: 2, top: (_args, { middle }) => middle * 10 },
      ],
    },
    right: {
      Node: ['1', '2'].map((id) => ({
        id,
        middle: (_args, { base }) => base + 1,
        crown: (_args, { top }) => top + 5,
      })),
    },
  }),
  queries: [
    {
      name: 'goes to and fro between two subgraphs that require of each other',
      query: '{ nodes { crown } }',
      data: { nodes: [{ crown: 25 }, { crown: 35 }] },
      requests: { left: 2, right: 2 },
      apolloIsWrong: 'a required field of the subgraph at hand is fetched without its own required fields',
    },
    {
      name: 'answers every station on the way',
      apolloIsWrong: 'a required field of the subgraph at hand is fetched without its own required fields',

      query: '{ nodes { base middle top crown } }',
      data: {
        nodes: [
          { base: 1, middle: 2, top: 20, crown: 25 },
          { base: 2, middle: 3, top: 30, crown: 35 },
        ],
      },
    },
  ],
});
