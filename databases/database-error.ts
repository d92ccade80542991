/** A database that cannot be had. The message names it, says what was found and what to do. */
export class DatabaseError extends Error {
  override readonly name = 'DatabaseError';
}
