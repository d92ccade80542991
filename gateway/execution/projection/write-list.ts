import { addError, nullText, placeErrors, violation, type Write } from './write.ts';

/** A list. An item that may not be null and is makes the whole list null. */
export function compileList(writeItem: Write, place: string): Write {
  return (value, state) => {
    if (value === null || value === undefined) return nullText;
    if (!Array.isArray(value)) {
      addError(state, `Expected a list for ${place}, found another value.`);
      return nullText;
    }
    let text = '[';
    let isViolated = false;
    for (let index = 0; index < value.length; index++) {
      const before = state.errors.length;
      const item = writeItem(value[index], state);
      if (state.errors.length > before) placeErrors(state, before, index);
      if (item === violation) isViolated = true;
      else text += index === 0 ? item : `,${item}`;
    }
    return isViolated ? nullText : `${text}]`;
  };
}
