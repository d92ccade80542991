import { expect, test } from 'vitest';

import { compareBudgets, printBudgetLines } from './compare-budgets.ts';

const budgets = {
  Shelf: { fetches: { catalog: 1, reviews: 1 }, statements: { catalog: 1, reviews: 2 } },
  Gone: { fetches: {}, statements: {} },
};

test('an operation is over its budget where one service is asked more, even if another is asked less', () => {
  const measured = {
    Shelf: { fetches: { catalog: 1, reviews: 1 }, statements: { catalog: 0, reviews: 12 } },
  };
  const { over, under } = compareBudgets(measured, budgets, ['Shelf', 'Gone']);
  expect(over.map(({ service, statements }) => ({ service, statements }))).toEqual([
    { service: 'reviews', statements: 12 },
  ]);
  expect(under.map(({ service }) => service)).toEqual(['catalog']);
  expect(printBudgetLines(over)).toBe(
    [
      '  operation  service  fetches  budget  statements  budget',
      '  Shelf      reviews        1       1        > 12       2',
    ].join('\n'),
  );
});

test('a service that tells no statements keeps no budget of some, and needs none', () => {
  const measured = { Shelf: { fetches: { catalog: 1, reviews: 1 }, statements: { catalog: 1 } } };
  const { over, under } = compareBudgets(measured, budgets, ['Shelf', 'Gone']);
  expect(under).toEqual([]);
  expect(printBudgetLines(over)).toBe(
    [
      '  operation  service  fetches  budget  statements  budget',
      '  Shelf      reviews        1       1  > not told       2',
    ].join('\n'),
  );
  expect(compareBudgets(measured, measured, ['Shelf']).over).toEqual([]);
});

test('a service that the budget does not name has no budget', () => {
  const measured = { Shelf: { ...budgets.Shelf, fetches: { ...budgets.Shelf.fetches, orders: 1 } } };
  expect(compareBudgets(measured, budgets, ['Shelf']).over).toMatchObject([
    { service: 'orders', fetches: 1 },
  ]);
});

test('operations without a budget and budgets without an operation are told', () => {
  const { unknown, left, over } = compareBudgets({ New: budgets.Shelf }, budgets, ['New', 'Shelf']);
  expect({ unknown, left, over }).toEqual({ unknown: ['New'], left: ['Gone'], over: [] });
});
