import type { Write } from './write.ts';

/**
 * Writes an object or list once and uses its text at every further place: below an entity that stands at several
 * places all of them share the same objects. `slot` is this writer's number.
 */
export function compileShared(write: Write, slot: number): Write {
  return (value, state) => {
    if (!state.hasShared || typeof value !== 'object' || value === null) return write(value, state);
    let texts = state.written[slot];
    if (texts === undefined) {
      texts = new Map();
      state.written[slot] = texts;
    }
    const known = texts.get(value);
    if (known !== undefined) return known;
    const before = state.errors.length;
    const text = write(value, state);
    // Errors must be found again, because they stand at every place.
    if (state.errors.length === before) texts.set(value, text);
    return text;
  };
}
