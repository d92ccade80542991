import type { IncomingMessage } from 'node:http';

/** A request body that cannot be used; `status` is what HTTP calls it. */
export class BodyError extends Error {
  override readonly name = 'BodyError';
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** Reads a body; rejects when the client leaves before its end. @throws {BodyError} when it is longer than `bytesMax`. */
export function readBody(request: IncomingMessage, bytesMax: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    request.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length <= bytesMax) chunks.push(chunk);
      else {
        // What still comes is not read; the connection is closed with the answer.
        request.pause();
        reject(new BodyError(413, `The body is longer than ${bytesMax} bytes.`));
      }
    });
    request.once('end', () => resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)));
    request.once('error', reject);
  });
}

/** Reads a body as JSON, after a byte order mark too; undefined when it is empty. @throws {BodyError} when it is something else. */
export function parseJsonBody(body: Buffer): unknown {
  if (body.length === 0) return undefined;
  try {
    return JSON.parse(body.toString('utf8').replace(/^\uFEFF/, ''));
  } catch {
    throw new BodyError(400, 'The body is not JSON; expected {"query": "…", "variables": {…}}.');
  }
}
