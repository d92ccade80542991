/** The requests of a server that are being answered. */
export class RunningRequests {
  readonly #running = new Map<Promise<void>, AbortController>();

  /** Runs a request's work until it has ended; `over` is aborted when the request is. */
  async run(over: AbortController, work: () => Promise<void>): Promise<void> {
    const done = work();
    this.#running.set(done, over);
    try {
      await done;
    } finally {
      this.#running.delete(done);
    }
  }

  /** Ends all: their statements are cancelled. */
  abort(): void {
    for (const over of this.#running.values()) over.abort();
  }

  /** Resolves when none is running. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.#running.keys());
  }
}
