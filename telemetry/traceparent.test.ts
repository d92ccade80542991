import { expect, test } from 'vitest';

import { parseTraceParent, printTraceParent } from './traceparent.ts';

const traceId = '0af7651916cd43dd8448eb211c80319c';
const spanId = 'b7ad6b7169203331';

test('a traceparent is read and written', () => {
  const header = `00-${traceId}-${spanId}-01`;
  expect(parseTraceParent(header)).toEqual({ traceId, spanId, isSampled: true });
  expect(printTraceParent({ traceId, spanId, isSampled: true })).toBe(header);
  expect(parseTraceParent(`00-${traceId}-${spanId}-00`)?.isSampled).toBe(false);
  expect(parseTraceParent(`01-${traceId}-${spanId}-03-more`)).toEqual({ traceId, spanId, isSampled: true });
});

test.each([
  ['nothing', undefined],
  ['two of them', [`00-${traceId}-${spanId}-01`, `00-${traceId}-${spanId}-01`]],
  ['another form', 'abc'],
  ['upper case', `00-${traceId.toUpperCase()}-${spanId}-01`],
  ['the version that is none', `ff-${traceId}-${spanId}-01`],
  ['a trace of zeros', `00-${'0'.repeat(32)}-${spanId}-01`],
  ['a span of zeros', `00-${traceId}-${'0'.repeat(16)}-01`],
  ['more than version 00 has', `00-${traceId}-${spanId}-01-more`],
])('%s is no traceparent', (_what, header) => {
  expect(parseTraceParent(header)).toBeUndefined();
});
