import { defineCase } from '../../federation-case.ts';

export const federationCase = defineCase({
  data: () => {
    const state = { name: 'Ann', entries: [] as string[] };
    return {
      accounts: {
        Query: { counter: 0 },
        Mutation: {
          rename: ({ name }) => {
            state.name = name;
            state.entries.push(`renamed to ${name}`);
            return { id: '1' };
          },
          fail: () => new Error('The change was refused'),
          failHard: () => new Error('The change was refused'),
        },
        User: [{ id: '1', name: () => state.name }],
      },
      log: {
        Mutation: {
          write: ({ text }) => {
            state.entries.push(text);
            return { text, position: state.entries.length, by: { id: '1' } };
          },
        },
        User: [
          { id: '1', entries: () => state.entries.map((text, index) => ({ text, position: index + 1 })) },
        ],
      },
    };
  },
  queries: [
    {
      name: 'run one after the other across subgraphs',
      query:
        'mutation { first: write(text: "a") { position } rename(name: "Bea") { name } second: write(text: "b") { position } }',
      data: { first: { position: 1 }, rename: { name: 'Bea' }, second: { position: 3 } },
      requests: { log: 2, accounts: 1 },
    },
    {
      name: 'fetch what hangs on their answers from other subgraphs',
      query: 'mutation { rename(name: "Cyd") { entries { text } name } write(text: "x") { by { name } } }',
      data: {
        rename: { entries: [{ text: 'renamed to Cyd' }], name: 'Cyd' },
        write: { by: { name: 'Cyd' } },
      },
    },
    {
      name: 'go on after one that failed',
      query: 'mutation { fail { name } write(text: "after") { position } }',
      data: { fail: null, write: { position: 1 } },
      errors: ['fail'],
    },
    {
      name: 'answer no data when one that may not be null failed',
      query: 'mutation { write(text: "before") { position } failHard { name } }',
      data: null,
      errors: ['failHard'],
      messages: { failHard: 'refused' },
    },
    {
      name: 'tell the name of the root type without asking',
      query: 'mutation { __typename write(text: "t") { text } }',
      data: { __typename: 'Mutation', write: { text: 't' } },
      requests: { log: 1 },
    },
  ],
});
