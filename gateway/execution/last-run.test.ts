import { expect, test } from 'vitest';

import { type LastRunSlot, LastRunStore } from './last-run.ts';

const makeSlot = (): LastRunSlot => ({ run: undefined, misses: 0 });
const makeRun = (bytes: number) => ({ lists: [], answers: [Buffer.alloc(bytes)], body: Buffer.alloc(0) });

test('runs are kept for so many operations and not more, however small they are', () => {
  const store = new LastRunStore(1_000_000, 2);
  const slots = [makeSlot(), makeSlot(), makeSlot()];
  for (const slot of slots) store.keep(slot, makeRun(10));
  expect(slots.map(({ run }) => run !== undefined)).toEqual([false, true, true]);
});

test('runs are kept up to so many bytes; one that is too large for its share is not kept at all', () => {
  const store = new LastRunStore(1600, 100);
  const slots = Array.from({ length: 17 }, makeSlot);
  for (const slot of slots) store.keep(slot, makeRun(100));
  expect(slots.map(({ run }) => run !== undefined)).toEqual([false, ...Array(16).fill(true)]);
  const large = makeSlot();
  store.keep(large, makeRun(101));
  expect(large.run).toBeUndefined();
});
