/**
 * MongoDB's fail point `failCommand`, as far as it makes commands slow: a way to see what clients do while a database
 * does not answer.
 */
export class FailPoint {
  private commands: ReadonlySet<string> = new Set();
  private blockMs = 0;
  private left = 0;

  /** Holds the next `times` of these commands for `blockMs` each. */
  set(commands: readonly string[], blockMs: number, times: number): void {
    this.commands = new Set(commands);
    this.blockMs = blockMs;
    this.left = times;
  }

  /** How long this command is held, in milliseconds; counts it. */
  take(name: string): number {
    if (this.left <= 0 || !this.commands.has(name)) return 0;
    this.left -= 1;
    return this.blockMs;
  }
}
