import { describe, expect, test } from 'vitest';

import { composeSubgraphs } from '../../tests/support/compose-subgraphs.ts';
import { freezePlan } from './freeze-plan.ts';
import { printPlan } from './print-plan.ts';
import { createOperationPlanner } from './query-planner.ts';

const link = (imports: string): string =>
  `extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: [${imports}])\n`;

const supergraphSdl = composeSubgraphs({
  products: `${link('"@key"')}
    type Query { topProducts: [Product] cheapest: Product }
    type Product @key(fields: "upc") { upc: ID! name: String price(currency: String = "USD"): Int weight: Int }`,
  reviews: `${link('"@key"')}
    type Query { latestReview: Review }
    type Mutation { review(upc: ID!, body: String): Review }
    type Review @key(fields: "id") { id: ID! body: String product: Product }
    type Product @key(fields: "upc") { upc: ID! reviews(first: Int): [Review] }`,
  stock: `${link('"@key", "@requires", "@external"')}
    type Product @key(fields: "upc") {
      upc: ID!
      weight: Int @external
      price(currency: String = "USD"): Int @external
      inStock: Boolean
      shipping: Int @requires(fields: "weight")
      euro: Int @requires(fields: "price(currency: \\"EUR\\")")
      dollar: Int @requires(fields: "price(currency: \\"USD\\")")
    }`,
});

function plan(text: string, rootKeys: readonly string[] = []): string {
  const planner = createOperationPlanner(supergraphSdl);
  return printPlan(
    planner.plan(
      text,
      rootKeys.map((key) => ({ key, fieldName: key })),
    ).plan,
  );
}

describe('a compiled plan', () => {
  test('cannot be changed', () => {
    const { plan: compiled } = createOperationPlanner(supergraphSdl).plan('{ topProducts { upc } }', []);
    const frozen = freezePlan(compiled);
    expect(Object.isFrozen(frozen.steps[0]?.after)).toBe(true);
  });

  test('asks one subgraph once for entities of several paths at one distance', () => {
    expect(plan('{ topProducts { upc inStock } latestReview { product { inStock } } }'))
      .toMatchInlineSnapshot(`
      "step 0: products
        query{topProducts{__typename upc}}
      step 1: reviews
        query{latestReview{product{__typename upc}}}
      step 2: stock after 0, 1
        query($representations:[_Any!]!){_entities(representations:$representations){...on Product{inStock}}}
        $representations from topProducts.@ { ... on Product { __typename upc } }
        $representations from latestReview.product { ... on Product { __typename upc } }"
    `);
  });

  test('asks for a field that nobody waits for with a later one of the same entities', () => {
    expect(plan('{ latestReview { product { inStock shipping } } }')).toMatchInlineSnapshot(`
      "step 0: reviews
        query{latestReview{product{__typename upc}}}
      step 1: products after 0
        query($representations:[_Any!]!){_entities(representations:$representations){...on Product{weight}}}
        $representations from latestReview.product { ... on Product { __typename upc } }
      step 2: stock after 1
        query($representations_0:[_Any!]!$representations_1:[_Any!]!){_entities_0:_entities(representations:$representations_0){...on Product{inStock}}_entities_1:_entities(representations:$representations_1){...on Product{shipping}}}
        $representations_0 from latestReview.product { ... on Product { __typename upc } }
        $representations_1 from latestReview.product { ... on Product { __typename weight upc } }"
    `);
  });

  test('asks for a field that nobody waits for with a later one of the same name of other entities', () => {
    expect(plan('{ topProducts { inStock } latestReview { product { inStock shipping } } }'))
      .toMatchInlineSnapshot(`
      "step 0: products
        query{topProducts{__typename upc}}
      step 1: reviews
        query{latestReview{product{__typename upc}}}
      step 2: products after 1
        query($representations:[_Any!]!){_entities(representations:$representations){...on Product{weight}}}
        $representations from latestReview.product { ... on Product { __typename upc } }
      step 3: stock after 0, 2
        query($representations_0:[_Any!]!$representations_1:[_Any!]!){_entities_0:_entities(representations:$representations_0){...on Product{inStock}}_entities_1:_entities(representations:$representations_1){...on Product{shipping}}}
        $representations_0 from topProducts.@ { ... on Product { __typename upc } }
        $representations_0 from latestReview.product { ... on Product { __typename upc } }
        $representations_1 from latestReview.product { ... on Product { __typename weight upc } }"
    `);
  });

  test('names the places at which a subgraph has told the same before', () => {
    expect(plan('{ topProducts { name reviews { product { name } } } latestReview { product { name } } }'))
      .toMatchInlineSnapshot(`
      "step 0: products
        query{topProducts{__typename upc name}}
      step 1: reviews
        query{latestReview{product{__typename upc}}}
      step 2: reviews after 0
        query($representations:[_Any!]!){_entities(representations:$representations){...on Product{reviews{product{__typename upc}}}}}
        $representations from topProducts.@ { ... on Product { __typename upc } }
      step 3: products after 1, 2
        query($representations:[_Any!]!){_entities(representations:$representations){...on Product{name}}}
        $representations from topProducts.@.reviews.@.product { ... on Product { __typename upc } }
        $representations from latestReview.product { ... on Product { __typename upc } }
          known where it stands at topProducts.@"
    `);
  });

  test('does not put a read between two mutations off', () => {
    expect(
      plan('mutation { a: review(upc: "1") { product { inStock shipping } } b: review(upc: "2") { id } }'),
    ).toMatchInlineSnapshot(`
      "step 0: reviews
        mutation{a:review(upc:1){product{__typename upc}}b:review(upc:2){id}}
      step 1: stock after 0
        query($representations:[_Any!]!){_entities(representations:$representations){...on Product{inStock}}}
        $representations from a.product { ... on Product { __typename upc } }
      step 2: products after 0
        query($representations:[_Any!]!){_entities(representations:$representations){...on Product{weight}}}
        $representations from a.product { ... on Product { __typename upc } }
      step 3: stock after 2
        query($representations:[_Any!]!){_entities(representations:$representations){...on Product{shipping}}}
        $representations from a.product { ... on Product { __typename weight upc } }"
    `);
  });

  test('sends what a @requires reads only with the fields that have it', () => {
    expect(plan('{ topProducts { inStock shipping } }')).toMatchInlineSnapshot(`
      "step 0: products
        query{topProducts{__typename upc weight}}
      step 1: stock after 0
        query($representations_0:[_Any!]!$representations_1:[_Any!]!){_entities_0:_entities(representations:$representations_0){...on Product{inStock}}_entities_1:_entities(representations:$representations_1){...on Product{shipping}}}
        $representations_0 from topProducts.@ { ... on Product { __typename upc } }
        $representations_1 from topProducts.@ { ... on Product { __typename upc weight } }"
    `);
  });

  test('reads each argument of a required field by itself, and sends it under its real name', () => {
    expect(plan('{ topProducts { euro dollar } }')).toMatchInlineSnapshot(`
      "step 0: products
        query{topProducts{__typename upc price__required_1:price(currency:"USD")price__required_0:price(currency:"EUR")}}
      step 1: stock after 0
        query($representations_0:[_Any!]!$representations_1:[_Any!]!){_entities_0:_entities(representations:$representations_0){...on Product{euro}}_entities_1:_entities(representations:$representations_1){...on Product{dollar}}}
        $representations_0 from topProducts.@ { ... on Product { __typename upc price: price__required_0 } }
        $representations_1 from topProducts.@ { ... on Product { __typename upc price: price__required_1 } }"
    `);
  });

  test('runs mutations in their order', () => {
    expect(plan('mutation { a: review(upc: "1") { product { name } } b: review(upc: "2") { id } }'))
      .toMatchInlineSnapshot(`
      "step 0: reviews
        mutation{a:review(upc:1){product{__typename upc}}b:review(upc:2){id}}
      step 1: products after 0
        query($representations:[_Any!]!){_entities(representations:$representations){...on Product{name}}}
        $representations from a.product { ... on Product { __typename upc } }"
    `);
  });

  test('refuses a root field that no fetch asks for', () => {
    expect(() => plan('{ cheapest { upc } }', ['cheapest', 'vanished'])).toThrow(
      'No subgraph can answer "vanished" as requested.',
    );
  });
});

describe('a @requires that reads a field with a @requires', () => {
  const chained = composeSubgraphs({
    catalog: `${link('"@key"')}
      type Query { items: [Item] }
      type Item @key(fields: "id") { id: ID! weight: Int dims: Dims }
      type Dims { height: Int width: Int }`,
    shipping: `${link('"@key", "@requires", "@external"')}
      type Query { parcels: [Parcel] }
      type Parcel { item: Item }
      type Item @key(fields: "id") {
        id: ID! dims: Dims @external volume: Int @requires(fields: "dims { height width }")
      }
      type Dims { height: Int @external width: Int @external }`,
    pricing: `${link('"@key", "@requires", "@external"')}
      type Item @key(fields: "id") {
        id: ID! weight: Int @external volume: Int @external cost: Int @requires(fields: "weight volume")
      }`,
  });

  test('is fetched with what it requires, also from the subgraph that the entity came from', () => {
    const planner = createOperationPlanner(chained);
    expect(printPlan(planner.plan('{ parcels { item { cost } } }', []).plan)).toMatchInlineSnapshot(`
      "step 0: shipping
        query{parcels{item{__typename id}}}
      step 1: catalog after 0
        query($representations:[_Any!]!){_entities(representations:$representations){...on Item{dims{height width}weight}}}
        $representations from parcels.@.item { ... on Item { __typename id } }
      step 2: shipping after 1
        query($representations:[_Any!]!){_entities(representations:$representations){...on Item{volume}}}
        $representations from parcels.@.item { ... on Item { __typename id dims { height width } } }
      step 3: pricing after 2
        query($representations:[_Any!]!){_entities(representations:$representations){...on Item{cost}}}
        $representations from parcels.@.item { ... on Item { __typename weight volume id } }"
    `);
  });
});
