import { unescape } from 'node:querystring';

import { errors as undiciErrors, Pool, type Dispatcher } from 'undici';

import { FetchError } from './fetch-error.ts';
import type { SubgraphRequest, SubgraphResponse } from './subgraph-request.ts';

/** A pool of connections to one URL of a subgraph. */
export interface Endpoint {
  readonly url: string;
  send(request: SubgraphRequest): Promise<SubgraphResponse>;
  /** Waits for requests in flight. */
  close(): Promise<void>;
}

/** What an endpoint needs to know; see `TransportOptions` for each. */
export interface EndpointOptions {
  readonly connectionsMax: number;
  readonly connectTimeoutMs: number;
  readonly keepAliveMs: number;
  readonly responseBytesMax: number;
  /** Whether `isClosing` of responses is read. Default: no. */
  readonly watchesClose?: boolean;
}

/** Opens a pool for a URL; the first connection is made by the first request. */
export function createEndpoint(url: string, options: EndpointOptions): Endpoint {
  const { origin, pathname, search, username, password } = new URL(url);
  const path = pathname + search;
  const credentials = printCredentials(username, password);
  const pool = new Pool(origin, {
    connections: options.connectionsMax,
    connect: { timeout: options.connectTimeoutMs },
    keepAliveTimeout: options.keepAliveMs,
    pipelining: 1,
    // The deadline interceptor bounds the whole request; undici's two would only add timers.
    headersTimeout: 0,
    bodyTimeout: 0,
  });
  return {
    url,
    send: (request) =>
      new Promise((resolve, reject) => {
        pool.dispatch(
          { path, method: 'POST', headers: listHeaders(request, credentials), body: request.body },
          new ResponseReader(request, options, resolve, reject),
        );
      }),
    close: () => pool.close(),
  };
}

const ownHeaders = [
  'content-type',
  'application/json',
  'accept',
  'application/json',
  // Where nothing is said a server may compress as it likes (RFC 9110, 12.5.3), and answers are read as they come.
  'accept-encoding',
  'identity',
];
// How many milliseconds are left; the service hands them on to its database.
const deadlineHeader = 'freehold-deadline-ms';
const ownHeaderNames = new Set([
  deadlineHeader,
  'content-type',
  'accept',
  'accept-encoding',
  'content-length',
  'host',
  'connection',
]);

/** What a URL's user and password are in a header; undici leaves them out. */
function printCredentials(username: string, password: string): string | undefined {
  if (username === '' && password === '') return undefined;
  const text = `${unescape(username)}:${unescape(password)}`;
  return `Basic ${Buffer.from(text).toString('base64')}`;
}

/** A client's own authorization that is forwarded goes before the URL's credentials. */
function listHeaders({ headers, deadlineAt }: SubgraphRequest, credentials: string | undefined): string[] {
  const list = [...ownHeaders];
  if (credentials !== undefined && headers['authorization'] === undefined)
    list.push('authorization', credentials);
  if (deadlineAt !== undefined)
    list.push(deadlineHeader, String(Math.max(1, Math.floor(deadlineAt - performance.now()))));
  for (const name of Object.keys(headers)) {
    const value = headers[name];
    if (value !== undefined && !ownHeaderNames.has(name)) list.push(name, value);
  }
  return list;
}

/**
 * Collects one response. It has undici's older handler methods, because for the newer ones undici parses the header
 * of every response, which nobody here reads.
 */
class ResponseReader implements Dispatcher.DispatchHandler {
  readonly #request: SubgraphRequest;
  readonly #bytesMax: number;
  readonly #watchesClose: boolean;
  readonly #resolve: (response: SubgraphResponse) => void;
  readonly #reject: (reason: FetchError) => void;
  readonly #chunks: Buffer[] = [];
  #bytes = 0;
  #status = 0;
  #isClosing = false;
  #abort: ((reason: Error) => void) | undefined;

  constructor(
    request: SubgraphRequest,
    { responseBytesMax, watchesClose = false }: EndpointOptions,
    resolve: (response: SubgraphResponse) => void,
    reject: (reason: FetchError) => void,
  ) {
    this.#request = request;
    this.#bytesMax = responseBytesMax;
    this.#watchesClose = watchesClose;
    this.#resolve = resolve;
    this.#reject = reject;
    // The request may wait for a connection, and be cancelled there.
    request.cancellation.addListener(this.#cancel);
  }

  readonly #cancel = (reason: FetchError): void => {
    this.#fail(reason);
  };

  #fail(failure: FetchError): void {
    this.#request.cancellation.removeListener(this.#cancel);
    this.#reject(failure);
    this.#abort?.(failure);
  }

  onConnect(abort: (reason?: Error) => void): void {
    this.#abort = abort;
    const { reason } = this.#request.cancellation;
    if (reason !== undefined) abort(reason);
    else this.#request.timing?.sent();
  }

  onHeaders(status: number, headers: readonly Buffer[]): boolean {
    // 1xx answers come before the real one.
    if (status >= 200) this.#status = status;
    if (this.#watchesClose) this.#isClosing = saysClose(headers);
    return true;
  }

  onData(chunk: Buffer): boolean {
    this.#bytes += chunk.length;
    if (this.#bytes > this.#bytesMax) {
      this.#fail(
        new FetchError(
          'SUBGRAPH_RESPONSE_TOO_LARGE',
          `The subgraph "${this.#request.service}" answered more than ${this.#bytesMax} bytes.`,
        ),
      );
      return false;
    }
    this.#chunks.push(chunk);
    return true;
  }

  onComplete(): void {
    this.#request.cancellation.removeListener(this.#cancel);
    const [first] = this.#chunks;
    const body =
      this.#chunks.length === 1 && first !== undefined ? first : Buffer.concat(this.#chunks, this.#bytes);
    this.#resolve({ status: this.#status, body, ...(this.#isClosing && { isClosing: true }) });
  }

  onError(error: Error): void {
    this.#request.cancellation.removeListener(this.#cancel);
    // undici announces a request's connection before it writes the first byte there.
    this.#reject(describeFailure(this.#request.service, error, this.#abort === undefined));
  }
}

/** Names and values of the headers come in turns. */
function saysClose(headers: readonly Buffer[]): boolean {
  return headers.some(
    (name, index) =>
      index % 2 === 0 &&
      name.length === 'connection'.length &&
      name.toString('latin1').toLowerCase() === 'connection' &&
      headers[index + 1]?.toString('latin1').toLowerCase() === 'close',
  );
}

function describeFailure(service: string, error: Error, isUnsent: boolean): FetchError {
  if (error instanceof FetchError) return error;
  if (error instanceof undiciErrors.ConnectTimeoutError)
    return new FetchError(
      'SUBGRAPH_TIMEOUT',
      `Connecting to the subgraph "${service}" timed out.`,
      String(error),
      isUnsent,
    );
  return new FetchError(
    'SUBGRAPH_UNREACHABLE',
    `The subgraph "${service}" could not be reached, or broke off its answer.`,
    String(error),
    isUnsent,
  );
}
