import { expect, test } from 'vitest';

import { SortedKeys } from './sorted-keys.ts';

test('a range is the same backwards, wherever the chunks end', () => {
  const keys = new SortedKeys();
  // Enough for several chunks, added out of order, some keys twice.
  for (let index = 0; index < 3_000; index += 1)
    keys.add(String((index * 7919) % 1_500).padStart(4, '0'), `${index}`);
  const bounds = [
    '',
    '0000',
    '0001',
    '0511',
    '0512',
    '0513',
    '0750',
    '1023',
    '1024',
    '1499',
    '1500',
    '\uffff',
  ];
  for (const low of bounds)
    for (const high of bounds) {
      const forward = [...keys.range(low, high)];
      expect(forward).toHaveLength(
        2 *
          Array.from({ length: 1_500 }, (_, key) => String(key).padStart(4, '0')).filter(isWithin(low, high))
            .length,
      );
      expect([...keys.rangeBackwards(low, high)]).toEqual(forward.toReversed());
    }
  expect([...new SortedKeys().rangeBackwards('', '\uffff')]).toEqual([]);
});

function isWithin(low: string, high: string): (key: string) => boolean {
  return (key) => key >= low && key < high;
}
