import { CommandError } from './command-error.ts';

/** How many steps pass between two looks at the clock. */
const STEPS_PER_CHECK = 64;

/** The end of a command's time, looked at while it works. It can be brought forward. */
export class Deadline {
  private at: number;
  private steps = 0;
  private reason: CommandError | null = null;
  private readonly cancelled: Promise<void>;
  private wake: () => void = () => {};

  /** `maxTimeMs` 0 is no limit, as in MongoDB. */
  constructor(maxTimeMs: number) {
    this.at = maxTimeMs > 0 ? performance.now() + maxTimeMs : Infinity;
    this.cancelled = new Promise((resolve) => {
      this.wake = resolve;
    });
  }

  /** Ends the command's time now: it fails with `reason` where it next looks at the clock, or waits. */
  cancel(reason: CommandError): void {
    this.reason ??= reason;
    this.at = -Infinity;
    this.wake();
  }

  /** Throws MaxTimeMSExpired when the time is over; cheap enough for every document. */
  check(): void {
    this.steps += 1;
    if (this.at === Infinity || this.steps % STEPS_PER_CHECK !== 0) return;
    this.checkNow();
  }

  checkNow(): void {
    if (this.reason !== null) throw this.reason;
    if (performance.now() > this.at) throw this.expired();
  }

  private expired(): CommandError {
    return new CommandError('MaxTimeMSExpired', 'operation exceeded time limit');
  }

  /** Waits for an event, or for the end of the time; then throws as `checkNow`. */
  async waitFor(event: Promise<unknown>): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    let isExpired = false;
    const waited = [event, this.cancelled];
    if (this.at !== Infinity) {
      const leftMs = Math.max(0, this.at - performance.now()) + 1;
      waited.push(
        new Promise<void>((resolve) => {
          timer = setTimeout(() => {
            isExpired = true;
            resolve();
          }, leftMs);
        }),
      );
    }
    await Promise.race(waited);
    clearTimeout(timer);
    this.checkNow();
    // A timer may be early by the clock that the deadline is read from.
    if (isExpired) throw this.expired();
  }

  /** Waits; throws when the time is over before. */
  async sleep(ms: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const slept = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, ms);
    });
    try {
      await this.waitFor(slept);
    } finally {
      clearTimeout(timer);
    }
  }
}
