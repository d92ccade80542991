import { buildSchema, Kind, parse } from 'graphql';
import { describe, expect, test } from 'vitest';

import { composeSubgraphs } from '../../tests/support/compose-subgraphs.ts';
import { compileCost, readCost } from './compile-cost.ts';
import { readCostRules, type CostRules } from './cost-rules.ts';

const noRules: CostRules = { weights: new Map(), listSizes: new Map() };

function cost(sdl: string, text: string, variables: Record<string, unknown> = {}, rules = noRules): number {
  const document = parse(text);
  const operation = document.definitions.find((node) => node.kind === Kind.OPERATION_DEFINITION);
  const schema = buildSchema(sdl);
  return readCost(compileCost(operation!, { schema, document, rules, listSizeAssumed: 10 }), variables);
}

const shop = `
  type Query { book: Book books(first: Int = 3): [Book!] page(first: Int, last: Int): Page shelf: [Book] }
  type Mutation { add: Book }
  type Book { title: String author: Author }
  type Author { name: String }
  type Page { edges: [Edge!]! nodes: [Book!]! }
  type Edge { node: Book! }
`;

describe('a cost is estimated', () => {
  test('as 1 for an object, 0 for a leaf, 10 more for a mutation', () => {
    expect(cost(shop, '{ book { title author { name } } }')).toBe(2);
    expect(cost(shop, 'mutation { add { title } }')).toBe(11);
  });

  test('with a list as often as its argument says, in the text, by default or in a variable', () => {
    expect(cost(shop, '{ books(first: 7) { author { name } } }')).toBe(14);
    expect(cost(shop, '{ books { author { name } } }')).toBe(6);
    const query = 'query ($n: Int = 20) { books(first: $n) { title } }';
    expect(cost(shop, query, { n: 5 })).toBe(5);
    expect(cost(shop, query)).toBe(20);
    expect(cost(shop, query, { n: 'many' })).toBe(10);
    expect(cost(shop, '{ shelf { title } }')).toBe(10);
  });

  test('with the number of a text or of a list of one, which custom scalars take for it', () => {
    const query = 'query ($n: Amount) { some(first: $n) { title } }';
    const sdl = 'scalar Amount type Query { some(first: Amount): [Book] } type Book { title: String }';
    const sizes = ['100', '1e2', '0x64', ' 100 ', '100.9', [100], [['100']]];
    expect(sizes.map((n) => cost(sdl, query, { n }))).toEqual([100, 100, 100, 100, 100.9, 100, 100]);
    expect(cost(sdl, '{ some(first: "100") { title } }')).toBe(100);
    expect(cost(sdl, query, { n: '100 books' })).toBe(100);
    expect(cost(sdl, query, { n: '' })).toBe(10);
    expect(cost(sdl, query, { n: { of: 100 } })).toBe(10);
    expect(cost(sdl, query, { n: '9e999' })).toBe(Number.POSITIVE_INFINITY);
  });

  test('through a connection, whose lists have the size that its field was given', () => {
    expect(cost(shop, '{ page(first: 50) { edges { node { title } } } }')).toBe(1 + 50 * 2);
    expect(cost(shop, '{ page(last: 4) { ...P } } fragment P on Page { nodes { title } }')).toBe(1 + 4);
  });

  test('by @cost and @listSize of the supergraph, though it names them otherwise', () => {
    const subgraph = `
      extend schema @link(url: "https://specs.apollo.dev/federation/v2.9",
        import: [{ name: "@cost", as: "@price" }, "@listSize"])
      type Query {
        posts(size: Int): Posts @listSize(slicingArguments: ["size"], sizedFields: ["list"])
        top: [Post] @listSize(assumedSize: 4)
        slow(deep: Boolean @price(weight: 5)): Int @price(weight: 30)
      }
      type Posts { list: [Post] }
      type Post @price(weight: 3) { id: ID }
    `;
    const rules = readCostRules(composeSubgraphs({ posts: subgraph }));
    const schema = subgraph.replace(/extend schema[\s\S]*?\]\)/, '').replace(/@\w+\([^)]*\)/g, '');
    expect(cost(schema, '{ top { id } }', {}, rules)).toBe(12);
    expect(cost(schema, '{ slow(deep: true) }', {}, rules)).toBe(35);
    const paged = 'query ($s: Int) { posts(size: $s) { list { id } } }';
    expect(cost(schema, paged, { s: 6 }, rules)).toBe(1 + 6 * 3);
  });
});
