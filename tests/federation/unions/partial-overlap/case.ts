import { defineCase } from '../../federation-case.ts';

export const federationCase = defineCase({
  data: () => ({
    media: {
      Query: {
        feed: [
          { __typename: 'Post', id: 'p1' },
          { __typename: 'Photo', id: 'f1' },
          null,
          { __typename: 'Post', id: 'p2' },
        ],
      },
      Post: [
        { id: 'p1', text: 'Hello' },
        { id: 'p2', text: null },
      ],
      Photo: [{ id: 'f1', width: 640 }],
    },
    events: {
      Query: {
        wall: [
          { __typename: 'Meeting', id: 'm1' },
          { __typename: 'Post', id: 'p1' },
        ],
      },
      Post: [
        { id: 'p1', likes: 3, origin: { __typename: 'Meeting', id: 'm1' } },
        { id: 'p2', likes: 0, origin: null },
      ],
      Meeting: [{ id: 'm1', place: 'Hall', about: { __typename: 'Post', id: 'p2' } }],
    },
  }),
  queries: [
    {
      name: 'answers a member that both subgraphs know from both',
      query: '{ feed { ... on Post { text likes } ... on Photo { width } } }',
      data: { feed: [{ text: 'Hello', likes: 3 }, { width: 640 }, null, { text: null, likes: 0 }] },
      requests: { media: 1, events: 1 },
    },
    {
      name: 'answers an empty object for a member that nothing is asked of',
      query: '{ feed { ... on Photo { width } } wall { ... on Post { text } } }',
      data: { feed: [{}, { width: 640 }, null, {}], wall: [{}, { text: 'Hello' }] },
    },
    {
      name: 'lets a fragment on a member that this subgraph does not know match nothing',
      query: '{ feed { __typename ... on Meeting { place } } }',
      data: { feed: [{ __typename: 'Post' }, { __typename: 'Photo' }, null, { __typename: 'Post' }] },
      requests: { media: 1 },
    },
    {
      name: 'goes from member to member across subgraphs',
      query:
        '{ feed { ... on Post { origin { ... on Meeting { place about { ... on Post { text } } } } } } }',
      data: {
        feed: [{ origin: { place: 'Hall', about: { text: null } } }, {}, null, { origin: null }],
      },
    },
  ],
});
