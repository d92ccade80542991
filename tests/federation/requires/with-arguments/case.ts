import { defineCase } from '../../federation-case.ts';

export const federationCase = defineCase({
  data: () => ({
    catalog: {
      Query: { items: [{ id: '1' }, { id: '2' }] },
      Item: [1, 2].map((number) => ({
        id: String(number),
        price: ({ currency }) => number * (currency === 'EUR' ? 9 : 10),
        comments: ({ limit }) => ['a', 'b', 'c', 'd'].slice(0, limit ?? 9).map((text) => ({ text })),
      })),
    },
    pricing: {
      Item: ['1', '2'].map((id) => ({
        id,
        inEuro: (_args, { price }) => price,
        inDollar: (_args, { price }) => price,
        summary: (_args, { comments }) => comments.map((comment: { text: string }) => comment.text).join(''),
      })),
    },
  }),
  queries: [
    {
      name: 'brings a required field with its argument',
      query: '{ items { inEuro } }',
      data: { items: [{ inEuro: 9 }, { inEuro: 18 }] },
      requests: { catalog: 1, pricing: 1 },
    },
    {
      name: 'brings one field with two arguments to two fields that require it',
      query: '{ items { inEuro inDollar } }',
      data: {
        items: [
          { inEuro: 9, inDollar: 10 },
          { inEuro: 18, inDollar: 20 },
        ],
      },
      apolloIsWrong: 'selections merge by response name and ignore arguments: both get the same price',
      requests: { catalog: 1, pricing: 1 },
    },
    {
      name: "keeps the client's own arguments apart from the required ones",
      query: '{ items { comments(limit: 1) { text } summary price(currency: USD) inEuro } }',
      data: {
        items: [
          { comments: [{ text: 'a' }], summary: 'abc', price: 10, inEuro: 9 },
          { comments: [{ text: 'a' }], summary: 'abc', price: 20, inEuro: 18 },
        ],
      },
      apolloIsWrong: "the client's arguments and the required ones are taken for one field",
    },
    {
      name: "keeps a client's variable apart from the required argument",
      query: 'query ($limit: Int) { items { summary comments(limit: $limit) { text } } }',
      variables: { limit: 2 },
      data: {
        items: [
          { summary: 'abc', comments: [{ text: 'a' }, { text: 'b' }] },
          { summary: 'abc', comments: [{ text: 'a' }, { text: 'b' }] },
        ],
      },
      apolloIsWrong: "the client's arguments and the required ones are taken for one field",
    },
  ],
});
