import { defineCase } from '../../federation-case.ts';

export const federationCase = defineCase({
  data: () => ({
    catalog: {
      Query: { boxes: [{ id: '1' }, { id: '2' }] },
      Box: [
        { id: '1', size: { height: 2, width: 3 }, items: [{ id: 'a' }, { id: 'b' }] },
        { id: '2', size: { height: 1, width: null }, items: null },
      ],
      Item: [
        { id: 'a', weight: 5 },
        { id: 'b', weight: 7 },
      ],
    },
    shipping: {
      Query: { parcels: [{ id: '1' }] },
      Box: ['1', '2'].map((id) => ({
        id,
        volume: (_args, { size }) => (size.width === null ? null : size.height * size.width),
        weight: (_args, { items }) =>
          items === null
            ? null
            : items.reduce((sum: number, item: { weight: number }) => sum + item.weight, 0),
      })),
    },
    pricing: {
      Box: ['1', '2'].map((id) => ({
        id,
        cost: (_args, { volume, weight }) => (volume === null || weight === null ? null : volume * weight),
      })),
    },
    billing: {
      Box: ['1', '2'].map((id) => ({
        id,
        tax: (_args, { cost, volume }) => (cost === null ? null : cost + volume),
      })),
    },
  }),
  queries: [
    {
      name: 'sends required fields of nested objects and lists',
      query: '{ boxes { volume weight } }',
      data: {
        boxes: [
          { volume: 6, weight: 12 },
          { volume: null, weight: null },
        ],
      },
      requests: { catalog: 1, shipping: 1 },
    },
    {
      name: 'follows a chain of requirements through three subgraphs',
      query: '{ boxes { tax } }',
      data: { boxes: [{ tax: 78 }, { tax: null }] },
      requests: { catalog: 1, shipping: 1, pricing: 1, billing: 1 },
    },
    {
      name: 'answers required fields that the client asks for too, in its order',
      query: '{ boxes { tax size { width } cost volume items { weight } } }',
      data: {
        boxes: [
          { tax: 78, size: { width: 3 }, cost: 72, volume: 6, items: [{ weight: 5 }, { weight: 7 }] },
          { tax: null, size: { width: null }, cost: null, volume: null, items: null },
        ],
      },
    },
    {
      name: 'begins at the subgraph that has the field with the requirement',
      query: '{ parcels { volume } }',
      data: { parcels: [{ volume: 6 }] },
      requests: { shipping: 2, catalog: 1 },
    },
    {
      name: 'takes a nested required field under its own name when the client renames it',
      query: '{ boxes { volume size { height: width width: height } } }',
      data: {
        boxes: [
          { volume: 6, size: { height: 3, width: 2 } },
          { volume: null, size: { height: null, width: 1 } },
        ],
      },
      apolloIsWrong: 'the aliases take the place of the required fields inside the nested object',
    },
  ],
});
