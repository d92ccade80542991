import type { IncomingHttpHeaders } from 'node:http';

import { parseTraceParent, printTraceParent } from '../../../telemetry/traceparent.ts';
import type { Span } from '../../../telemetry/tracing.ts';
import { createRequestLoaders } from '../loading/request-loaders.ts';
import type { RequestContext } from '../request-context.ts';
import type { Caller } from '../signature/verify-request.ts';
import type { CountStatement } from '../statements/limit-statements.ts';
import { buildStatementComment } from '../statements/statement-comment.ts';
import type { BeginWait, Statement, StatementScope } from '../statements/statement-scope.ts';
import { badInput } from '../subgraph-error.ts';
import type { ObservedRequest, ObserveStatement } from '../telemetry/observe-statements.ts';

/** The longest time a caller may give a request, in milliseconds; a longer one is cut to it. */
const deadlineMsMax = 300_000;
/** How many statements of one request are kept; those after them are counted. */
const statementsKeptMax = 1_000;

interface ContextOptions<Client> {
  readonly service: string;
  readonly client: Client;
  readonly beginWait: BeginWait | undefined;
  readonly statementMs: number | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly operationName: string | undefined;
  readonly caller: Caller | undefined;
  /** Aborted when the client has left or the time is up. */
  readonly signal: AbortSignal;
  /** How long the request may take, in milliseconds; undefined without a deadline. */
  readonly deadlineMs: number | undefined;
  /** To be called before each statement; throws when the request may send no more. */
  readonly countStatement: CountStatement;
  readonly observeStatement: ObserveStatement;
  /** The request's span, when it is recorded. */
  readonly span: Span | undefined;
}

/** Makes what belongs to one request: its loaders, its statement log, and the signal that ends it. */
export function createRequestContext<Client>(options: ContextOptions<Client>): RequestContext<Client> {
  const { service, client, headers, operationName, caller, signal, deadlineMs, countStatement, span } =
    options;
  const parent = span?.context ?? parseTraceParent(headers['traceparent']);
  const statements: Statement[] = [];
  let statementCount = 0;
  const requestStartMs = performance.now();
  const request: ObservedRequest = {
    operation: operationName,
    traceId: parent?.traceId,
    span,
    startMs: requestStartMs,
  };
  const statementScope: StatementScope = {
    service,
    cause: 'unknown',
    batchSize: 1,
    signal,
    beginWait: options.beginWait,
    statementMs: options.statementMs,
    deadlineMs: deadlineMs === undefined ? undefined : requestStartMs + deadlineMs,
    comment: buildStatementComment({
      service,
      operation: operationName,
      traceparent: parent && printTraceParent(parent),
    }),
    requestStartMs,
    countStatement,
    record(statement) {
      statementCount += 1;
      if (statements.length < statementsKeptMax) statements.push(statement);
      options.observeStatement(statement, request);
    },
  };
  const scopes = new Map<string, StatementScope>();
  return {
    database: client,
    loaders: createRequestLoaders(statementScope),
    preparedLists: new Map(),
    statements,
    statementCount: () => statementCount,
    missing: [],
    statementScope,
    scopeOf(cause) {
      let scope = scopes.get(cause);
      if (scope === undefined) scopes.set(cause, (scope = { ...statementScope, cause }));
      return scope;
    },
    caller,
    signal,
    isExplained: headers['freehold-explain'] === '1',
  };
}

/**
 * How long the caller gives the request, in milliseconds, by the header `freehold-deadline-ms`.
 *
 * @throws {SubgraphError} BAD_USER_INPUT
 */
export function readDeadline(headers: IncomingHttpHeaders): number | undefined {
  const text = singleHeader(headers['freehold-deadline-ms']);
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1)
    throw badInput(
      `The header freehold-deadline-ms is ${JSON.stringify(text)}; expected a whole number of milliseconds above 0.`,
    );
  return Math.min(value, deadlineMsMax);
}

/** A header's value, the first where it came several times. */
export function singleHeader(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header;
}
