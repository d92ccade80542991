import { GraphQLError } from 'graphql';
import { pino } from 'pino';
import { expect, test } from 'vitest';

import { SubgraphError } from '../subgraph-error.ts';
import { createErrorMask } from './mask-errors.ts';

function maskAt(mask: ReturnType<typeof createErrorMask>, originalError: Error, places: number) {
  return Array.from({ length: places }, (_, index) => {
    const error = new GraphQLError(originalError.message, { originalError, path: ['_entities', index] });
    return mask(error.toJSON(), error);
  });
}

function listen() {
  const lines: Record<string, unknown>[] = [];
  const log = pino({}, { write: (line: string) => void lines.push(JSON.parse(line)) });
  return { lines, log };
}

test('one failure of many entities is in the log once, and each of their errors names it', () => {
  const { lines, log } = listen();
  const mask = createErrorMask('orders', log);
  const first = maskAt(mask, new TypeError('no such column'), 500);
  const second = maskAt(mask, new TypeError('no such column'), 2);
  expect(lines).toHaveLength(2);
  expect(lines[0]).toMatchObject({ id: first[0]?.extensions?.['id'], err: { message: 'no such column' } });
  expect(new Set(first.map(({ extensions }) => extensions?.['id'])).size).toBe(1);
  expect(first[499]).toMatchObject({ path: ['_entities', 499] });
  expect(second[0]?.extensions?.['id']).not.toBe(first[0]?.extensions?.['id']);
});

test('one failure of the database is in the log once, and counted for each field', () => {
  const { lines, log } = listen();
  let count = 0;
  const mask = createErrorMask('orders', log, () => void (count += 1));
  maskAt(mask, new SubgraphError('DATABASE_BUSY', 'The database of orders is busy.'), 500);
  expect(lines).toHaveLength(1);
  expect(count).toBe(500);
});
