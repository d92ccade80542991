import { expect, test } from 'vitest';

import { composeSubgraphs } from '../../tests/support/compose-subgraphs.ts';
import { parseSupergraph } from './supergraph.ts';

const advice = /compose it first/;

test('a subgraph in the place of the supergraph is refused with the advice to compose it', () => {
  expect(() => parseSupergraph('type Query { a: Int }', 'one.graphql')).toThrow(advice);
});

test('a supergraph with a feature that nothing enforces is refused for that, without the advice', () => {
  const sdl = composeSubgraphs({ one: 'type Query { a: Int }' }).replace(
    '@link(',
    '@link(url: "https://specs.apollo.dev/context/v0.1", for: SECURITY) @link(',
  );
  const parsing = (): unknown => parseSupergraph(sdl, 'super.graphql');
  expect(parsing).toThrow('context/v0.1 is for: SECURITY but is unsupported');
  expect(parsing).not.toThrow(advice);
});
