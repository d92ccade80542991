import { CommandError } from './command-error.ts';

/** How many steps pass between two looks at the clock. */
const STEPS_PER_CHECK = 64;

/** The end of a command's time, looked at while it works. */
export class Deadline {
  private readonly at: number;
  private steps = 0;

  /** `maxTimeMs` 0 is no limit, as in MongoDB. */
  constructor(maxTimeMs: number) {
    this.at = maxTimeMs > 0 ? performance.now() + maxTimeMs : Infinity;
  }

  /** How long is left, in ms; `Infinity` without a limit. */
  get remainingMs(): number {
    return this.at - performance.now();
  }

  /** Throws MaxTimeMSExpired when the time is over; cheap enough for every document. */
  check(): void {
    this.steps += 1;
    if (this.at === Infinity || this.steps % STEPS_PER_CHECK !== 0) return;
    this.checkNow();
  }

  checkNow(): void {
    if (performance.now() > this.at) {
      throw new CommandError('MaxTimeMSExpired', 'operation exceeded time limit');
    }
  }
}
