import { defineCase } from '../../federation-case.ts';

export const federationCase = defineCase({
  data: () => ({
    people: {
      Query: {
        beings: [{ __typename: 'Human', id: 'h1' }, { __typename: 'Robot', id: 'r1' }, null],
        human: { id: 'h1' },
      },
      Human: [{ id: 'h1', name: 'Ann', age: 30 }],
      Robot: [{ id: 'r1', name: 'Rob', model: 'X' }],
    },
    social: {
      Query: { popular: [{ id: 'r1' }, { id: 'h1' }] },
      Being: [
        { id: 'h1', followers: 10, friends: [{ id: 'r1' }], greeting: (_args, { name }) => `Hello ${name}` },
        { id: 'r1', followers: 20, friends: [], greeting: (_args, { name }) => `Hello ${name}` },
      ],
    },
  }),
  queries: [
    {
      name: 'adds a field to every type of the interface',
      query: '{ beings { name followers } human { age followers } }',
      data: {
        beings: [{ name: 'Ann', followers: 10 }, { name: 'Rob', followers: 20 }, null],
        human: { age: 30, followers: 10 },
      },
    },
    {
      name: 'asks for the concrete type where the interface object is the beginning',
      query: '{ popular { followers __typename ... on Human { age } ... on Robot { model } } }',
      data: {
        popular: [
          { followers: 20, __typename: 'Robot', model: 'X' },
          { followers: 10, __typename: 'Human', age: 30 },
        ],
      },
      requests: { social: 1, people: 1 },
    },
    {
      name: 'asks nobody else when the interface object has it all',
      query: '{ popular { id followers friends { id } } }',
      data: {
        popular: [
          { id: 'r1', followers: 20, friends: [] },
          { id: 'h1', followers: 10, friends: [{ id: 'r1' }] },
        ],
      },
      requests: { social: 1 },
    },
    {
      name: 'brings required fields of the interface to the interface object',
      query: '{ popular { greeting } beings { greeting } }',
      data: {
        popular: [{ greeting: 'Hello Rob' }, { greeting: 'Hello Ann' }],
        beings: [{ greeting: 'Hello Ann' }, { greeting: 'Hello Rob' }, null],
      },
    },
    {
      name: "keeps one type's required fields from costing the others their own fields",
      query: '{ beings { ... on Human { greeting } followers } }',
      data: { beings: [{ greeting: 'Hello Ann', followers: 10 }, { followers: 20 }, null] },
      apolloIsWrong: 'the representation wants `name` of every type, but it was fetched for one type only',
    },
    {
      name: 'keeps __typename though the interface object calls itself by the name of the interface',
      query: '{ beings { ... on Human { __typename followers } } }',
      data: { beings: [{ __typename: 'Human', followers: 10 }, {}, null] },
      apolloIsWrong: 'the __typename of the interface object takes the place of the concrete one',
    },
    {
      name: 'asks what an object really is, though the same is known of it at another place',
      query: '{ beings { friends { greeting ... on Human { id } } greeting } }',
      data: {
        beings: [
          { friends: [{ greeting: 'Hello Rob' }], greeting: 'Hello Ann' },
          { friends: [], greeting: 'Hello Rob' },
          null,
        ],
      },
    },
    {
      name: 'sends the interface object no entity without its key',
      query: '{ popular { friends { name ... on Robot { greeting } } } }',
      data: { popular: [{ friends: [] }, { friends: [{ name: 'Rob', greeting: 'Hello Rob' }] }] },
    },
  ],
});
