import { expect, test } from 'vitest';

import type { TracedFetch, TracedStatement } from '../../../../telemetry/trace-report.ts';
import { findSelection } from './find-selection.ts';

const query = `query Shelf {
  books { name: title ...Ratings }
  recent: books { id }
}
fragment Ratings on Book { stars reviews(first: 2) { text } ...Ratings }`;

function fetchOf(fields: readonly string[], paths: readonly string[] = ['books']): TracedFetch {
  return {
    id: 1,
    service: 'reviews',
    kind: 'entities',
    after: [0],
    startMs: 0,
    waitMs: 0,
    workMs: 1,
    attempts: 1,
    status: 200,
    error: null,
    representations: 2,
    bytesSent: 1,
    bytesReceived: 1,
    query: '',
    paths,
    fields,
    statements: [],
    statementCount: 0,
  };
}

function statementOf(cause: string): TracedStatement {
  return { cause, text: '', batchSize: 1, rows: 1, startMs: 0, waitMs: 0, durationMs: 1 };
}

function select(fetch: TracedFetch, statement?: TracedStatement): string[] {
  return findSelection(query, 'Shelf', fetch, statement).map(({ start, end }) => query.slice(start, end));
}

test('a fetch selects the names of the fields that it brought, through fragments, with their aliases', () => {
  expect(select(fetchOf(['books.name', 'books.stars']))).toEqual(['name: title', 'stars']);
});

test('a fetch that brought nothing of the client selects the place that it was for', () => {
  expect(select(fetchOf([]))).toEqual(['books']);
});

test('a statement selects the field that caused it, or all of the fetch where a type did', () => {
  const fetch = fetchOf(['books.stars', 'books.reviews', 'books.reviews.text']);
  expect(select(fetch, statementOf('Book.reviews'))).toEqual(['reviews']);
  expect(select(fetch, statementOf('Book.reviews, Book.stars'))).toEqual(['stars', 'reviews']);
  expect(select(fetch, statementOf('Book'))).toEqual(['stars', 'reviews', 'text']);
});

test('an operation that no longer has the fields selects nothing', () => {
  expect(findSelection('{ authors { name } }', undefined, fetchOf(['books.stars']))).toEqual([]);
  expect(findSelection('{ authors { ', undefined, fetchOf(['books.stars']))).toEqual([]);
});
