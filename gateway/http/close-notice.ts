import type { ServerResponse } from 'node:http';

/**
 * Tells clients that keep their connections to bring the next request elsewhere: once it is given, each answer says
 * `connection: close`. A connection that is closed without it may carry a request that was sent in that moment.
 */
export class CloseNotice {
  readonly #open = new Set<ServerResponse>();
  #isGiven = false;

  /** To be called with each answer before its headers are written. */
  watch(response: ServerResponse): void {
    if (this.#isGiven) response.shouldKeepAlive = false;
    this.#open.add(response);
    response.once('close', () => this.#open.delete(response));
  }

  give(): void {
    this.#isGiven = true;
    for (const response of this.#open) response.shouldKeepAlive = false;
  }
}
