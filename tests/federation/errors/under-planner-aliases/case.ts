import { defineCase } from '../../federation-case.ts';

// The two titles cannot merge in the subgraph that says `String!` of one: the planner asks for the other by an alias.
export const federationCase = defineCase({
  data: () => ({
    media: {
      Query: {
        feed: [
          { __typename: 'Post', id: 'p1' },
          { __typename: 'Photo', id: 'f1' },
        ],
      },
      Post: [{ id: 'p1', title: 'Hello' }],
      Photo: [{ id: 'f1', title: new Error('The title is unreadable') }],
    },
    texts: { Post: [{ id: 'p1', title: 'Hello' }] },
  }),
  queries: [
    {
      name: "puts an error at the field's own place, whatever the planner called it",
      query: '{ feed { ... on Post { title } ... on Photo { title } } }',
      data: { feed: [{ title: 'Hello' }, { title: null }] },
      errors: ['feed.1.title'],
      apolloErrors: {
        paths: ['feed.1.title__alias_0'],
        reason: "the stock gateway leaves the planner's alias in the path",
      },
    },
  ],
});
