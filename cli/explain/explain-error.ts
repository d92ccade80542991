/** An operation that could not be explained. The message is for people. */
export class ExplainError extends Error {
  override readonly name = 'ExplainError';
}
