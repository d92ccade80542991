import { defineCase } from '../../federation-case.ts';

export const federationCase = defineCase({
  data: () => ({
    catalog: {
      Query: { products: [{ id: '1' }, { id: '2' }] },
      Product: [
        { id: '1', name: 'One', price: 10 },
        { id: '2', name: 'Two', price: 20 },
      ],
    },
    stock: {
      Product: ['1', '2'].map((id) => ({
        id,
        onHand: Number(id),
        shipping: (_args, { price }) => price / 2,
      })),
    },
  }),
  queries: [
    {
      name: 'leaves a subgraph alone when all its fields are left out',
      query: 'query ($with: Boolean!) { products { name onHand @include(if: $with) } }',
      variables: { with: false },
      data: { products: [{ name: 'One' }, { name: 'Two' }] },
      requests: { catalog: 1 },
    },
    {
      name: 'asks when they are wanted',
      query: 'query ($with: Boolean!) { products { name onHand @include(if: $with) } }',
      variables: { with: true },
      data: {
        products: [
          { name: 'One', onHand: 1 },
          { name: 'Two', onHand: 2 },
        ],
      },
      requests: { catalog: 1, stock: 1 },
    },
    {
      name: 'takes the default of a variable that is not given',
      query: 'query ($without: Boolean = true) { products { id name @skip(if: $without) } }',
      data: { products: [{ id: '1' }, { id: '2' }] },
    },
    {
      name: 'refuses null for a condition, which a default lets through as the value of the variable',
      query: 'query ($with: Boolean = true) { products { id name @include(if: $with) } }',
      variables: { with: null },
      errors: ['-'],
      messages: { '-': 'Argument \\"if\\" of non-null type \\"Boolean!\\" must not be null.' },
      apolloIsWrong: 'the subgraph finds the null, so that it depends on the plan which fields are lost',
    },
    {
      name: 'refuses null for a condition inside of introspection before anything is asked',
      query:
        'query ($with: Boolean = true) { __type(name: "Product") { name @include(if: $with) } products { id } }',
      variables: { with: null },
      errors: ['-'],
      messages: { '-': 'must not be null.' },
      requests: {},
    },
    {
      name: 'takes no null for false that another request has sent',
      query: 'query ($with: Boolean = true) { products { id name @include(if: $with) } }',
      variables: { with: false },
      data: { products: [{ id: '1' }, { id: '2' }] },
    },
    {
      name: 'does not ask whether to include what is skipped',
      query: 'query ($with: Boolean = true) { products { id name @include(if: $with) @skip(if: true) } }',
      variables: { with: null },
      data: { products: [{ id: '1' }, { id: '2' }] },
    },
    {
      name: 'lets @skip win over @include',
      query:
        'query ($yes: Boolean!) { products { id name @skip(if: $yes) @include(if: $yes) ... @include(if: $yes) { price } } }',
      variables: { yes: true },
      data: {
        products: [
          { id: '1', price: 10 },
          { id: '2', price: 20 },
        ],
      },
    },
    {
      name: 'keeps a field that is asked for with and without a condition',
      query: 'query ($no: Boolean!) { products { onHand @include(if: $no) ... on Product { onHand } } }',
      variables: { no: false },
      data: { products: [{ onHand: 1 }, { onHand: 2 }] },
      requests: { catalog: 1, stock: 1 },
    },
    {
      name: 'keeps the neighbours of a left-out field with a requirement',
      query: 'query ($with: Boolean!) { products { shipping @include(if: $with) onHand } }',
      variables: { with: false },
      data: { products: [{ onHand: 1 }, { onHand: 2 }] },
      apolloIsWrong: 'the representation wants the required field, which was left out with the field',
    },
    {
      name: 'answers a conditional field with a requirement when it is wanted',
      query: 'query ($with: Boolean!) { products { shipping @include(if: $with) onHand } }',
      variables: { with: true },
      data: {
        products: [
          { shipping: 5, onHand: 1 },
          { shipping: 10, onHand: 2 },
        ],
      },
    },
    {
      name: 'makes no request when everything is left out',
      query: 'query ($with: Boolean!) { products @include(if: $with) { name } }',
      variables: { with: false },
      data: {},
      requests: {},
    },
  ],
});
