import { defineCase } from '../../federation-case.ts';

export const federationCase = defineCase({
  data: () => ({
    accounts: {
      Query: {
        users: ({ first, ids }) =>
          (ids ?? ['1', '2', '3']).slice(0, first ?? 9).map((id: string) => ({ id })),
        me: { id: '1' },
        again: { me: { id: '1' } },
      },
      User: ['1', '2', '3'].map((id) => ({
        id,
        name: `User ${id}`,
        tags: id === '1' ? [['a', null], [], null] : null,
        friends: ({ first }) => ['3', '2'].slice(0, first ?? 9).map((friend) => ({ id: friend })),
      })),
    },
    posts: {
      User: ['1', '2', '3'].map((id) => ({
        id,
        posts: ({ first }) => [1, 2].slice(0, first).map((number) => ({ id: `${id}-${number}` })),
      })),
      Post: ['1', '2', '3'].flatMap((id) =>
        [1, 2].map((number) => ({ id: `${id}-${number}`, title: `Post ${id}-${number}`, author: { id } })),
      ),
    },
  }),
  queries: [
    {
      name: 'merges the same field of several fragments',
      query: `
        { me { ...A posts(first: 1) { id } ...B } }
        fragment A on User { name posts(first: 1) { title } }
        fragment B on User { id posts(first: 1) { author { name } } }`,
      data: {
        me: {
          name: 'User 1',
          posts: [{ title: 'Post 1-1', id: '1-1', author: { name: 'User 1' } }],
          id: '1',
        },
      },
      requests: { accounts: 1, posts: 1 },
    },
    {
      name: 'keeps the order in which the document first names each field',
      query: `
        { me { ... on User { name ... on User { posts { id } } } ... on User { id name } tags } }`,
      data: { me: { name: 'User 1', posts: [{ id: '1-1' }], id: '1', tags: [['a', null], [], null] } },
    },
    {
      name: 'answers one field with other arguments under other names',
      query:
        '{ me { a: posts(first: 1) { id } b: posts(first: 2) { id } c: friends(first: 1) { name posts { id } } } }',
      data: {
        me: {
          a: [{ id: '1-1' }],
          b: [{ id: '1-1' }, { id: '1-2' }],
          c: [{ name: 'User 3', posts: [{ id: '3-1' }] }],
        },
      },
      requests: { accounts: 1, posts: 1 },
    },
    {
      name: 'sends variables, defaults and lists on as they are',
      query:
        'query Q($first: Int = 1, $ids: [ID!], $posts: Int!) { users(first: $first, ids: $ids) { id posts(first: $posts) { id } } }',
      variables: { ids: ['3', '1'], posts: 2 },
      data: { users: [{ id: '3', posts: [{ id: '3-1' }, { id: '3-2' }] }] },
      requests: { accounts: 1, posts: 1 },
    },
    {
      name: 'lets a null argument be a null and an absent one the default',
      query:
        'query ($none: Int) { a: users(first: null) { id } b: users { id } c: users(first: $none) { id } }',
      data: {
        a: [{ id: '1' }, { id: '2' }, { id: '3' }],
        b: [{ id: '1' }, { id: '2' }],
        c: [{ id: '1' }, { id: '2' }],
      },
    },
    {
      name: 'runs the operation that is named',
      query: 'query A { me { name } } query B { me { posts { title } } }',
      operationName: 'B',
      data: { me: { posts: [{ title: 'Post 1-1' }] } },
    },
    {
      name: 'gives back names that a subgraph could take for its own',
      query: '{ _entities: me { _service: name representations: posts { __type: id } } }',
      data: { _entities: { _service: 'User 1', representations: [{ __type: '1-1' }] } },
    },
    {
      name: 'lets a variable have a name that entity fetches could take for their own',
      query: `
        query ($representations: Int!, $representations_0: Int!, $representations_1: Int!) {
          me {
            posts(first: $representations_0) { id }
            friends(first: $representations) { posts(first: $representations_1) { id } }
          }
        }`,
      variables: { representations: 1, representations_0: 2, representations_1: 1 },
      data: { me: { posts: [{ id: '1-1' }, { id: '1-2' }], friends: [{ posts: [{ id: '3-1' }] }] } },
    },
    {
      name: 'sends a variable that is called like what every object inherits, to root fields and to entities',
      query: `
        query ($constructor: [ID!], $toString: Int!, $__proto__: Int) {
          users(ids: $constructor) { posts(first: $toString) { id } friends(first: $__proto__) { id } }
        }`,
      variables: JSON.parse('{ "constructor": ["2"], "toString": 1, "__proto__": 1 }') as Record<
        string,
        unknown
      >,
      data: { users: [{ posts: [{ id: '2-1' }], friends: [{ id: '3' }] }] },
    },
    {
      name: 'gives back names of the prototype of an object',
      query: '{ me { constructor: name hasOwnProperty: id toString: posts { valueOf: title } } }',
      data: { me: { constructor: 'User 1', hasOwnProperty: '1', toString: [{ valueOf: 'Post 1-1' }] } },
    },
    {
      name: 'answers introspection wherever the query root is, one name for several types too',
      query: `{
        __type(name: "Post") { name }
        again { __type(name: "User") { kind } me { name } }
        other: again { ... on Query { __type(name: "Post") { kind } __type(name: "Post") { name } } }
      }`,
      data: {
        __type: { name: 'Post' },
        again: { __type: { kind: 'OBJECT' }, me: { name: 'User 1' } },
        other: { __type: { kind: 'OBJECT', name: 'Post' } },
      },
      apolloIsWrong: 'Its planner looks for a subgraph that answers the nested introspection.',
    },
    {
      name: 'answers introspection beside data',
      query: '{ __type(name: "Post") { name fields { name } } me { name } __schema { queryType { name } } }',
      data: {
        __type: { name: 'Post', fields: [{ name: 'id' }, { name: 'title' }, { name: 'author' }] },
        me: { name: 'User 1' },
        __schema: { queryType: { name: 'Query' } },
      },
      requests: { accounts: 1 },
    },
  ],
});
