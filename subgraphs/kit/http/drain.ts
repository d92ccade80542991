import type { Server } from 'node:http';

import type { RunningRequests } from './running-requests.ts';

/** How long answers that were written may take to leave when there is nothing more to answer, in milliseconds. */
const flushMs = 250;

/** Ends when no connection is open; requests that are still at it after `drainMs` are cut off. */
export async function drain(server: Server, requests: RunningRequests, drainMs: number): Promise<void> {
  const closed = new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
  const timer = setTimeout(() => requests.abort(), drainMs);
  // A connection that is kept alive becomes idle when its request has ended, which nothing tells the server.
  const sweep = setInterval(() => server.closeIdleConnections(), 25);
  let giveUp: NodeJS.Timeout | undefined;
  // A request answers at once when its statement is cancelled; one that waits for something else is not waited for.
  const late = new Promise<void>((resolve) => {
    giveUp = setTimeout(resolve, drainMs + flushMs);
  });
  await Promise.race([requests.settled(), late]);
  // A connection over which nothing was asked yet is not idle to Node, and would be waited for.
  const cut = setTimeout(() => server.closeAllConnections(), flushMs);
  await closed;
  for (const waiting of [timer, sweep, giveUp, cut]) clearTimeout(waiting);
}
