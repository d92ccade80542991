import { defineCase } from '../../federation-case.ts';

export const federationCase = defineCase({
  data: () => ({
    catalog: {
      Query: {
        parts: [
          { maker: { code: 'acme' }, serial: 1 },
          { maker: { code: 'acme' }, serial: 2 },
          { maker: { code: 'zeta' }, serial: 1 },
        ],
      },
      Part: [
        { maker: { code: 'acme' }, serial: 1, name: 'Bolt' },
        { maker: { code: 'acme' }, serial: 2, name: 'Nut' },
        { maker: { code: 'zeta' }, serial: 1, name: 'Gear' },
      ],
      Maker: [
        { code: 'acme', country: 'SE' },
        { code: 'zeta', country: 'PT' },
      ],
    },
    stock: {
      Part: [
        { maker: { code: 'acme' }, serial: 1, onHand: 11 },
        { maker: { code: 'acme' }, serial: 2, onHand: 12 },
        { maker: { code: 'zeta' }, serial: 1, onHand: 21 },
      ],
      Maker: [
        { code: 'acme', leadDays: 3 },
        { code: 'zeta', leadDays: 9 },
      ],
    },
  }),
  queries: [
    {
      name: 'joins by a key that reaches into another object',
      query: '{ parts { name onHand } }',
      data: {
        parts: [
          { name: 'Bolt', onHand: 11 },
          { name: 'Nut', onHand: 12 },
          { name: 'Gear', onHand: 21 },
        ],
      },
      requests: { catalog: 1, stock: 1 },
    },
    {
      name: 'answers the fields of the object inside the key from both subgraphs',
      query: '{ parts { maker { country leadDays code } serial } }',
      data: {
        parts: [
          { maker: { country: 'SE', leadDays: 3, code: 'acme' }, serial: 1 },
          { maker: { country: 'SE', leadDays: 3, code: 'acme' }, serial: 2 },
          { maker: { country: 'PT', leadDays: 9, code: 'zeta' }, serial: 1 },
        ],
      },
      requests: { catalog: 1, stock: 1 },
    },
    {
      name: 'sends two types at once as one request with one list of representations or two aliases',
      query: '{ parts { onHand maker { leadDays } } }',
      data: {
        parts: [
          { onHand: 11, maker: { leadDays: 3 } },
          { onHand: 12, maker: { leadDays: 3 } },
          { onHand: 21, maker: { leadDays: 9 } },
        ],
      },
      requests: { catalog: 1, stock: 1 },
    },
    {
      name: 'keeps the key whole when the client renames what is inside it',
      query: '{ parts { maker { code: country } serial: name onHand } }',
      data: {
        parts: [
          { maker: { code: 'SE' }, serial: 'Bolt', onHand: 11 },
          { maker: { code: 'SE' }, serial: 'Nut', onHand: 12 },
          { maker: { code: 'PT' }, serial: 'Gear', onHand: 21 },
        ],
      },
      apolloIsWrong: 'the aliases take the place of the fields of the key',
    },
    {
      name: 'keeps the key whole when the client gives its object another name',
      query: '{ parts { company: maker { code } maker: serial onHand } }',
      data: {
        parts: [
          { company: { code: 'acme' }, maker: 1, onHand: 11 },
          { company: { code: 'acme' }, maker: 2, onHand: 12 },
          { company: { code: 'zeta' }, maker: 1, onHand: 21 },
        ],
      },
      apolloIsWrong: 'the alias `maker` takes the place of the object in the key',
    },
  ],
});
