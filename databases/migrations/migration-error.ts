/** A migration that cannot be applied or written. The message names it, says what was found and how to go on. */
export class MigrationError extends Error {
  override readonly name = 'MigrationError';
}
