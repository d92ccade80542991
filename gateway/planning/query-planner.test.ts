import { expect, test } from 'vitest';

import { composeSubgraphs } from '../../tests/support/compose-subgraphs.ts';
import { createOperationPlanner } from './query-planner.ts';

test('a number that cannot be sent is refused in plain words', () => {
  const planner = createOperationPlanner(
    composeSubgraphs({ one: 'scalar JSON type Query { a(x: JSON): Int }' }),
  );
  expect(() => planner.plan('{ a(x: 1e400) }', [])).toThrow(/cannot be converted to AST: Infinity$/);
});
