import { pino } from 'pino';
import { expect, test } from 'vitest';

import { composeSubgraphs } from '../../tests/support/compose-subgraphs.ts';
import { createApolloEngine } from './apollo-engine.ts';

test('a supergraph without a URL for one of its subgraphs is refused, not found out by the first request', async () => {
  const making = createApolloEngine({
    supergraphSdl: composeSubgraphs({ one: 'type Query { a: Int }' }),
    subgraphUrls: { one: '' },
    log: pino({ level: 'silent' }),
  });
  await expect(making).rejects.toThrow('Expected a URL with http or https for the subgraph "one", found "".');
});
