/**
 * Where a document found by `$text` carries its score: a symbol is copied with the document by the
 * stages of a pipeline, and is never written to the client or to a folder.
 */
export const TEXT_SCORE: unique symbol = Symbol('textScore');

/** The text score of a document, `undefined` when no `$text` found it. */
export function textScoreOf(document: object): unknown {
  return Reflect.get(document, TEXT_SCORE);
}
