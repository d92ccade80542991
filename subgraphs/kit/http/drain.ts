import type { Server, ServerResponse } from 'node:http';

import { LiveList } from '../live-list.ts';
import type { RunningRequests } from './running-requests.ts';

/** How long answers that were written may take to leave when there is nothing more to answer, in milliseconds. */
const flushMs = 250;
/**
 * How long requests that are cut off may take to answer, in milliseconds: longer than a database has to end a cancelled
 * statement (`cancelMs` of the kit's database), or their connections would be cut before their answers are written.
 */
const answerMs = 1_000;

/**
 * Tells clients that keep their connections to bring the next request elsewhere: once it is given, each answer says
 * `connection: close`. A connection that is closed without it may carry a request that was sent in that moment.
 */
export class CloseNotice {
  readonly #open = new LiveList<ServerResponse>();
  #isGiven = false;

  get isGiven(): boolean {
    return this.#isGiven;
  }

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

/** What a server is drained with. */
export interface DrainOptions {
  readonly notice: CloseNotice;
  /** How long new requests are still answered, with the notice, in milliseconds; 0 when nobody is connected. */
  readonly noticeMs: number;
  /** How long requests in flight may go on after that, in milliseconds. */
  readonly drainMs: number;
}

/**
 * Ends when no connection is open. First the notice is given while requests are still taken, then nothing more is
 * taken; requests that are still at it after `drainMs` are cut off.
 */
export async function drain(
  server: Server,
  requests: RunningRequests,
  { notice, noticeMs, drainMs }: DrainOptions,
): Promise<void> {
  notice.give();
  if (noticeMs > 0 && (await countConnections(server)) > 0)
    await new Promise((resolve) => setTimeout(resolve, noticeMs));
  const closed = new Promise<void>((resolve) => {
    // Right after the loop has looked for connections: those that wait to be accepted would be reset.
    setImmediate(() => server.close(() => resolve()));
  });
  const timer = setTimeout(() => requests.abort(), drainMs);
  // A connection that is kept alive becomes idle when its request has ended, which nothing tells the server.
  const sweep = setInterval(() => server.closeIdleConnections(), 25);
  let giveUp: NodeJS.Timeout | undefined;
  // A request answers at once when its statement is cancelled; one that waits for something else is not waited for.
  const late = new Promise<void>((resolve) => {
    giveUp = setTimeout(resolve, drainMs + answerMs);
  });
  await Promise.race([requests.settled(), late]);
  // A connection over which nothing was asked yet is not idle to Node, and would be waited for.
  const cut = setTimeout(() => server.closeAllConnections(), flushMs);
  await closed;
  for (const waiting of [timer, sweep, giveUp, cut]) clearTimeout(waiting);
}

function countConnections(server: Server): Promise<number> {
  return new Promise((resolve) => {
    server.getConnections((_error, count) => resolve(count));
  });
}
