import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/** Linux gives ports from 32,768 to whoever listens on 0 or connects, other systems from 49,152. */
const range = { first: 20_000, last: 29_999 };

/**
 * A port of 127.0.0.1 on which nobody listens, and which the system gives nobody unasked: for a test that needs it to
 * stay closed, or closes it and opens it again.
 */
export async function findQuietPort(): Promise<number> {
  for (;;) {
    const port = randomInt(range.first, range.last + 1);
    if (await isFree(port)) return port;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
