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

/** Reads a JSON body. @throws {BodyError} when it is longer than `bytesMax` or not JSON. */
export async function readJsonBody(request: IncomingMessage, bytesMax: number): Promise<unknown> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > bytesMax) throw new BodyError(413, `The body is longer than ${bytesMax} bytes.`);
    chunks.push(chunk);
  }
  const text = Buffer.concat(chunks).toString('utf8');
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    throw new BodyError(400, 'The body is not JSON; expected {"query": "…", "variables": {…}}.');
  }
}
