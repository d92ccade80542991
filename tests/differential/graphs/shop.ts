import { readFileSync } from 'node:fs';
import path from 'node:path';

import type { Row } from '../../support/declarative-subgraph.ts';
import type { DifferentialGraph } from '../differential-graph.ts';

// From the root of the project: the differential run is also bundled, and then lies elsewhere.
const readSchema = (name: string): string =>
  readFileSync(path.resolve('subgraphs', name, 'schema.graphql'), 'utf8');

const names = ['accounts', 'catalog', 'inventory', 'orders', 'reviews'] as const;

interface Page {
  readonly first?: number | null;
  readonly last?: number | null;
}

/** A connection over rows; cursors and filters are not what this run is about, so they are left aside. */
function connect(rows: readonly Row[]): (args: Page) => Row {
  return ({ first, last }) => {
    const taken = rows.slice(0, first ?? rows.length);
    const nodes = taken.slice(Math.max(0, taken.length - (last ?? taken.length)));
    return {
      edges: nodes.map((node, index) => ({ cursor: `c${index}`, node })),
      nodes,
      pageInfo: {
        startCursor: nodes.length > 0 ? 'c0' : null,
        endCursor: nodes.length > 0 ? `c${nodes.length - 1}` : null,
        hasPreviousPage: false,
        hasNextPage: nodes.length < rows.length,
      },
      totalCount: rows.length,
    };
  };
}

const now = '2026-05-01T09:30:00.000Z';
const money = (amount: number): Row => ({ amount, currency: 'EUR' });
const userIds = ['u1', 'u2', 'u3'];
const kinds = ['Book', 'Device', 'Apparel'] as const;
const productIds = ['p1', 'p2', 'p3', 'p4', 'p5'];
const kindOf = (id: string): (typeof kinds)[number] => kinds[(Number(id.slice(1)) - 1) % 3] ?? 'Book';
const product = (id: string): Row => ({ __typename: kindOf(id), id });
const user = (id: string): Row => ({ id });

const productRow = (id: string): Row => {
  const number = Number(id.slice(1));
  const common = {
    id,
    sku: `S-${number}`,
    name: `Product ${number}`,
    // One text cannot be read: it takes its product along.
    description: id === 'p4' ? new Error('The text is unreadable') : `About ${number}`,
    price: money(number * 1000),
    weight: number * 250,
    imageUrl: `https://shop.example/${id}.png`,
    addedAt: now,
    category: { id: number % 2 === 0 ? 'c2' : 'c3' },
  };
  const own = {
    Book: { author: `Author ${number}`, isbn: '9783161484100', pages: 100 + number },
    Device: { brand: 'Acme', specs: [{ name: 'Power', value: '9 W' }], warrantyMonths: 24 },
    Apparel: { sizes: ['S', 'XL'], colour: 'blue', material: 'wool' },
  };
  return { ...common, ...own[kindOf(id)] };
};

const categoryRows: readonly Row[] = [
  { id: 'c1', name: 'All', slug: 'all', parent: null, children: [{ id: 'c2' }, { id: 'c3' }], ancestors: [] },
  { id: 'c2', name: 'Even', slug: 'even', parent: { id: 'c1' }, children: [], ancestors: [{ id: 'c1' }] },
  { id: 'c3', name: 'Odd', slug: 'odd', parent: { id: 'c1' }, children: [], ancestors: [{ id: 'c1' }] },
].map((row) => ({ ...row, products: connect(productIds.slice(0, 2).map(product)) }));

const stockLevel = (id: string, warehouse: string): Row => ({
  warehouse: { id: warehouse },
  product: id === 'p5' ? null : { id },
  onHand: 10,
  reserved: 3,
  available: 7,
  updatedAt: now,
});

interface Weighed {
  readonly price: { readonly amount: number } | null;
  readonly weight: number;
}

const reviewIds = ['r1', 'r2', 'r3', 'r4'];
const orderIds = ['o1', 'o2'];
const findById =
  (ids: readonly string[], make: (id: string) => Row) =>
  ({ id }: { readonly id?: string | null }): Row | null =>
    id !== undefined && id !== null && ids.includes(id) ? make(id) : null;
const byKind = (kind: string): Row[] => productIds.filter((id) => kindOf(id) === kind).map(productRow);

/** The shop's real schemas over rows in memory; the reviews know a product that the inventory has lost. */
export const shopGraph: DifferentialGraph = {
  name: 'shop',
  sdlByName: Object.fromEntries(names.map((name) => [name, readSchema(name)])),
  data: {
    accounts: {
      Query: { me: user('u1'), user: findById(userIds, user), users: connect(userIds.map(user)) },
      User: userIds.map((id) => ({
        id,
        username: `name-${id}`,
        name: `User ${id}`,
        email: `${id}@example.org`,
        registeredAt: now,
        addresses:
          id === 'u2'
            ? []
            : [
                {
                  id: `a-${id}`,
                  label: 'Home',
                  street: 'Quay 1',
                  city: 'Oslo',
                  postalCode: '1',
                  country: 'NO',
                  isDefault: true,
                },
              ],
      })),
    },
    catalog: {
      Query: {
        product: findById(productIds, product),
        products: connect(productIds.map(product)),
        category: findById(['c1', 'c2', 'c3'], (id) => ({ id })),
        categories: [{ id: 'c1' }],
      },
      Book: byKind('Book'),
      Device: byKind('Device'),
      Apparel: byKind('Apparel'),
      Category: categoryRows,
    },
    inventory: {
      Query: {
        warehouse: findById(['w1', 'w2'], (id) => ({ id })),
        warehouses: [{ id: 'w1' }, { id: 'w2' }],
        reservation: findById(['v1'], (id) => ({ id })),
      },
      Product: productIds
        .filter((id) => id !== 'p5')
        .map((id) => ({
          id,
          inStock: id !== 'p2',
          available: Number(id.slice(1)),
          stockLevels: [stockLevel(id, 'w1'), stockLevel(id, 'w2')],
          shippingEstimate: (_args, { price, weight }: Weighed) =>
            money((price?.amount ?? 0) >= 10_000 ? 0 : weight),
        })),
      Warehouse: ['w1', 'w2'].map((id) => ({
        id,
        code: id.toUpperCase(),
        name: `House ${id}`,
        city: 'Oslo',
        country: 'NO',
        stock: connect(productIds.map((item) => stockLevel(item, id))),
      })),
      Reservation: [
        {
          id: 'v1',
          reference: 'ref-1',
          lines: [{ product: { id: 'p1' }, warehouse: { id: 'w2' }, quantity: 2 }],
          createdAt: now,
        },
      ],
    },
    orders: {
      Query: { order: findById(orderIds, (id) => ({ id })), orders: connect(orderIds.map((id) => ({ id }))) },
      Order: orderIds.map((id, index) => ({
        id,
        number: `FH-${id}`,
        customer: { id: userIds[index] },
        status: index === 0 ? 'PAID' : 'SHIPPED',
        placedAt: now,
        cancelledAt: null,
        items: ['p1', 'p2'].map((item, position) => ({
          position: position + 1,
          product: position === 1 && index === 1 ? null : { id: item },
          name: `Product ${item}`,
          quantity: 1,
          unitPrice: money(1000),
          total: money(1000),
        })),
        quantity: 2,
        total: money(2000),
      })),
      User: userIds.map((id, index) => ({ id, orders: connect(index < 2 ? [{ id: orderIds[index] }] : []) })),
      Product: productIds.map((id, index) => ({ id, unitsOrdered: index < 2 ? 2 : 0 })),
    },
    reviews: {
      Query: { review: findById(reviewIds, (id) => ({ id })) },
      Review: reviewIds.map((id, index) => ({
        id,
        rating: index + 1,
        title: `Title ${id}`,
        body: `Body ${id}`,
        createdAt: now,
        updatedAt: index === 0 ? null : now,
        author: { id: userIds[index % 3], username: `name-${userIds[index % 3]}` },
        product: index === 2 ? null : { id: productIds[index] },
      })),
      User: userIds.map((id, index) => ({
        id,
        reviews: connect(
          reviewIds.filter((_review, place) => place % 3 === index).map((review) => ({ id: review })),
        ),
      })),
      Product: productIds.map((id, index) => ({
        id,
        reviews: connect(reviewIds[index] && index !== 2 ? [{ id: reviewIds[index] }] : []),
        rating: {
          average: index === 4 ? null : index + 0.5,
          count: 1,
          histogram: [5, 4, 3, 2, 1].map((rating) => ({ rating, count: rating === 3 ? 1 : 0 })),
        },
      })),
    },
  },
  argumentValues: {
    id: ['u1', 'p1', 'p3', 'c1', 'w1', 'o1', 'r2', 'v1', 'none'],
    first: [0, 1, 2, 3, 20],
    last: [0, 1, 2],
    DateTime: [now],
    CountryCode: ['NO', 'SE'],
    NonNegativeInt: [0, 1, 100],
    username: ['name-u1', 'nobody'],
  },
  interfaceObject: {
    fields: ['inStock', 'available', 'stockLevels', 'shippingEstimate', 'reviews', 'rating', 'unitsOrdered'],
    narrowing: [...kinds],
    leads: ['product', 'products', 'nodes', 'node', 'edges'],
  },
  hostileNames: ['id', 'username', 'price', 'weight', 'amount', 'currency', 'product', '_entities'],
};
