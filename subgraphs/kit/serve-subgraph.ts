import { setMaxListeners } from 'node:events';
import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http';

import type { Logger } from 'pino';

import type { Span } from '../../telemetry/tracing.ts';
import type { DatabaseSettings, ServiceDatabase } from './database/service-database.ts';
import type { Subgraph } from './define-subgraph.ts';
import { type AnswerOperation, makeAnswerOperation } from './http/answer-operation.ts';
import { createRequestContext, readDeadline, singleHeader } from './http/create-request-context.ts';
import { CloseNotice, drain } from './http/drain.ts';
import { createErrorMask } from './http/mask-errors.ts';
import { BodyError, parseJsonBody, readBody } from './http/read-body.ts';
import { readReadiness } from './http/read-readiness.ts';
import { readRequestTarget } from './http/request-target.ts';
import { RunningRequests } from './http/running-requests.ts';
import type { ServiceKeys } from './signature/service-keys.ts';
import { type ArrivedRequest, makeVerifier, type VerifyRequest } from './signature/verify-request.ts';
import { databaseDefaults, statementLimitDefaults } from './service-defaults.ts';
import { limitStatements, type StatementLimit } from './statements/limit-statements.ts';
import { SubgraphError } from './subgraph-error.ts';
import { type ServiceTelemetry, startServiceTelemetry } from './telemetry/service-telemetry.ts';

/** How a service is served. */
export interface ServeOptions {
  /** The one database of the service. */
  readonly databaseUrl: string;
  /** Where to listen; port 0 takes a free one. Default 127.0.0.1. */
  readonly host?: string;
  readonly port: number;
  /**
   * Keys that the gateway's requests are signed with; then every other request is refused with 401. Default: none,
   * and any request is answered, without a caller.
   */
  readonly signingKeys?: ServiceKeys | undefined;
  readonly log: Logger;
  /** The longest body that is read, in bytes; longer ones get 413. Default 5 MiB: 100 products' representations are 10 kB. */
  readonly bodyBytesMax?: number;
  /**
   * How long `close` still takes requests, in milliseconds: each answer then says `connection: close`, so that whoever
   * keeps connections opens none anew here. Default 1,000: a gateway at its limit takes a while to read them, and a request
   * that comes on a new connection after that is lost. It is skipped when nobody is connected.
   */
  readonly noticeMs?: number;
  /** How long `close` lets requests in flight go on after that, in milliseconds. Default 4,000. */
  readonly drainMs?: number;
  /** Bounds the statements of one request; default: no bound. */
  readonly statementLimit?: StatementLimit;
  /**
   * Statements that take this long or longer, in milliseconds and the wait for a connection included, are logged.
   * Default 1,000; 0 is off.
   */
  readonly slowStatementMs?: number;
  /** Answers GET /metrics in the text format of Prometheus, to anyone who reaches the service. Default: no. */
  readonly metrics?: boolean;
  /**
   * Base URL of an OTLP/HTTP collector. A request that belongs to a recorded trace is recorded there with its
   * statements; a service begins no trace itself. Default: none.
   */
  readonly otlpEndpoint?: string | undefined;
  readonly database?: Partial<Pick<DatabaseSettings, 'connectionsMax' | 'connectionWaitMs' | 'statementMs'>>;
}

/** A service that listens. */
export interface RunningSubgraph {
  readonly url: string;
  readonly port: number;
  /** Asks the database for an answer; rejects with the reason when there is none within a second. */
  checkDatabase(): Promise<void>;
  /** Says that it stops, refuses new requests, lets those in flight end, closes the database. Safe to call twice. */
  close(): Promise<void>;
}

const readyMs = 1_000;

/** Serves a service's graph at POST /graphql, with GET /health and GET /ready. Rejects when it cannot listen. */
export async function serveSubgraph<Client>(
  subgraph: Subgraph<Client>,
  options: ServeOptions,
): Promise<RunningSubgraph> {
  const { log, host = '127.0.0.1' } = options;
  const database = subgraph.openDatabase({
    service: subgraph.name,
    url: options.databaseUrl,
    log,
    ...databaseDefaults,
    ...options.database,
  });
  const telemetry = await startServiceTelemetry(subgraph.name, database, options);
  const mask = createErrorMask(subgraph.name, log, telemetry.countFailure);
  const answerOperation = makeAnswerOperation<Client>(subgraph.schema, mask);
  await database.warm?.();
  const verify = options.signingKeys && makeVerifier(subgraph.name, options.signingKeys);
  if (!verify) log.warn('no signing keys: requests are answered whoever sends them, and nobody is signed in');
  const checkDatabase = () => database.check(AbortSignal.timeout(readyMs));
  const requests = new RunningRequests();
  const notice = new CloseNotice();
  const shared = {
    subgraph,
    database,
    answerOperation,
    options,
    verify,
    checkDatabase,
    requests,
    notice,
    telemetry,
  };
  const server = createServer((request, response) => {
    notice.watch(response);
    route({ request, response, ...shared }).catch((error: unknown) => {
      log.error({ err: error }, 'a request failed');
      if (!response.headersSent)
        answer(response, 500, errorBody('INTERNAL_SERVER_ERROR', 'Internal server error.'));
      else response.destroy();
    });
  });
  const port = await listen(server, host, options.port);
  let closing: Promise<void> | undefined;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${port}/graphql`,
    port,
    checkDatabase,
    close() {
      closing ??= (async () => {
        await drain(server, requests, {
          notice,
          noticeMs: options.noticeMs ?? 1000,
          drainMs: options.drainMs ?? 4_000,
        });
        await database.close();
        await telemetry.close();
      })();
      return closing;
    },
  };
}

interface Exchange<Client> {
  readonly subgraph: Subgraph<Client>;
  readonly database: ServiceDatabase<Client>;
  readonly answerOperation: AnswerOperation<Client>;
  readonly options: ServeOptions;
  readonly verify: VerifyRequest | undefined;
  readonly checkDatabase: () => Promise<void>;
  readonly requests: RunningRequests;
  readonly notice: CloseNotice;
  readonly telemetry: ServiceTelemetry;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

async function route<Client>(exchange: Exchange<Client>): Promise<void> {
  const { request, response, subgraph, checkDatabase } = exchange;
  const path = readRequestTarget(request.url).split('?')[0];
  if (path === '/health') return answer(response, 200, { status: 'ok', service: subgraph.name });
  if (path === '/ready') {
    const { status, body } = await readReadiness({
      service: subgraph.name,
      isClosing: exchange.notice.isGiven,
      checkDatabase,
      log: exchange.options.log,
    });
    return answer(response, status, body);
  }
  if (path === '/metrics' && exchange.options.metrics) {
    const { metrics } = exchange.telemetry;
    const text = await metrics.print();
    const headers = { 'content-type': metrics.contentType, 'cache-control': 'no-store' };
    return void response.writeHead(200, headers).end(text);
  }
  if (path !== '/graphql')
    return answer(
      response,
      404,
      errorBody('NOT_FOUND', 'Expected POST /graphql, GET /health or GET /ready.'),
    );
  const over = new AbortController();
  // Each statement under way listens, and a request may have many: that is no leak to be warned of.
  setMaxListeners(0, over.signal);
  response.once('close', () => {
    if (!response.writableFinished) over.abort();
  });
  return exchange.requests.run(over, () => answerGraphql(exchange, over));
}

async function answerGraphql<Client>(exchange: Exchange<Client>, over: AbortController): Promise<void> {
  const { answerOperation, database, subgraph, options, verify, telemetry, request, response } = exchange;
  let timer: NodeJS.Timeout | undefined;
  let span: Span | undefined;
  let failure: string | undefined;
  try {
    const bytes = await readBody(request, options.bodyBytesMax ?? 5 * 1024 * 1024);
    // A service that stood still finds requests that nobody waits for any more; the others come first.
    if (over.signal.aborted) return;
    const verdict = verify?.(arrivedRequest(request, bytes));
    if (verdict?.kind === 'refused') return answer(response, 401, errorBody(verdict.code, verdict.message));
    const wrongForm = checkForm(request);
    if (wrongForm) return answer(response, wrongForm.status, errorBody(wrongForm.code, wrongForm.message));
    const body = parseJsonBody(bytes);
    const deadlineMs = readDeadline(request.headers);
    const operationName = operationNameOf(body);
    span = telemetry.beginRequest(request.headers, operationName);
    if (deadlineMs !== undefined) timer = setTimeout(() => over.abort(), deadlineMs);
    const answered = await answerOperation(body, () =>
      createRequestContext({
        service: subgraph.name,
        client: database.client,
        beginWait: database.beginWait,
        statementMs: database.statementMs,
        headers: request.headers,
        operationName,
        span,
        observeStatement: telemetry.observeStatement,
        caller: verdict?.caller,
        signal: over.signal,
        deadlineMs,
        countStatement: limitStatements(
          options.statementLimit ?? statementLimitDefaults,
          operationName,
          options.log,
        ),
      }),
    );
    answerText(response, answered.status, answered.body);
  } catch (error) {
    if (error instanceof BodyError) {
      // The rest of a body that is too long is not read.
      if (error.status === 413) response.setHeader('connection', 'close');
      return answer(response, error.status, errorBody('BAD_REQUEST', error.message));
    }
    if (error instanceof SubgraphError) return answer(response, 400, errorBody(error.code, error.message));
    if (response.destroyed) return;
    failure = 'the service failed';
    throw error;
  } finally {
    clearTimeout(timer);
    span?.end({
      endMs: performance.now(),
      attributes: { 'http.response.status_code': failure === undefined ? response.statusCode : 500 },
      failure: over.signal.aborted ? 'the request was over before it was answered' : failure,
    });
  }
}

function arrivedRequest({ method, url, headers }: IncomingMessage, body: Buffer): ArrivedRequest {
  return {
    method: method ?? 'GET',
    path: readRequestTarget(url),
    signature: singleHeader(headers['freehold-signature']),
    identity: singleHeader(headers['freehold-identity']),
    body,
  };
}

const jsonInUtf8 = /^application\/json\b(?!.*;\s*charset\s*=(?!\s*"?utf-?8"?\s*(?:;|$)))/i;

/** What is wrong with the form of a request to /graphql; undefined when nothing is. */
function checkForm({ method, headers }: IncomingMessage) {
  if (method !== 'POST')
    return { status: 405, code: 'METHOD_NOT_ALLOWED', message: 'Expected POST /graphql.' };
  // A page of another site can send a form or plain text without asking first, but not JSON.
  if (!jsonInUtf8.test(headers['content-type'] ?? ''))
    return {
      status: 415,
      code: 'UNSUPPORTED_MEDIA_TYPE',
      message: 'Expected content-type: application/json, in UTF-8.',
    };
  return undefined;
}

function operationNameOf(body: unknown): string | undefined {
  if (typeof body !== 'object' || body === null || !('operationName' in body)) return undefined;
  return typeof body.operationName === 'string' ? body.operationName.slice(0, 100) : undefined;
}

function answer(response: ServerResponse, status: number, body: object): void {
  answerText(response, status, JSON.stringify(body));
}

function answerText(response: ServerResponse, status: number, text: string): void {
  if (response.destroyed) return;
  response
    .writeHead(status, { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' })
    .end(text);
}

function errorBody(code: string, message: string): object {
  return { errors: [{ message, extensions: { code } }] };
}

function listen(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      const address = server.address();
      resolve(typeof address === 'object' && address ? address.port : port);
    });
  });
}
