import { type GraphQLResolveInfo, buildSchema, graphql } from 'graphql';
import { expect, test } from 'vitest';

import { fieldsAsked, fieldsAskedOfType, nodeFieldsAsked } from './fields-asked.ts';

const schema = buildSchema(`
  interface Product { id: ID! name: String price: Int }
  interface Readable { pages: Int }
  type Book implements Product & Readable { id: ID! name: String price: Int pages: Int }
  type Device implements Product { id: ID! name: String price: Int watts: Int }
  type Edge { node: Product }
  type List { nodes: [Product] edges: [Edge] count: Int }
  type Query { product: Product list: List }
`);

async function readInfo(
  query: string,
  field: 'product' | 'list',
  variables = {},
): Promise<GraphQLResolveInfo> {
  let found: GraphQLResolveInfo | undefined;
  const take = (_args: unknown, _context: unknown, info: GraphQLResolveInfo) => {
    found = info;
    return null;
  };
  await graphql({ schema, source: query, rootValue: { [field]: take }, variableValues: variables });
  if (!found) throw new Error('The field was not resolved.');
  return found;
}

test('fields are found through fragments, by their names and not their aliases', async () => {
  const info = await readInfo(
    '{ product { title: name __typename ...More ... on Book { pages } } } fragment More on Product { price }',
    'product',
  );
  expect(fieldsAsked(info)).toEqual(new Set(['name', 'price', 'pages']));
});

test('what is skipped or not included is not asked for', async () => {
  const info = await readInfo(
    'query($no: Boolean!, $yes: Boolean!) { product { id @include(if: $no) name @skip(if: $yes) price @include(if: $yes) ... @skip(if: $yes) { id } } }',
    'product',
    { no: false, yes: true },
  );
  expect(fieldsAsked(info)).toEqual(new Set(['price']));
});

test('of a type only the fragments count that it can match', async () => {
  const info = await readInfo(
    '{ product { id ... on Book { pages } ... on Device { watts } ... on Product { name } } }',
    'product',
  );
  expect(fieldsAskedOfType(info, 'Book')).toEqual(new Set(['id', 'pages', 'name']));
  expect(fieldsAskedOfType(info, 'Product')).toEqual(new Set(['id', 'pages', 'watts', 'name']));
});

test('an interface is matched by fragments on another that one of its objects implements', async () => {
  const info = await readInfo('{ product { id ... on Readable { pages } } }', 'product');
  expect(fieldsAskedOfType(info, 'Product')).toEqual(new Set(['id', 'pages']));
  expect(fieldsAskedOfType(info, 'Book')).toEqual(new Set(['id', 'pages']));
  expect(fieldsAskedOfType(info, 'Device')).toEqual(new Set(['id']));
});

test('the fields of nodes are those under nodes and under edges together', async () => {
  const info = await readInfo('{ list { count nodes { id } edges { node { name } } } }', 'list');
  expect(nodeFieldsAsked(info)).toEqual(new Set(['id', 'name']));
});
