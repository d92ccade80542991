import { afterAll, describe, expect, test } from 'vitest';

import { composeSubgraphs } from '../support/compose-subgraphs.ts';
import { createEngineUnderTest, runOperation } from '../support/engines-under-test.ts';
import { type SubgraphHost, startSubgraphHost } from '../support/subgraph-host.ts';

const link =
  'extend schema @link(url: "https://specs.apollo.dev/federation/v2.7", import: ["@key", "@override", "@requires", "@external", "@shareable"])\n';

const sdlByName = {
  old: `${link}
    type Query { product: Product hits: Int }
    type Product @key(fields: "id") { id: ID! stock: Int weight: Int @shareable name: String }`,
  new: `${link}
    type Query { hits: Int @override(from: "old", label: "percent(20)") }
    type Product @key(fields: "id") {
      id: ID!
      stock: Int @override(from: "old", label: "new-stock")
      weight: Int @shareable
    }`,
  post: `${link}
    type Product @key(fields: "id") { id: ID! weight: Int @external postage: Int @requires(fields: "weight") }`,
};

const product = (stock: number) => ({ id: '1', stock, weight: stock, name: 'Lamp' });

const host: SubgraphHost = await startSubgraphHost(sdlByName);
// Apollo's composition refuses a label on a field that another requires; other composers do not.
const composed = composeSubgraphs(sdlByName);
const supergraphSdl = composed.replace(
  /(weight: Int @join__field\(graph: NEW)\) (@join__field\(graph: OLD)\)/,
  '$1, override: "old", overrideLabel: "percent(20)") $2, overrideLabel: "percent(20)")',
);
host.load({
  old: { Query: { product: { id: '1' }, hits: 1 }, Product: [product(1)] },
  new: { Query: { hits: 2 }, Product: [product(2)] },
  // What it is sent is what it answers.
  post: {
    Product: [{ id: '1', postage: (_args: unknown, { weight }: { readonly weight: number }) => weight }],
  },
});

afterAll(() => host.close());

/** The answers to requests that draw these numbers, one after the other. */
async function answerDrawn(
  query: string,
  draws: readonly number[],
  overridePercents: Readonly<Record<string, number>> = {},
): Promise<unknown[]> {
  let drawn = 0;
  const engine = await createEngineUnderTest('compiled', {
    supergraphSdl,
    subgraphUrls: host.urls,
    compiled: { overridePercents, drawPercent: () => drawn },
  });
  const answers: unknown[] = [];
  try {
    for (drawn of draws) {
      const { data, errors } = await runOperation(engine, { query });
      answers.push(errors ?? data);
    }
  } finally {
    await engine.close();
  }
  return answers;
}

describe('a label of @override', () => {
  test('has its part of the requests ask the new subgraph, as often as one draws so', async () => {
    const answers = await answerDrawn('{ hits product { weight name } }', [19.99, 20, 0, 99]);
    const of = (weight: number) => ({ hits: weight, product: { weight, name: 'Lamp' } });
    expect(answers).toEqual([of(2), of(1), of(2), of(1)]);
  });

  test('of one’s own is false for all requests, or true for as many as is said', async () => {
    const query = '{ product { stock } }';
    const of = (stock: number) => ({ product: { stock } });
    expect(await answerDrawn(query, [0])).toEqual([of(1)]);
    expect(await answerDrawn(query, [49, 50], { 'new-stock': 50 })).toEqual([of(2), of(1)]);
    expect(await answerDrawn(query, [99.99], { 'new-stock': 100 })).toEqual([of(2)]);
  });

  test('can be taken back without a change of the schema', async () => {
    expect(await answerDrawn('{ hits }', [0], { 'percent(20)': 0 })).toEqual([{ hits: 1 }]);
  });

  test('counts for a field that another requires and no client names', async () => {
    const answers = await answerDrawn('{ product { postage } }', [0, 50]);
    expect(answers).toEqual([{ product: { postage: 2 } }, { product: { postage: 1 } }]);
  });
});
