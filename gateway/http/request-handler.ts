import type { IncomingMessage, ServerResponse } from 'node:http';

import { HeaderMap } from '@apollo/server';
import type { Logger } from 'pino';

import { parseTraceParent } from '../../telemetry/traceparent.ts';
import type { Authenticate } from '../auth/authenticate.ts';
import type { RequestIdentity } from '../auth/request-identity.ts';
import { identityHeader, printIdentity } from '../auth/sign-request.ts';
import type { GatewayConfig } from '../config/gateway-config.ts';
import type { EngineSwitch } from '../engines/engine-switch.ts';
import { makeErrorId, printInternalError, RequestError } from '../errors.ts';
import type { Guards } from '../guards/guards.ts';
import type { BeginTrace } from '../telemetry/begin-trace.ts';
import type { GatewayCounters, Metrics } from '../telemetry/metrics.ts';
import type { Cancellation } from '../transport/cancellation.ts';
import { readClientName } from '../usage/client-name.ts';
import { chooseMediaType } from './choose-media-type.ts';
import { serveGraphiql } from './graphiql/serve-graphiql.ts';
import type { GraphqlHttpAnswer, GraphqlServer } from './graphql-server.ts';
import type { ReadyAnswer } from './operation-context.ts';
import { readJsonBody } from './read-body.ts';
import type { GraphReadiness } from './read-readiness.ts';
import { splitRequestTarget } from './request-target.ts';
import { startDeadline } from './start-deadline.ts';

/** Whether the gateway answers operations. `draining`: it does, and is about to stop. */
export type Readiness =
  { readonly kind: 'ready' } | { readonly kind: 'draining' } | { readonly kind: 'stopped' };

/** What a request is answered from. */
export interface HandlerParts {
  readonly config: GatewayConfig;
  readonly graphql: GraphqlServer;
  readonly engines: EngineSwitch;
  readonly guards: Guards;
  readonly authenticate: Authenticate;
  readonly counters: GatewayCounters;
  /** Undefined when nobody may read them. */
  readonly metrics: Metrics | undefined;
  readonly beginTrace: BeginTrace;
  readonly readiness: () => Readiness;
  /** Asks the services whether they are ready. */
  readonly readReadiness: () => Promise<GraphReadiness>;
  readonly log: Logger;
}

export type RequestHandler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** Answers every path of the gateway. Never rejects: what fails becomes an answer. */
export function makeRequestHandler(parts: HandlerParts): RequestHandler {
  return async (request, response) => {
    try {
      await route(parts, request, response);
    } catch (error) {
      answerError(parts.log, response, error);
    }
  };
}

async function route(parts: HandlerParts, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const [path, search] = splitRequestTarget(request.url ?? '/');
  switch (path) {
    // Apollo Sandbox, which a browser gets at either, asks the address that it was loaded from.
    case '/':
    case '/graphql':
      return answerOperation(parts, request, response, search);
    case '/health':
      return answerJson(response, 200, JSON.stringify({ status: 'ok' }));
    case '/ready':
      return answerReadiness(parts, response);
    default:
      if (parts.metrics !== undefined && path === '/metrics') return answerMetrics(parts.metrics, response);
      if (parts.config.mode === 'development' && (path === '/graphiql' || path.startsWith('/graphiql/'))) {
        return serveGraphiql(request, response, path, parts.config.graphiqlToken);
      }
      throw new RequestError(
        'NOT_FOUND',
        `There is nothing at ${JSON.stringify(path)}; operations go to /graphql.`,
      );
  }
}

/** A gateway without some of its services still answers the fields of the others, so only without all it says no. */
async function answerReadiness(parts: HandlerParts, response: ServerResponse): Promise<void> {
  if (parts.readiness().kind !== 'ready')
    return answerJson(response, 503, JSON.stringify({ status: 'stopping' }));
  const readiness = await parts.readReadiness();
  answerJson(response, readiness.status === 'unavailable' ? 503 : 200, JSON.stringify(readiness));
}

async function answerMetrics(metrics: Metrics, response: ServerResponse): Promise<void> {
  const text = await metrics.print();
  response.writeHead(200, { 'content-type': metrics.contentType, 'cache-control': 'no-store' });
  response.end(text);
}

async function answerOperation(
  parts: HandlerParts,
  request: IncomingMessage,
  response: ServerResponse,
  search: string,
): Promise<void> {
  const method = request.method ?? 'GET';
  if (method !== 'POST' && method !== 'GET' && method !== 'HEAD') {
    response.setHeader('allow', 'GET, POST, OPTIONS');
    throw new RequestError(
      'METHOD_NOT_ALLOWED',
      `${method} is not for /graphql; expected POST (or GET for queries).`,
    );
  }
  if (parts.readiness().kind === 'stopped') throw new RequestError('NOT_READY', 'The gateway is stopping.');
  if (isLandingPageRequest(request, search)) return answerOperationOrPage(parts, request, response, search);
  const startedMs = performance.now();
  let leave: (() => void) | undefined;
  let status = 500;
  try {
    leave = parts.guards.enter(request);
    await answerOperationOrPage(parts, request, response, search);
    status = response.statusCode;
  } catch (error) {
    if (error instanceof RequestError) status = error.status;
    throw error;
  } finally {
    leave?.();
    parts.counters.observeRequest(statusFor(response, status), performance.now() - startedMs);
  }
}

/** A client that has left got no answer. There is no status for it, and 499 is what proxies log. */
function statusFor(response: ServerResponse, status: number): number {
  return response.destroyed && !response.writableFinished ? 499 : status;
}

/** A browser that opens the address gets a page: a GET for HTML without an operation. */
function isLandingPageRequest(request: IncomingMessage, search: string): boolean {
  return request.method !== 'POST' && search === '' && (request.headers.accept ?? '').includes('text/html');
}

async function answerOperationOrPage(
  parts: HandlerParts,
  request: IncomingMessage,
  response: ServerResponse,
  search: string,
): Promise<void> {
  const method = request.method ?? 'GET';
  const isPost = method === 'POST';
  const lease = parts.engines.lease();
  const deadline = startDeadline(request, response, parts.config.requestTimeoutMs);
  const trace = parts.beginTrace(request);
  try {
    const identity = await authenticate(parts, request);
    const read = isPost ? await readBody(parts, request, deadline.cancellation) : undefined;
    const readyAnswer: ReadyAnswer | undefined = Array.isArray(read)
      ? undefined
      : { body: undefined, known: undefined, outcome: undefined };
    const answer = await parts.graphql.execute(
      {
        method,
        accept: request.headers.accept ?? '',
        headers: () => toHeaderMap(request),
        search: isPost || search === '' ? search : parts.guards.checkUrl(search),
        body: isPost ? parts.guards.checkBody(read) : undefined,
      },
      {
        headers: listHeaders(parts.config, request, identity, trace?.traceparent),
        identity,
        cancellation: deadline.cancellation,
        deadlineAt: deadline.at,
        trace,
        client: readClientName(request.headers),
        readyAnswer,
      },
    );
    writeAnswer(response, answer);
    trace?.ended(statusFor(response, answer.status ?? 200), deadline.cancellation.reason?.message);
  } catch (error) {
    const [status, reason] = error instanceof RequestError ? [error.status, error.code] : [500, 'failed'];
    trace?.ended(statusFor(response, status), reason);
    throw error;
  } finally {
    deadline.end();
    lease.release();
  }
}

async function authenticate(
  { authenticate: read, counters }: HandlerParts,
  request: IncomingMessage,
): Promise<RequestIdentity | undefined> {
  try {
    return await read(request.headers.authorization);
  } catch (error) {
    if (error instanceof RequestError) counters.countRefusal('authentication');
    throw error;
  }
}

async function readBody(
  { config, counters }: HandlerParts,
  request: IncomingMessage,
  cancellation: Cancellation,
): Promise<unknown> {
  try {
    return await readJsonBody(request, config.bodyBytesMax, cancellation);
  } catch (error) {
    if (error instanceof RequestError && error.code === 'BODY_TOO_LARGE') counters.countRefusal('body-bytes');
    throw error;
  }
}

function toHeaderMap(request: IncomingMessage): HeaderMap {
  const headers = new HeaderMap();
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined) headers.set(name, Array.isArray(value) ? value.join(', ') : value);
  }
  return headers;
}

/** What goes on to subgraphs. Who asks goes with a signature or not at all: unsigned, anybody could claim it. */
function listHeaders(
  config: GatewayConfig,
  request: IncomingMessage,
  identity: RequestIdentity | undefined,
  traceparent: string | undefined,
): Record<string, string> {
  const headers = pickHeaders(request, config.forwardHeaders);
  if (traceparent !== undefined) setTraceParent(headers, traceparent);
  if (identity !== undefined && config.signingKeys.length > 0)
    headers[identityHeader] = printIdentity(identity);
  return headers;
}

/** `tracestate` belongs to the trace that it came with. */
function setTraceParent(headers: Record<string, string>, traceparent: string): void {
  if (parseTraceParent(headers['traceparent'])?.traceId !== parseTraceParent(traceparent)?.traceId)
    delete headers['tracestate'];
  headers['traceparent'] = traceparent;
}

function pickHeaders(request: IncomingMessage, names: readonly string[]): Record<string, string> {
  const picked: Record<string, string> = {};
  for (const name of names) {
    const value = request.headers[name];
    if (value !== undefined) picked[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return picked;
}

function writeAnswer(response: ServerResponse, { status = 200, headers, body }: GraphqlHttpAnswer): void {
  if (response.destroyed) return;
  response.statusCode = status;
  for (const [name, value] of headers) response.setHeader(name, value);
  response.setHeader('content-length', body.length);
  response.end(body);
}

function answerJson(
  response: ServerResponse,
  status: number,
  text: string,
  mediaType = 'application/json',
): void {
  response.writeHead(status, {
    'content-type': `${mediaType}; charset=utf-8`,
    'cache-control': 'no-store',
  });
  response.end(`${text}\n`);
}

/** A refused request in GraphQL's own form, so that every client can read it. */
function answerError(log: Logger, response: ServerResponse, error: unknown): void {
  if (response.destroyed || response.headersSent) {
    response.destroy();
    return;
  }
  // What is left of the body is not read, so the connection cannot serve another request.
  if (!response.req.complete) response.setHeader('connection', 'close');
  const mediaType = chooseMediaType(response.req.headers.accept);
  if (error instanceof RequestError) {
    if (error.code === 'UNAUTHENTICATED') response.setHeader('www-authenticate', 'Bearer');
    if (error.retryAfterS !== undefined) response.setHeader('retry-after', String(error.retryAfterS));
    const body = { errors: [{ message: error.message, extensions: { code: error.code } }] };
    answerJson(response, error.status, JSON.stringify(body), mediaType);
    return;
  }
  const errorId = makeErrorId();
  log.error({ err: error, errorId }, 'request failed');
  const extensions = { code: 'INTERNAL_SERVER_ERROR', errorId };
  const body = { errors: [{ message: printInternalError(errorId), extensions }] };
  answerJson(response, 500, JSON.stringify(body), mediaType);
}
