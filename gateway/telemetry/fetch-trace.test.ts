import { afterEach, expect, test, vi } from 'vitest';

import { stopClock } from '../../tests/support/stop-clock.ts';
import type { Ending, Span } from '../../telemetry/tracing.ts';
import type { RootStep } from '../planning/compiled-plan.ts';
import { FetchTrace } from './trace.ts';

const step: RootStep = {
  id: 0,
  kind: 'root',
  service: 'books',
  after: [],
  operationKind: 'query',
  operationName: undefined,
  query: '{books}',
  variables: [],
  path: [],
  rootKeys: [],
  renames: [],
};

afterEach(() => {
  vi.useRealTimers();
});

test('a fetch that was not sent has waited until it failed, however long the operation goes on', () => {
  stopClock();
  const endings: Ending[] = [];
  const span: Span = {
    context: { traceId: '', spanId: '', isSampled: true },
    begin: () => span,
    rename: () => undefined,
    end: (ending) => void endings.push(ending),
  };
  const began = performance.now();
  const fetch = new FetchTrace({ isExplained: false, span }, step, null, '');
  vi.advanceTimersByTime(2);
  fetch.failed('SUBGRAPH_CIRCUIT_OPEN');
  vi.advanceTimersByTime(3000);
  fetch.endSpan();
  expect(endings).toMatchObject([{ endMs: began + 2, attributes: { 'freehold.wait_ms': 2 } }]);
});
