import { expect, test } from 'vitest';

import { findOverrideVariant, listOverrideVariants } from './override-variants.ts';

const label = (name: string, percent: number | undefined, fieldName: string, isRequired = false) => ({
  label: name,
  percent,
  fieldNames: [fieldName],
  isRequired,
});
const labels = [
  label('percent(100)', 100, 'all'),
  label('percent(20)', 20, 'some'),
  label('percent(0)', 0, 'none'),
  label('moved', undefined, 'own'),
  label('needed', undefined, 'weight', true),
];

test('an operation without any of the fields has one plan', () => {
  expect(listOverrideVariants(labels, {}, new Set(['other']))).toEqual([
    { belowPercent: 100, trueLabels: [] },
  ]);
});

test('there is a plan for each percentage, with all labels of more', () => {
  const fields = new Set(['all', 'some', 'none', 'own']);
  expect(listOverrideVariants(labels, { moved: 60, needed: 20 }, fields)).toEqual([
    { belowPercent: 20, trueLabels: ['moved', 'needed', 'percent(100)', 'percent(20)'] },
    { belowPercent: 60, trueLabels: ['moved', 'percent(100)'] },
    { belowPercent: 100, trueLabels: ['percent(100)'] },
  ]);
});

test('a request has the plan of what it drew', () => {
  const variants = listOverrideVariants(labels, { moved: 60 }, new Set(['some', 'own']));
  expect([0, 19.9, 20, 59.9, 60, 99.9].map((drawn) => findOverrideVariant(variants, drawn))).toEqual([
    0, 0, 1, 1, 2, 2,
  ]);
});
