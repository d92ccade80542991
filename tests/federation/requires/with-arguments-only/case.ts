import { defineCase } from '../../federation-case.ts';

export const federationCase = defineCase({
  data: () => ({
    catalog: {
      Query: { item: { id: '1' } },
      Item: [{ id: '1', price: ({ currency }) => (currency === 'EUR' ? 9 : 10) }],
    },
    pricing: { Item: [{ id: '1', inEuro: (_args, { price }) => price }] },
  }),
  queries: [
    {
      name: 'uses an external field that nothing but a requirement with arguments uses',
      query: '{ item { inEuro } }',
      data: { item: { inEuro: 9 } },
      requests: { catalog: 1, pricing: 1 },
    },
  ],
});
