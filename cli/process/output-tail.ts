/** The last lines of a process's output, for the message that explains its end. */
export class OutputTail {
  readonly #linesMax: number;
  #lines: string[] = [];
  #rest = '';

  constructor(linesMax = 20) {
    this.#linesMax = linesMax;
  }

  add(chunk: Buffer): void {
    const lines = (this.#rest + chunk.toString('utf8')).split('\n');
    this.#rest = (lines.pop() ?? '').slice(-4096);
    this.#lines = [...this.#lines, ...lines.filter((line) => line.trim() !== '')].slice(-this.#linesMax);
  }

  toString(): string {
    return [...this.#lines, this.#rest].filter((line) => line !== '').join('\n');
  }
}
