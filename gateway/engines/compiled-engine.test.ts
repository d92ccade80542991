import { pino } from 'pino';
import { expect, test, vi } from 'vitest';

import { composeSubgraphs } from '../../tests/support/compose-subgraphs.ts';
import { createPlanner } from '../planning/planner.ts';
import { createCompiledEngine } from './compiled-engine.ts';

vi.mock('../planning/planner.ts', { spy: true });

test('an engine that cannot be made for want of a URL closes its planner, whose threads would outlive it', async () => {
  const closed: string[] = [];
  const { createPlanner: open } =
    await vi.importActual<typeof import('../planning/planner.ts')>('../planning/planner.ts');
  vi.mocked(createPlanner).mockImplementation(async (...args) => ({
    ...(await open(...args)),
    close: () => Promise.resolve(void closed.push('planner')),
  }));
  const supergraphSdl = composeSubgraphs({ one: 'type Query { a: Int }' });
  const making = createCompiledEngine({
    supergraphSdl,
    subgraphUrls: { one: '' },
    log: pino({ level: 'silent' }),
  });
  await expect(making).rejects.toThrow('Expected a URL with http or https for the subgraph "one", found "".');
  expect(closed).toEqual(['planner']);
});

test.each(['unix:///run/one.sock', 'ws://127.0.0.1:4001/graphql', '127.0.0.1:4001/graphql'])(
  'the URL %s, where no request can be sent, is refused by its name',
  async (url) => {
    const supergraphSdl = composeSubgraphs({ one: 'type Query { a: Int }' });
    const making = createCompiledEngine({
      supergraphSdl,
      subgraphUrls: { one: url },
      log: pino({ level: 'silent' }),
    });
    await expect(making).rejects.toThrow(
      `Expected a URL with http or https for the subgraph "one", found "${url}".`,
    );
  },
);
