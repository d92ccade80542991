import { expect, test } from 'vitest';

import type { TracedFetch, TracedStatement, TraceReport } from '../../gateway/telemetry/trace-report.ts';
import { printReport } from './print-report.ts';

const statement: TracedStatement = {
  cause: 'Product',
  text: `SELECT "t0"."product_id" AS "productId", "t0"."quantity" AS "quantity", "t0"."reserved" AS "reserved"
    FROM "stock_levels" AS "t0" WHERE "t0"."product_id" IN ($1, $2)`,
  batchSize: 2,
  rows: 2,
  startMs: 9.5,
  waitMs: 0.25,
  durationMs: 1.125,
};
const fetch: TracedFetch = {
  id: 0,
  service: 'catalog',
  kind: 'root',
  after: [],
  startMs: 0.5,
  waitMs: 0.25,
  workMs: 6,
  attempts: 1,
  status: 200,
  error: null,
  representations: null,
  bytesSent: 100,
  bytesReceived: 300,
  query: '{products{id name}}',
  paths: [],
  fields: ['products', 'products.name'],
  statements: [],
  statementCount: 0,
};
const report: TraceReport = {
  version: 1,
  operation: { kind: 'query', name: 'Shelf' },
  plan: {
    durationMs: 0.125,
    isCached: true,
    steps: 4,
    skipped: [
      { id: 3, service: 'orders', known: 0, paths: ['products'], fields: ['products.unitsOrdered'] },
      { id: 4, service: 'catalog', known: 2, paths: ['products.similar'], fields: ['products.similar.name'] },
    ],
  },
  fetches: [
    fetch,
    {
      ...fetch,
      id: 1,
      service: 'inventory',
      after: [0],
      startMs: 7,
      representations: 2,
      paths: ['products'],
      fields: ['products.inStock', 'products.shippingEstimate', 'products.shippingEstimate.amount'],
      statements: [statement],
      statementCount: 1,
    },
    {
      ...fetch,
      id: 2,
      service: 'legacy',
      after: [0, 1],
      startMs: 14,
      error: 'SUBGRAPH_TIMEOUT',
      statements: null,
      statementCount: null,
    },
  ],
  totals: {
    durationMs: 21,
    fetches: 3,
    statements: 1,
    rows: 2,
    statementMs: 1.125,
    bytesReceived: 900,
    services: {
      catalog: { fetches: 1, statements: 0 },
      inventory: { fetches: 1, statements: 1 },
      legacy: { fetches: 1, statements: null },
    },
  },
};
const plain = { width: 110, isFull: false, paint: (_style: string, text: string) => text };

test('a trace prints as a tree of fetches with their statements, in the width that it is given', () => {
  const lines = printReport(report, plain).split('\n');
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(110);
  expect(lines.map((line) => line.replaceAll(/ {4,}/g, '    '))).toEqual([
    'query Shelf  3 fetches, 1 statement, 21.00 ms',
    '',
    '    start ms  wait ms  work ms    rows    batch',
    'plan, from the cache    0.00    0.13',
    '└─ 0 catalog  products    0.50    0.25    6.00',
    '   └─ 1 inventory  products { inStock shippingEstimate }    7.00    0.25    6.00    2',
    '    │ ▪ Product    9.50    0.25    1.13    2    2',
    '    │   SELECT "t0"."product_id" AS "prod… FROM "stock_levels" AS "t0" WHERE "t0"."product_id" IN ($1, $2)',
    '    └─ 2 legacy  products (after 0, 1; SUBGRAPH_TIMEOUT)    14.00    0.25    6.00',
    '    ▪ no answer told its statements',
    '',
    'not sent:',
    '  3 orders  products { unitsOrdered }: there was no entity to ask for',
    '  4 catalog  similar { name }: catalog had told the same of all 2 objects before, in this query',
    '',
    'service    fetches  statements',
    'catalog    1    0',
    'inventory    1    1',
    'legacy    1    not told',
    'total    3    1',
    '',
    '21.00 ms in the gateway, 1.13 ms in statements, 2 rows, 900 bytes from services',
    '',
  ]);
});

test('one of a kind is told as one', () => {
  const { totals } = report;
  const asked = { ...fetch, statements: [statement], statementCount: 1 };
  const one = { ...report, fetches: [asked], totals: { ...totals, fetches: 1, statements: 1, rows: 1 } };
  const text = printReport(one, plain);
  expect(text).toContain('query Shelf  1 fetch, 1 statement, 21.00 ms');
  expect(text).toContain('in statements, 1 row, 900 bytes');
});

test('statements that are too many to list are counted', () => {
  const { totals } = report;
  const many = { ...fetch, statements: [statement], statementCount: 4001 };
  const services = { catalog: { fetches: 1, statements: 4001 } };
  const text = printReport(
    { ...report, fetches: [many], totals: { ...totals, fetches: 1, statements: 4001, services } },
    plain,
  );
  expect(text).toContain('▪ and 4000 more');
  expect(text).toContain('1.13 ms in the statements that are listed, 2 rows');
});

test('a statement prints to its end when that is asked for', () => {
  const text = printReport(report, { ...plain, isFull: true });
  expect(text.replaceAll(/[\s│]+/g, ' ')).toContain(statement.text.replaceAll(/\s+/g, ' '));
});
