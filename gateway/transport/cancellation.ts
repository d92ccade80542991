import type { FetchError } from './fetch-error.ts';

/**
 * Ends requests early. Does what an AbortController does for the few things needed here, at a small part of its CPU:
 * one is made for each subgraph request.
 */
export class Cancellation {
  #reason: FetchError | undefined;
  #listeners: Set<(reason: FetchError) => void> | undefined;

  /** Why it was cancelled; undefined while it is not. */
  get reason(): FetchError | undefined {
    return this.#reason;
  }

  /** Tells everybody who listens, once. */
  cancel(reason: FetchError): void {
    if (this.#reason !== undefined) return;
    this.#reason = reason;
    const listeners = this.#listeners;
    this.#listeners = undefined;
    for (const listener of listeners ?? []) listener(reason);
  }

  /** Calls `listener` at cancellation; at once if it has happened. */
  addListener(listener: (reason: FetchError) => void): void {
    if (this.#reason === undefined) (this.#listeners ??= new Set()).add(listener);
    else listener(this.#reason);
  }

  removeListener(listener: (reason: FetchError) => void): void {
    this.#listeners?.delete(listener);
  }
}
