import { addError, nullText, violation, type Write } from './write.ts';

/** A value that may not be null. `place` names it for the message: "field User.name". */
export function compileNonNull(write: Write, place: string): Write {
  const message = `Cannot return null for non-nullable ${place}.`;
  return (value, state) => {
    const before = state.errors.length;
    const text = write(value, state);
    if (text !== nullText) return text;
    // An error inside is the reason already.
    if (state.errors.length === before) addError(state, message);
    return violation;
  };
}
