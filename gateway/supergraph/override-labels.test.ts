import { parse } from 'graphql';
import { expect, test } from 'vitest';

import { listIgnoredLabels, readOverrideLabels } from './override-labels.ts';

const labels = readOverrideLabels(
  parse(`
    type Product @join__type(graph: NEW) {
      id: ID!
      all: String @join__field(graph: NEW, override: "old", overrideLabel: "percent(100)")
      some: String @join__field(graph: NEW, override: "old", overrideLabel: "percent(12.5)")
      none: String @join__field(graph: NEW, override: "old", overrideLabel: "percent(0)")
      own: String @join__field(graph: NEW, override: "old", overrideLabel: "moved")
      at: String @join__field(graph: NEW, override: "old")
    }
  `),
);

test('an override for all requests is true, and every other false', () => {
  expect([...labels]).toEqual([
    ['percent(100)', true],
    ['percent(12.5)', false],
    ['percent(0)', false],
    ['moved', false],
  ]);
});

test('what is asked for and not done is told', () => {
  expect(listIgnoredLabels(labels, true)).toEqual(['percent(12.5)', 'moved']);
  expect(listIgnoredLabels(labels, false)).toEqual(['percent(100)', 'percent(12.5)', 'moved']);
});
