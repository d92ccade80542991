import { expect, test } from 'vitest';

import { isInternalError, maskSubgraphError } from './mask-subgraph-error.ts';

test.each([
  [{}, true],
  [{ code: 'INTERNAL_SERVER_ERROR' }, true],
  [{ code: 'DOWNSTREAM_SERVICE_ERROR' }, true],
  [{ code: 'OUT_OF_STOCK' }, false],
])('an error with extensions %j is internal: %s', (extensions, isInternal) => {
  expect(isInternalError({ message: 'm', extensions })).toBe(isInternal);
});

test('a masked error keeps its place, its code and its id, and loses everything else', () => {
  const error = {
    message: 'connect ECONNREFUSED 10.0.0.7:5432',
    path: ['orders', 0],
    extensions: { code: 'INTERNAL_SERVER_ERROR', id: '1a2b', query: 'SELECT secret', errorId: 7 },
  };
  expect(maskSubgraphError(error, 'orders')).toEqual({
    message: 'The subgraph "orders" reported an internal error.',
    path: ['orders', 0],
    extensions: { code: 'INTERNAL_SERVER_ERROR', id: '1a2b' },
  });
});
