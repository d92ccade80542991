import { describe, expect, test } from 'vitest';

import { checkContent, sumUpRatings } from './review.ts';

describe('summing up ratings', () => {
  test('gives the mean to two decimal places and a bucket for every rating', () => {
    expect(
      sumUpRatings(
        new Map([
          [5, 2],
          [3, 1],
          [1, 4],
        ]),
      ),
    ).toEqual({
      average: 2.43,
      count: 7,
      histogram: [
        { rating: 5, count: 2 },
        { rating: 4, count: 0 },
        { rating: 3, count: 1 },
        { rating: 2, count: 0 },
        { rating: 1, count: 4 },
      ],
    });
  });

  test('rounds a half up, also where no binary fraction is the mean', () => {
    const counts = new Map([
      [1, 199],
      [2, 1],
    ]);
    expect(sumUpRatings(counts).average).toBe(1.01);
  });

  test('has no mean without a review', () => {
    expect(sumUpRatings(new Map())).toMatchObject({ average: null, count: 0 });
  });
});

describe('checking what an author says', () => {
  test('tells all that is wrong at once', () => {
    const errors = checkContent({ rating: 6, title: '  ', body: 'x'.repeat(5_001) });
    expect(errors.map((error) => error.message)).toEqual([
      '"rating" is 6; expected 1 to 5.',
      '"title" has 0 characters; expected 1 to 120.',
      '"body" has 5001 characters; expected at most 5000.',
    ]);
  });

  test('measures a title as it is kept', () => {
    expect(checkContent({ title: `  ${'x'.repeat(120)}  ` })).toEqual([]);
    expect(checkContent({ title: 'x'.repeat(121) }).map((error) => error.message)).toEqual([
      '"title" has 121 characters; expected 1 to 120.',
    ]);
  });

  test('takes what is absent as unchanged', () => {
    expect(checkContent({ title: null })).toEqual([]);
  });
});
