import { defineCase } from '../../federation-case.ts';

const productOf = (from: string) => ({ id: '1', all: from, some: from, none: from, own: from });

export const federationCase = defineCase({
  // Of the requests that draw less than their percentage, the other test tells.
  compiled: { drawPercent: () => 20 },
  data: () => ({
    old: { Query: { products: [{ id: '1' }] }, Product: [productOf('old')] },
    new: { Product: [productOf('new')] },
  }),
  queries: [
    {
      name: 'takes a field from its new owner where that is to have all requests',
      query: '{ products { id all } }',
      data: { products: [{ id: '1', all: 'new' }] },
      requests: { old: 1, new: 1 },
      apolloIsWrong: 'The stock engine takes every label for false, percent(100) too.',
    },
    {
      name: 'leaves fields with a label that is not true to their old owner',
      query: '{ products { some none own } }',
      data: { products: [{ some: 'old', none: 'old', own: 'old' }] },
      requests: { old: 1 },
    },
  ],
});
