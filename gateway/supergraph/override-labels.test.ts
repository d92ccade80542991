import { parse } from 'graphql';
import { expect, test } from 'vitest';

import { listUndecidedLabels, percentOfRequests, readOverrideLabels } from './override-labels.ts';

const labels = readOverrideLabels(
  parse(`
    type Product @join__type(graph: OLD, key: "id") @join__type(graph: NEW, key: "id code { part }") {
      id: ID!
      all: String @join__field(graph: OLD) @join__field(graph: NEW, override: "old", overrideLabel: "percent(100)")
      some: String @join__field(graph: NEW, override: "old", overrideLabel: "percent(12.5)")
      more: String @join__field(graph: NEW, override: "old", overrideLabel: "percent(12.5)")
      own: String @join__field(graph: NEW, override: "old", overrideLabel: "moved")
      part: String @join__field(graph: NEW, override: "old", overrideLabel: "key")
      weight: Int @join__field(graph: NEW, override: "old", overrideLabel: "required")
      postage: Int @join__field(graph: OLD, requires: "size { weight(in: GRAM) }")
      at: String @join__field(graph: NEW, override: "old")
    }
  `),
);

test('labels are read with their percentage, their fields, and whether other fields need them', () => {
  expect(labels).toEqual([
    { label: 'percent(100)', percent: 100, fieldNames: ['all'], isRequired: false },
    { label: 'percent(12.5)', percent: 12.5, fieldNames: ['some', 'more'], isRequired: false },
    { label: 'moved', percent: undefined, fieldNames: ['own'], isRequired: false },
    { label: 'key', percent: undefined, fieldNames: ['part'], isRequired: true },
    { label: 'required', percent: undefined, fieldNames: ['weight'], isRequired: true },
  ]);
});

test('what is given for a label goes before what it says of itself', () => {
  const given = { 'percent(100)': 0, moved: 20 };
  expect(labels.map((label) => percentOfRequests(label, given))).toEqual([0, 12.5, 20, 0, 0]);
});

test('a label of which nothing is known is told of', () => {
  expect(listUndecidedLabels(labels, { key: 0 })).toEqual(['moved', 'required']);
});
