import { expect, test } from 'vitest';

import { NonceMemory } from './nonce-memory.ts';

test('a nonce is refused for a whole period, then its place is free again', () => {
  const memory = new NonceMemory(60, 100);
  expect(memory.take('a', 59)).toBe(true);
  for (const now of [60, 118, 119]) expect(memory.take('a', now)).toBe(false);
  expect(memory.take('a', 300)).toBe(true);
});

test('a full memory accepts nothing more, because what it forgot could be replayed', () => {
  const memory = new NonceMemory(60, 2);
  expect([memory.take('a', 0), memory.take('b', 0), memory.take('c', 0)]).toEqual([true, true, false]);
  expect(memory.take('d', 60)).toBe(true);
});
