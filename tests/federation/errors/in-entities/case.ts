import { defineCase } from '../../federation-case.ts';

export const federationCase = defineCase({
  data: () => ({
    catalog: {
      Query: {
        products: [{ id: '1' }, { id: '2' }, { id: '3' }],
        twice: [{ id: '2' }, { id: '1' }, { id: '2' }],
        count: 3,
        brokenCount: new Error('Nobody counts'),
      },
      Product: ['1', '2', '3'].map((id) => ({
        id,
        name: `Product ${id}`,
        broken: id === '2' ? new Error('The name is unreadable') : 'fine',
        brokenNonNull: id === '3' ? new Error('The lamp is out') : 'fine',
      })),
    },
    stock: {
      Product: [
        {
          id: '1',
          onHand: 1,
          places: [{ row: 1 }, { row: new Error('No such row') }],
          height: 5,
          width: 6,
          box: { weight: new Error('The scales are gone') },
        },
        {
          id: '2',
          onHand: new Error('The scales are out of order'),
          places: [],
          height: 7,
          width: new Error('Too wide'),
          box: { weight: 8 },
        },
        { id: '3', __error: 'The shelf is closed' },
      ],
    },
  }),
  queries: [
    {
      name: 'puts an error of a root fetch at its path',
      query: '{ products { broken } }',
      data: { products: [{ broken: 'fine' }, { broken: null }, { broken: 'fine' }] },
      errors: ['products.1.broken'],
    },
    {
      name: 'lets a non-null violation of the subgraph bubble and keeps the error that caused it, alone',
      query: '{ products { brokenNonNull } }',
      data: { products: [{ brokenNonNull: 'fine' }, { brokenNonNull: 'fine' }, null] },
      errors: ['products.2.brokenNonNull'],
    },
    {
      name: 'tells nothing of the neighbours at the root that the null of another field took with it',
      query: '{ count brokenCount products { name } }',
      data: null,
      errors: ['brokenCount'],
    },
    {
      name: 'tells nothing of the neighbours in an entity that the null of another field took with it',
      query: '{ products { name height width } }',
      data: { products: [{ name: 'Product 1', height: 5, width: 6 }, null, null] },
      errors: ['products.1.width', 'products.2'],
    },
    {
      name: 'tells nothing of such neighbours at each place of the entity, and under their other names',
      query: '{ twice { tall: height same: height place: box { weight } } }',
      data: {
        twice: [{ tall: 7, same: 7, place: { weight: 8 } }, null, { tall: 7, same: 7, place: { weight: 8 } }],
      },
      errors: ['twice.1.place.weight'],
    },
    {
      name: 'keeps an object under another name, for which nobody asked what is broken',
      query: '{ products { brokenNonNull } other: products { id } }',
      data: {
        products: [{ brokenNonNull: 'fine' }, { brokenNonNull: 'fine' }, null],
        other: [{ id: '1' }, { id: '2' }, { id: '3' }],
      },
      errors: ['products.2.brokenNonNull'],
    },
    {
      name: 'puts an error of an entity at the place of the entity',
      query: '{ products { name onHand } }',
      data: {
        products: [
          { name: 'Product 1', onHand: 1 },
          { name: 'Product 2', onHand: null },
          { name: 'Product 3', onHand: null },
        ],
      },
      errors: ['products.1.onHand', 'products.2'],
    },
    {
      name: 'puts an error deep inside an entity at its place',
      query: '{ products { places { row } } }',
      data: { products: [{ places: [{ row: 1 }, null] }, { places: [] }, { places: null }] },
      errors: ['products.0.places.1.row', 'products.2'],
    },
    {
      name: 'puts the error of one entity at each place where it stands',
      query: '{ twice { onHand } }',
      data: { twice: [{ onHand: null }, { onHand: 1 }, { onHand: null }] },
      errors: ['twice.0.onHand', 'twice.2.onHand'],
    },
    {
      name: "writes the client's alias in an error's path",
      query: '{ list: products { count: onHand } }',
      data: { list: [{ count: 1 }, { count: null }, { count: null }] },
      errors: ['list.1.count', 'list.2'],
    },
    {
      name: 'names the service of an error',
      query: '{ products { onHand } }',
      data: { products: [{ onHand: 1 }, { onHand: null }, { onHand: null }] },
      errors: ['products.1.onHand', 'products.2'],
      messages: { 'products.1.onHand': 'stock' },
    },
  ],
});
