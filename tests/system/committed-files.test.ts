import { expect, test } from 'vitest';

import { runFreehold } from '../support/run-freehold.ts';

test('the committed supergraph is what the schema files compose to', async () => {
  expect(await runFreehold(['compose', '--check'])).toMatchObject({ code: 0 });
});
