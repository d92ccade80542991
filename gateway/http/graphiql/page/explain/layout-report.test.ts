import { expect, test } from 'vitest';

import type { TracedFetch, TraceReport } from '../../../../telemetry/trace-report.ts';
import { layoutReport } from './layout-report.ts';

const statement = { cause: 'Book', text: 'SELECT 1', batchSize: 1, rows: 1, waitMs: 0 };
const fetch: TracedFetch = {
  id: 0,
  service: 'books',
  kind: 'root',
  after: [],
  startMs: 10,
  waitMs: 5,
  workMs: 25,
  attempts: 1,
  status: 200,
  error: null,
  representations: null,
  bytesSent: 1,
  bytesReceived: 1,
  query: '',
  paths: [],
  fields: ['books', 'books.title'],
  statements: [
    { ...statement, startMs: 20, durationMs: 10 },
    { ...statement, startMs: 25, durationMs: 10 },
    { ...statement, startMs: 31, durationMs: 2 },
  ],
  statementCount: 3,
};

function reportOf(durationMs: number, fetches: readonly TracedFetch[]): TraceReport {
  return {
    version: 1,
    operation: { kind: 'query', name: null },
    plan: { durationMs: 1, isCached: false, steps: 1, skipped: [] },
    fetches,
    totals: {
      durationMs,
      fetches: 1,
      statements: 3,
      rows: 3,
      statementMs: 22,
      bytesReceived: 1,
      services: {},
    },
  };
}

test('bars stand where their times are, and statements that ran side by side in lanes of their own', () => {
  const [row] = layoutReport(reportOf(50, [fetch])).rows;
  expect(row).toMatchObject({
    label: 'books',
    wait: { left: 20, width: 10 },
    work: { left: 30, width: 50 },
    lanes: 2,
    statements: [
      { left: 40, width: 20, lane: 0 },
      { left: 50, width: 20, lane: 1 },
      { left: 62, width: 4, lane: 0 },
    ],
  });
});

test('a fetch that was not sent has its reason in words', () => {
  const report = reportOf(50, [fetch]);
  const skipped = [
    { id: 1, service: 'stars', known: 3, paths: ['books'], fields: ['books.stars'] },
    { id: 2, service: 'books', known: 0, paths: ['books.next'], fields: ['books.next.title'] },
  ];
  expect(layoutReport({ ...report, plan: { ...report.plan, skipped } }).skipped).toEqual([
    {
      id: 1,
      name: 'stars',
      label: 'books { stars }',
      service: 1,
      reason: 'stars had told the same of all 3 objects before, in this query',
    },
    {
      id: 2,
      name: 'books',
      label: 'next { title }',
      service: 0,
      reason: 'there was no entity to ask for',
    },
  ]);
});

test('nothing leaves the axis, whatever the clocks say', () => {
  const late = { ...fetch, statements: [{ ...statement, startMs: 48, durationMs: 30 }] };
  const [row] = layoutReport(reportOf(50, [late])).rows;
  expect(row?.statements[0]).toMatchObject({ left: 96, width: 4 });
});

test.each([
  [237, ['0', '50', '100', '150', '200']],
  [4.2, ['0', '1', '2', '3', '4']],
  [0.8, ['0', '0.2', '0.4', '0.6', '0.8']],
])('the ticks of %d ms are round', (durationMs, labels) => {
  const { ticks } = layoutReport(reportOf(durationMs, []));
  expect(ticks.map(({ label }) => label)).toEqual(labels);
});
