import { buildSchema, getOperationAST, parse } from 'graphql';
import { describe, expect, test } from 'vitest';

import { listConditionVariables, listFragments } from './conditions.ts';
import { listFieldNames } from './field-names.ts';
import { normaliseOperation } from './normalise-operation.ts';
import type { NormalisedOperation } from './selection.ts';

const schema = buildSchema(`
  interface Node { id: ID! }
  type Query { product(upc: ID!): Product node(id: ID): Node }
  type Mutation { count(by: Int): Int }
  type Product implements Node { id: ID! upc: ID! name: String price(currency: String, per: Int): Int price__0: Int }
`);

function normalise(query: string, conditions: Readonly<Record<string, unknown>> = {}): NormalisedOperation {
  const document = parse(query);
  const operation = getOperationAST(document);
  if (!operation) throw new Error('Expected one operation.');
  return normaliseOperation({
    operation,
    fragments: listFragments(document),
    schema,
    fieldNames: listFieldNames(Object.values(schema.getTypeMap())),
    conditions,
  });
}

describe('a normalised operation', () => {
  test("has none of the client's aliases", () => {
    expect(normalise('{ node { upc: id } }').text).toMatchInlineSnapshot(`"query { node { id } }"`);
  });

  test('asks once for a field with the same arguments, whatever their order', () => {
    const query = `{ product(upc: "1") {
      a: price(currency: "EUR", per: 2) b: price(per: 2, currency: "EUR") c: price
    } }`;
    expect(normalise(query).text).toMatchInlineSnapshot(
      `"query { product__0: product(upc: "1") { price__1: price(currency: "EUR", per: 2) price } }"`,
    );
  });

  test('runs two mutations that are spelled the same twice', () => {
    expect(normalise('mutation { a: count(by: 1) b: count(by: 1) }').text).toMatchInlineSnapshot(
      `"mutation { count__0: count(by: 1) count__1: count(by: 1) }"`,
    );
  });

  test('puts fragments in place and fields of one place together', () => {
    const query = `
      { node(id: 1) { ...P id ... on Product { name } } }
      fragment P on Product { upc ... on Node { id } }`;
    expect(normalise(query).text).toMatchInlineSnapshot(
      `"query { node__0: node(id: 1) { id ... on Product { upc name ... on Node { id } } } }"`,
    );
  });

  test('has its conditions decided, and still asks for an object that lost all its fields', () => {
    const query = `query Q($on: Boolean!, $upc: ID!) {
      product(upc: $upc) { name @include(if: $on) } other: node(id: 1) @skip(if: $on) { id }
    }`;
    expect(normalise(query, { on: true }).text).toMatchInlineSnapshot(
      `"query Q($upc: ID!) { product__0: product(upc: $upc) { name } }"`,
    );
    expect(normalise(query, { on: false }).text).toMatchInlineSnapshot(
      `"query Q($upc: ID!) { product__0: product(upc: $upc) { __typename } node__1: node(id: 1) { id } }"`,
    );
    const document = parse(query);
    const operation = getOperationAST(document);
    expect(operation && listConditionVariables(operation, new Map())).toEqual(['on']);
  });

  test('leaves to no subgraph what the gateway answers itself', () => {
    expect(normalise('{ __typename __schema { queryType { name } } }').text).toBe('');
  });

  test("renames a client's variable that the planner needs for itself", () => {
    const { text, renamedVariables } = normalise(
      'query ($representations: ID!) { product(upc: $representations) { upc } }',
    );
    expect(text).toMatchInlineSnapshot(
      `"query($representations_: ID!) { product__0: product(upc: $representations_) { upc } }"`,
    );
    expect(renamedVariables).toEqual(new Map([['representations_', 'representations']]));
  });
});
