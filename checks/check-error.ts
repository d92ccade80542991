/** The check could not run: exit code 2. The message says what was expected and what was found. */
export class CheckError extends Error {
  override readonly name = 'CheckError';
}
