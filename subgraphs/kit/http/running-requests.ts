import { LiveList } from '../live-list.ts';

interface RunningRequest {
  readonly done: Promise<void>;
  readonly over: AbortController;
}

/** The requests of a server that are being answered. */
export class RunningRequests {
  readonly #running = new LiveList<RunningRequest>();

  /** Runs a request's work until it has ended; `over` is aborted when the request is. */
  async run(over: AbortController, work: () => Promise<void>): Promise<void> {
    const request = { done: work(), over };
    this.#running.add(request);
    try {
      await request.done;
    } finally {
      this.#running.delete(request);
    }
  }

  /** Ends all: their statements are cancelled. */
  abort(): void {
    for (const { over } of this.#running) over.abort();
  }

  /** Resolves when none is running. */
  async settled(): Promise<void> {
    await Promise.allSettled(Array.from(this.#running, ({ done }) => done));
  }
}
