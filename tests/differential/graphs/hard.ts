import type { Row } from '../../support/declarative-subgraph.ts';
import type { DifferentialGraph } from '../differential-graph.ts';

const link = (imports: string): string =>
  `extend schema @link(url: "https://specs.apollo.dev/federation/v2.7", import: [${imports}])\n`;

const sdlByName = {
  catalog: `${link('"@key", "@shareable", "@inaccessible"')}
    type Query {
      items: [Item]
      item(id: ID!): Item
      node(id: ID!): Node
      subjects: [Subject]
      ping: String @shareable
      grid: [[Item]!]
      search(filter: ItemFilter, sizes: [Size!]): [Node!]
    }

    interface Node { id: ID! label: String }

    union Subject = Item | Human

    enum Currency { EUR USD }
    enum Size { SMALL LARGE HIDDEN @inaccessible }

    input ItemFilter {
      ids: [ID!]
      size: Size = LARGE
      secret: String @inaccessible
      nested: ItemFilter
    }

    type Item implements Node @key(fields: "id") @key(fields: "maker { code } serial") {
      id: ID!
      label: String
      maker: Maker!
      serial: Int!
      price(currency: Currency! = USD): Int
      weight: Int
      size: Size
      dims: Dims
      tags: [[String!]]
      parts: [Item!]
      owner: Owner
    }

    type Dims @shareable { height: Int width: Int }

    type Maker @key(fields: "code") { code: ID! country: String @shareable }

    union Owner = Human | Robot

    type Human @key(fields: "id") { id: ID! }
    type Robot @key(fields: "id") { id: ID! }
  `,
  people: `${link('"@key", "@shareable"')}
    type Query {
      beings: [Being]
      being(id: ID!): Being
      humans: [Human!]
    }

    interface Being @key(fields: "id") { id: ID! name: String boss: Being }

    type Human implements Being @key(fields: "id") {
      id: ID!
      name: String @shareable
      boss: Being
      likes: [Item]
      age: Int!
    }

    type Robot implements Being @key(fields: "id") {
      id: ID!
      name: String
      boss: Being
      model: String
      builder: Human
    }

    type Item @key(fields: "id") { id: ID! }
  `,
  social: `${link('"@key", "@interfaceObject", "@external", "@requires"')}
    type Query { popular: [Being!] }

    type Being @key(fields: "id") @interfaceObject {
      id: ID!
      name: String @external
      followers: Int
      friends: [Being]
      greeting: String @requires(fields: "name")
    }
  `,
  shipping: `${link('"@key", "@external", "@requires", "@shareable"')}
    type Query { ping: String @shareable parcels: [Parcel!]! }

    type Item @key(fields: "id") {
      id: ID!
      weight: Int @external
      dims: Dims @external
      volume: Int @requires(fields: "dims { height width }")
      parts: [Item!] @external
      partWeight: Int @requires(fields: "parts { weight }")
    }

    type Dims @shareable { height: Int width: Int }

    type Parcel { number: Int! item: Item status: Status! }

    enum Status { OPEN SENT }
  `,
  pricing: `${link('"@key", "@external", "@requires"')}
    type Item @key(fields: "id") {
      id: ID!
      price(currency: Currency! = USD): Int @external
      weight: Int @external
      volume: Int @external
      cost: Int @requires(fields: "weight volume")
      inEuro: Int @requires(fields: "price(currency: EUR)")
      inDollar: Int @requires(fields: "price(currency: USD)")
      asUsual: Int @requires(fields: "price")
    }

    enum Currency { EUR USD }
  `,
  stock: `${link('"@key", "@override", "@shareable"')}
    type Query { shelf: [Item!] }

    type Item @key(fields: "maker { code } serial") {
      maker: Maker!
      serial: Int!
      size: Size @override(from: "catalog")
      onHand: Int!
      fragile: Boolean
    }

    type Maker @key(fields: "code") { code: ID! leadDays: Int }

    enum Size { SMALL LARGE }
  `,
  reviews: `${link('"@key", "@external", "@provides"')}
    type Query { reviews(first: Int): [Review] latest: Subject }

    type Review @key(fields: "id") {
      id: ID!
      text: String
      author: Human! @provides(fields: "name")
      subject: Subject
      replies: [Review!]!
    }

    union Subject = Item | Robot

    type Human @key(fields: "id") { id: ID! name: String @external reviews: [Review] }
    type Robot @key(fields: "id") { id: ID! }
    type Item @key(fields: "id") { id: ID! reviews: [Review] }
  `,
};

const itemIds = ['i1', 'i2', 'i3', 'i4', 'i5'] as const;
const makers = ['acme', 'zeta'] as const;
const keyOf = (index: number): Row => ({ maker: { code: makers[index % 2] }, serial: index });
const human = (id: string): Row => ({ __typename: 'Human', id });
const robot = (id: string): Row => ({ __typename: 'Robot', id });
const item = (id: string): Row => ({ __typename: 'Item', id });

const price = ({ currency }: { currency: string }, { id }: { id: string }): number | null =>
  id === 'i4' ? null : Number(id.slice(1)) * (currency === 'EUR' ? 90 : 100);

const itemRows = itemIds.map((id, index) => ({
  id,
  ...keyOf(index),
  label: id === 'i3' ? new Error('The label fell off') : `Item ${id}`,
  price,
  weight: id === 'i2' ? null : (index + 1) * 10,
  dims: id === 'i5' ? null : { height: index + 1, width: index === 2 ? null : 2 },
  tags: index % 2 === 0 ? [['a', 'b'], null, []] : null,
  parts: id === 'i1' ? [{ id: 'i2' }, { id: 'i3' }] : id === 'i4' ? null : [],
  owner: [human('h1'), robot('r1'), null, human('h9'), human('h2')][index],
}));

const reviewIds = ['v1', 'v2', 'v3', 'v4'];
const names: Readonly<Record<string, string>> = { h1: 'Ann', h2: 'Bob', h3: 'Cyd', r1: 'Rob', r2: 'Rex' };

function volume(
  _args: unknown,
  { dims }: { dims: { height: number | null; width: number | null } | null },
): number | null {
  return dims === null || dims.height === null || dims.width === null ? null : dims.height * dims.width;
}

/** Written so that it also holds in the plain schema, where `volume` is the function above and not a value. */
function cost(
  _args: unknown,
  parent: { weight: number | null; volume: unknown; dims: never },
): number | null {
  const size =
    typeof parent.volume === 'function' ? volume({}, parent) : ((parent.volume ?? null) as number | null);
  return parent.weight === null || size === null ? null : parent.weight * size;
}

/** A graph made of the hard directives; every subgraph lacks something that another one refers to. */
export const hardGraph: DifferentialGraph = {
  name: 'hard',
  sdlByName,
  data: {
    catalog: {
      Query: {
        items: [...itemIds.map((id) => ({ id })), null],
        item: ({ id }) => (itemRows.some((row) => row.id === id) ? { id } : null),
        node: ({ id }) => (itemRows.some((row) => row.id === id) ? item(id) : null),
        subjects: [item('i2'), human('h1'), human('h9'), null, item('i5')],
        ping: 'pong',
        grid: [[{ id: 'i1' }, null], [], [{ id: 'i4' }, { id: 'i1' }]],
        search: ({ filter }) =>
          (filter?.ids ?? ['i1', 'i3'])
            .filter((id: string) => id.startsWith('i'))
            .map((id: string) => item(id)),
      },
      Item: itemRows,
      Maker: makers.map((code) => ({ code, country: code === 'acme' ? 'SE' : null })),
      Human: ['h1', 'h2', 'h3', 'h9'].map((id) => ({ id })),
      Robot: ['r1', 'r2'].map((id) => ({ id })),
    },
    people: {
      Query: {
        beings: [human('h1'), robot('r1'), null, human('h2'), robot('r2')],
        being: ({ id }) => (id in names ? { __typename: id.startsWith('h') ? 'Human' : 'Robot', id } : null),
        humans: [human('h1'), human('h2'), human('h3')],
      },
      Human: [
        {
          id: 'h1',
          name: names['h1'],
          boss: robot('r1'),
          likes: [{ id: 'i1' }, null, { id: 'i5' }],
          age: 30,
        },
        { id: 'h2', name: names['h2'], boss: human('h1'), likes: null, age: 40 },
        { id: 'h3', name: names['h3'], boss: null, likes: [], age: new Error('The age is not told') },
      ],
      Robot: [
        { id: 'r1', name: names['r1'], boss: null, model: 'X1', builder: { id: 'h2' } },
        { id: 'r2', name: null, boss: robot('r1'), model: null, builder: { id: 'h9' } },
      ],
    },
    social: {
      Query: { popular: [{ id: 'r1' }, { id: 'h2' }] },
      Being: ['h1', 'h2', 'h3', 'r1', 'r2'].map((id, index) => ({
        id,
        followers: id === 'h2' ? null : index * 100,
        friends: id === 'h1' ? [{ id: 'r1' }, null, { id: 'h3' }] : id === 'r1' ? [{ id: 'h1' }] : [],
        greeting: (_args, { name }) => (name === null ? null : `Hello ${name}`),
      })),
    },
    shipping: {
      Query: {
        ping: 'pong',
        parcels: [
          { number: 1, item: { id: 'i1' }, status: 'OPEN' },
          { number: 2, item: { id: 'i5' }, status: 'SENT' },
          { number: 3, item: null, status: 'OPEN' },
        ],
      },
      Item: itemIds
        .filter((id) => id !== 'i5')
        .map((id) => ({
          id,
          volume,
          partWeight: (_args, { parts }) =>
            parts === null
              ? null
              : parts.reduce(
                  (sum: number, part: { id?: string; weight?: number | null }) =>
                    sum + ((part.weight === undefined ? weightOf(part.id) : part.weight) ?? 0),
                  0,
                ),
        })),
    },
    pricing: {
      Item: itemIds.map((id) => ({
        id,
        cost,
        inEuro: (_args, parent) => readPrice(parent, 'EUR'),
        inDollar: (_args, parent) => readPrice(parent, 'USD'),
        asUsual: (_args, parent) => readPrice(parent, 'USD'),
      })),
    },
    stock: {
      Query: { shelf: [keyOf(3), keyOf(0)] },
      // All items: `maker` is shared by catalog and stock, so both must know the same.
      Item: itemIds.map((_id, index) => ({
        ...keyOf(index),
        size: index === 1 ? null : index % 2 === 0 ? 'SMALL' : 'LARGE',
        onHand: index === 4 ? new Error('The scales are out of order') : index,
        fragile: index === 2,
      })),
      Maker: makers.map((code, index) => ({ code, leadDays: index })),
    },
    reviews: {
      Query: {
        reviews: ({ first }) => reviewIds.slice(0, first ?? 9).map((id) => ({ id })),
        latest: robot('r2'),
      },
      Review: reviewIds.map((id, index) => ({
        id,
        text: index === 2 ? null : `Text ${id}`,
        author: { id: `h${(index % 3) + 1}`, name: names[`h${(index % 3) + 1}`] },
        subject: [item('i1'), robot('r1'), null, item('i3')][index],
        replies: index === 0 ? [{ id: 'v2' }, { id: 'v4' }] : [],
      })),
      Human: ['h1', 'h2', 'h3'].map((id, index) => ({ id, reviews: [{ id: reviewIds[index] }] })),
      Robot: ['r1', 'r2'].map((id) => ({ id })),
      Item: itemIds
        .filter((id) => id !== 'i4')
        .map((id) => ({ id, reviews: id === 'i1' ? [{ id: 'v1' }] : id === 'i3' ? [{ id: 'v4' }] : [] })),
    },
  },
  argumentValues: {
    id: ['i1', 'i2', 'i5', 'h1', 'r1', 'none'],
    ids: ['i1', 'i2', 'i4', 'none'],
    first: [0, 1, 2, 4],
  },
  interfaceObject: {
    fields: ['followers', 'friends', 'greeting'],
    narrowing: ['Human', 'Robot', 'author', 'builder', 'humans'],
    leads:
      'popular beings being humans boss owner subjects subject latest author reviews replies builder'.split(
        ' ',
      ),
  },
  hostileNames: [
    'id',
    'name',
    'maker',
    'code',
    'serial',
    'price',
    'weight',
    'dims',
    'volume',
    'parts',
    '_entities',
  ],
};

function weightOf(id: string | undefined): number | null {
  return itemRows.find((row) => row.id === id)?.weight ?? null;
}

/** A representation carries the price as a value; the plain schema has the function. */
function readPrice(parent: { id: string; price: unknown }, currency: string): number | null {
  if (typeof parent.price === 'function') return price({ currency }, parent);
  return (parent.price ?? null) as number | null;
}
