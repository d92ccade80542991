/** An operation that could not be explained. The message is for people. */
export class ExplainError extends Error {
  override readonly name: string = 'ExplainError';
}

/** The gateway refused the operation; it may explain others. */
export class OperationRefused extends ExplainError {}
