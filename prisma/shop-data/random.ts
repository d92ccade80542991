/** Numbers that look random and are the same on every machine and in every run. */
export interface Random {
  /** A number from 0 up to, not including, 1. */
  next(): number;
  /** A whole number from `least` to `most`, both included. */
  between(least: number, most: number): number;
  /** One of the entries. */
  pick<Entry>(entries: readonly Entry[]): Entry;
}

/** The numbers of one row: its table's name and its place decide them, and nothing else does. */
export function randomFor(table: string, index: number): Random {
  // FNV-1a spreads the seed, mulberry32 makes numbers of it: short, and good enough for data to look at.
  let state = 0x81_1c_9d_c5;
  for (const character of `${table} ${index}`)
    state = Math.imul(state ^ character.charCodeAt(0), 0x01_00_01_93);
  const next = () => {
    state = (state + 0x6d_2b_79_f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const between = (least: number, most: number) => least + Math.floor(next() * (most - least + 1));
  return {
    next,
    between,
    pick(entries) {
      const entry = entries[between(0, entries.length - 1)];
      if (entry === undefined) throw new Error('Nothing to pick from: expected at least one entry.');
      return entry;
    },
  };
}
