import { Pool, type Dispatcher } from 'undici';

/** What a client saw of a run of requests. */
export interface LoadResult {
  readonly requests: number;
  readonly failures: number;
  readonly seconds: number;
  readonly latenciesMs: readonly number[];
}

export interface LoadOptions {
  readonly url: string;
  /** How many requests are under way at once. */
  readonly users: number;
  /** The run ends after this time, or after `requestsMax` requests. */
  readonly durationMs: number;
  readonly requestsMax?: number;
  /** Ends the run when it says so. */
  readonly isDone?: () => boolean;
  /** Sees every answer. */
  readonly onAnswer?: (answer: Buffer) => void;
  /** Headers beside those for JSON, such as a token. */
  readonly headers?: Readonly<Record<string, string>>;
  /** The body of a request, by its number from 0. */
  readonly body: (index: number) => string;
}

/** Sends requests as fast as they are answered. An answer with a status other than 200 or with `errors` is a failure. */
export async function runLoad(options: LoadOptions): Promise<LoadResult> {
  const { origin, pathname: path } = new URL(options.url);
  const headers = { 'content-type': 'application/json', accept: 'application/json', ...options.headers };
  const pool = new Pool(origin, { connections: options.users, pipelining: 1 });
  const latenciesMs: number[] = [];
  const started = performance.now();
  const requestsMax = options.requestsMax ?? Number.POSITIVE_INFINITY;
  let sent = 0;
  let failures = 0;
  const runUser = async (): Promise<void> => {
    while (performance.now() - started < options.durationMs && sent < requestsMax && !options.isDone?.()) {
      const index = sent;
      sent += 1;
      const begun = performance.now();
      const { status, body } = await send(pool, { path, method: 'POST', headers, body: options.body(index) });
      latenciesMs.push(performance.now() - begun);
      const isBad = status !== 200 || body.includes('"errors"') || body.length < 10;
      if (isBad) failures += 1;
      else options.onAnswer?.(body);
    }
  };
  await Promise.all(Array.from({ length: options.users }, runUser));
  const seconds = (performance.now() - started) / 1000;
  await pool.close();
  return { requests: latenciesMs.length, failures, seconds, latenciesMs };
}

interface Received {
  readonly status: number;
  readonly body: Buffer;
}

/**
 * Sends a request and collects its answer without a stream for it: what load costs is taken from the core that the
 * subgraphs need, and a gateway that waits for them has more work with each request.
 */
function send(pool: Pool, request: Dispatcher.DispatchOptions): Promise<Received> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let status = 0;
    pool.dispatch(request, {
      onConnect() {},
      onHeaders(statusCode) {
        status = statusCode;
        return true;
      },
      onData(chunk) {
        chunks.push(chunk);
        return true;
      },
      onComplete: () => resolve({ status, body: Buffer.concat(chunks) }),
      onError: reject,
    });
  });
}

/** The latency that this part (from 0 to 1) of the requests did not exceed. */
export function findPercentile(latenciesMs: readonly number[], part: number): number {
  const sorted = [...latenciesMs].sort((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;
}

/** Sends one request and answers its parsed body. */
export async function sendOnce(
  url: string,
  body: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<unknown> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json', ...headers },
    body,
  });
  return response.json();
}
