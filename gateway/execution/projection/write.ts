/** An error found while the answer is written. */
export interface CompletionError {
  readonly message: string;
  /** The place, from the inside out while it is being written; client's names. */
  readonly path: (string | number)[];
}

/** What the writers of one answer share. */
export interface ProjectionState {
  readonly errors: CompletionError[];
  /** JSON text of fields that are answered locally, by place (see `placeOf`). */
  readonly local: ReadonlyMap<string, string>;
  /** No string of the data needs an escape in JSON. */
  readonly isPlain: boolean;
  /** An object of the data may stand at several places. */
  readonly hasShared: boolean;
  /** Texts of objects that stand at several places, by the number of the writer; made when first needed. */
  readonly written: (Map<object, string> | undefined)[];
}

/**
 * Writes a value of the data as JSON text. `null` stands for a value that is missing or wrong; the empty text says
 * that the value may not be null, and that the object around it must be.
 */
export type Write = (value: unknown, state: ProjectionState) => string;

export const nullText = 'null';

/** Not a JSON text: "null, where null is not allowed". */
export const violation = '';

/** So many errors of an answer's data are told; the rest are the same news again. */
const errorsMax = 200;

export function addError(state: ProjectionState, message: string): void {
  if (state.errors.length < errorsMax) state.errors.push({ message, path: [] });
}

/** Adds a step to the path of the errors that were found inside it, those from position `from` on. */
export function placeErrors(state: ProjectionState, from: number, step: string | number): void {
  for (let index = from; index < state.errors.length; index++) state.errors[index]?.path.push(step);
}
