import { describe, expect, it } from 'vitest';

import { LiveList } from './live-list.ts';

describe('LiveList', () => {
  it('holds what was added and not taken out, whatever the order', () => {
    const items = Array.from({ length: 5 }, (_, number) => ({ number }));
    const list = new LiveList<{ number: number }>();
    for (const item of items) list.add(item);

    expect(list.delete(items[0]!)).toBe(true);
    expect(list.delete(items[3]!)).toBe(true);
    expect(list.delete(items[3]!)).toBe(false);
    list.add(items[3]!);

    expect(list.size).toBe(4);
    expect(new Set(list)).toEqual(new Set([items[1], items[2], items[3], items[4]]));
  });

  it('gives every item to a loop that takes them out', () => {
    const items = Array.from({ length: 4 }, (_, number) => ({ number }));
    const list = new LiveList<{ number: number }>();
    for (const item of items) list.add(item);

    const seen: number[] = [];
    for (const item of list) {
      seen.push(item.number);
      list.delete(item);
    }

    expect(new Set(seen)).toEqual(new Set([0, 1, 2, 3]));
    expect([...list]).toEqual([]);
  });

  it('is empty after clear, and takes items again', () => {
    const list = new LiveList<object>().add({}).add({});
    list.clear();
    expect([...list]).toEqual([]);

    const item = {};
    expect([...list.add(item)]).toEqual([item]);
  });
});
