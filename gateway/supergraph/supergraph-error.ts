/** A supergraph that cannot be read, composed or served; the message says what was expected and what was found. */
export class SupergraphError extends Error {
  override readonly name = 'SupergraphError';
}
