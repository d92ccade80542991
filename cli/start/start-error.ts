/** A part of the shop that cannot be started; the message names it and says what to do. */
export class StartError extends Error {
  override readonly name = 'StartError';
}
