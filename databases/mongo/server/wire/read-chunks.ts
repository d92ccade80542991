import type { Socket } from 'node:net';

/** Above this, nothing more is read until something was taken: the bound on what one client can queue up. */
const QUEUED_BYTES_MAX = 1_048_576;

/**
 * The bytes of a socket, until its end. Unlike the socket's own iterator it reads on while a chunk is being worked on,
 * so that the end of the connection is seen (as the socket's `close`) while a command runs. Throws what the socket does.
 */
export async function* readChunks(socket: Socket): AsyncGenerator<Buffer> {
  const queue: Buffer[] = [];
  let queuedBytes = 0;
  let isOver = false;
  let failure: Error | undefined;
  let wake: () => void = () => {};
  socket.on('data', (chunk: Buffer) => {
    queue.push(chunk);
    queuedBytes += chunk.length;
    if (queuedBytes > QUEUED_BYTES_MAX) socket.pause();
    wake();
  });
  socket.on('error', (error) => {
    failure = error;
  });
  socket.on('close', () => {
    isOver = true;
    wake();
  });
  for (;;) {
    const chunk = queue.shift();
    if (chunk !== undefined) {
      queuedBytes -= chunk.length;
      if (socket.isPaused() && queuedBytes <= QUEUED_BYTES_MAX) socket.resume();
      yield chunk;
      continue;
    }
    if (failure !== undefined) throw failure;
    if (isOver) return;
    await new Promise<void>((resolve) => {
      wake = resolve;
    });
  }
}
