import type { IncomingMessage } from 'node:http';

import { RequestError } from '../errors.ts';
import type { Cancellation } from '../transport/cancellation.ts';
import type { FetchError } from '../transport/fetch-error.ts';

// JSON between systems is in UTF-8 (RFC 8259, section 8.1), and nothing else is decoded here.
const otherCharset = /;\s*charset\s*=(?!\s*"?utf-?8"?\s*(?:;|$))/i;

/**
 * Reads a request's body as JSON. Rejects with a `RequestError`: BODY_TOO_LARGE as soon as `bytesMax` is passed (the
 * rest is not read), UNSUPPORTED_MEDIA_TYPE, INVALID_JSON, and REQUEST_TIMEOUT at cancellation, so that a client that
 * sends slowly holds its place no longer than any other.
 */
export async function readJsonBody(
  request: IncomingMessage,
  bytesMax: number,
  cancellation: Cancellation,
): Promise<unknown> {
  const type = request.headers['content-type'] ?? '';
  // Other types are what a browser sends without asking first (CSRF), or what GraphQL over HTTP does not know.
  if (!/^application\/(json|graphql\+json)\s*(;|$)/i.test(type)) {
    throw new RequestError(
      'UNSUPPORTED_MEDIA_TYPE',
      `Expected content-type "application/json", found ${type === '' ? 'none' : JSON.stringify(type)}.`,
    );
  }
  if (otherCharset.test(type)) {
    throw new RequestError(
      'UNSUPPORTED_MEDIA_TYPE',
      `Expected a body in UTF-8, found content-type ${JSON.stringify(type)}.`,
    );
  }
  const encoding = request.headers['content-encoding'] ?? 'identity';
  if (encoding.toLowerCase() !== 'identity') {
    throw new RequestError(
      'UNSUPPORTED_MEDIA_TYPE',
      `Expected a body as it is, without content-encoding; found ${JSON.stringify(encoding)}.`,
    );
  }
  const announced = Number(request.headers['content-length'] ?? 0);
  if (announced > bytesMax) throw tooLarge(bytesMax);
  const text = await readText(request, bytesMax, cancellation);
  try {
    return JSON.parse(text);
  } catch {
    throw new RequestError('INVALID_JSON', 'The request body is not valid JSON.');
  }
}

function readText(request: IncomingMessage, bytesMax: number, cancellation: Cancellation): Promise<string> {
  return new Promise((resolve, reject) => {
    const leave = ({ code, message }: FetchError): void => reject(new RequestError(code, message));
    const chunks: Buffer[] = [];
    let bytes = 0;
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > bytesMax) {
        request.pause();
        request.removeAllListeners('data');
        reject(tooLarge(bytesMax));
      } else {
        chunks.push(chunk);
      }
    });
    request.on('end', () => {
      cancellation.removeListener(leave);
      const [first] = chunks;
      const body = chunks.length === 1 && first !== undefined ? first : Buffer.concat(chunks, bytes);
      resolve(withoutByteOrderMark(body).toString('utf8'));
    });
    request.on('error', reject);
    cancellation.addListener(leave);
    request.on('aborted', () => reject(new RequestError('INVALID_JSON', 'The request body was cut off.')));
  });
}

/** A mark says nothing of UTF-8, but some editors write it; the same section lets a reader ignore it. */
function withoutByteOrderMark(body: Buffer): Buffer {
  return body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf ? body.subarray(3) : body;
}

function tooLarge(bytesMax: number): RequestError {
  return new RequestError(
    'BODY_TOO_LARGE',
    `The request body is larger than the limit of ${bytesMax} bytes.`,
  );
}
