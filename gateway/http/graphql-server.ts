import { ApolloServer, type HTTPGraphQLResponse, type HeaderMap } from '@apollo/server';
import {
  ApolloServerPluginLandingPageLocalDefault,
  ApolloServerPluginLandingPageProductionDefault,
} from '@apollo/server/plugin/landingPage/default';
import type {
  GatewayExecutionResult,
  GatewayGraphQLRequestContext,
  GatewayInterface,
} from '@apollo/server-gateway-interface';
import { GraphQLError, type FormattedExecutionResult, type GraphQLFormattedError } from 'graphql';
import type { Logger } from 'pino';

import type { RequestIdentity } from '../auth/request-identity.ts';
import type { GatewayConfig } from '../config/gateway-config.ts';
import type { Engine, EngineAnswer } from '../engine.ts';
import type { EngineSwitch } from '../engines/engine-switch.ts';
import { makeErrorId, printInternalError, RequestError, toGraphqlError } from '../errors.ts';
import { preflightHeaders } from '../guards/prevent-csrf.ts';
import type { OperationTrace } from '../telemetry/trace.ts';
import type { UsageRecorder } from '../usage/record-usage.ts';

/** What the host knows of a request and the engine needs. */
export interface OperationContext {
  readonly headers: Readonly<Record<string, string>>;
  readonly identity: RequestIdentity | undefined;
  readonly signal: AbortSignal;
  /** When the request's time is up, by `performance.now()`. */
  readonly deadlineAt: number;
  /** Watches the operation for a caller who asked and may. */
  readonly trace: OperationTrace | undefined;
  /** How the client names itself. */
  readonly client: string;
  /**
   * Where a ready answer is left for the host to send; undefined where the answer is a part of a batch. Apollo Server
   * then answers with an empty text: it would turn 87 kB of bytes into a string and back.
   */
  readonly readyAnswer: ReadyAnswer | undefined;
}

/** The ready body of an answer. */
export interface ReadyAnswer {
  body: Buffer | undefined;
}

/** An HTTP request with its body parsed. */
export interface GraphqlHttpRequest {
  readonly method: string;
  readonly headers: HeaderMap;
  /** The URL's query, with its question mark. */
  readonly search: string;
  readonly body: unknown;
}

/** GraphQL over HTTP: Apollo Server parses, validates and answers; the engine in use executes. */
export interface GraphqlServer {
  execute(request: GraphqlHttpRequest, context: OperationContext): Promise<HTTPGraphQLResponse>;
  stop(): Promise<void>;
}

/** What the server is started with. */
export interface GraphqlServerParts {
  readonly config: GatewayConfig;
  readonly engines: EngineSwitch;
  readonly countRefusal: (guard: string) => void;
  /** Counts what clients use; undefined when nobody wants to know. */
  readonly usage: UsageRecorder | undefined;
  readonly log: Logger;
}

/** Starts Apollo Server over the engine switch. */
export async function startGraphqlServer(parts: GraphqlServerParts): Promise<GraphqlServer> {
  const { config, countRefusal, log } = parts;
  // A ready answer travels through Apollo Server as the identity of its `data`.
  const readyAnswers = new WeakMap<object, () => string>();
  const isProduction = config.mode === 'production';
  const server = new ApolloServer<OperationContext>({
    gateway: makeGatewayInterface(parts, readyAnswers),
    introspection: !isProduction,
    allowBatchedHttpRequests: config.batchMax > 0,
    csrfPrevention: { requestHeaders: preflightHeaders },
    persistedQueries: config.automaticPersistedQueries && config.trustedDocuments !== 'enforce' ? {} : false,
    // The document guards have the reason and the code; this stops the parser for what reaches it another way.
    parseOptions: config.tokensMax > 0 ? { maxTokens: config.tokensMax } : {},
    hideSchemaDetailsFromClientErrors: isProduction,
    includeStacktraceInErrorResponses: false,
    stopOnTerminationSignals: false,
    nodeEnv: config.mode,
    logger: log,
    formatError: (formatted, error) => {
      if (formatted.extensions?.['validationErrorCode'] === 'INTROSPECTION_DISABLED') {
        countRefusal('introspection');
      }
      return maskError(formatted, error, log);
    },
    stringifyResult: (result) => printResult(result, readyAnswers),
    plugins: [
      isProduction
        ? ApolloServerPluginLandingPageProductionDefault({ footer: false })
        : ApolloServerPluginLandingPageLocalDefault({ footer: false, embed: { runTelemetry: false } }),
    ],
  });
  await server.start();
  return {
    execute: ({ method, headers, search, body }, context) =>
      server.executeHTTPGraphQLRequest({
        httpGraphQLRequest: { method, headers, search, body },
        context: () => Promise.resolve(context),
      }),
    stop: () => server.stop(),
  };
}

function makeGatewayInterface(
  { engines, usage }: GraphqlServerParts,
  readyAnswers: WeakMap<object, () => string>,
): GatewayInterface {
  return {
    onSchemaLoadOrUpdate: (callback) =>
      engines.onChange((engine: Engine) => {
        callback({ apiSchema: engine.apiSchema, coreSupergraphSdl: engine.supergraphSdl });
      }),
    load: () =>
      Promise.resolve({
        executor: async (context) =>
          // Apollo Server calls with an operation or without: its type says only the one.
          (context as Partial<typeof context>).operation === undefined
            ? refuseName(context.request.operationName)
            : toExecutionResult(
                await executeOperation(engines, usage, context),
                (context.context as OperationContext).readyAnswer,
                readyAnswers,
              ),
      }),
    // The host closes the engines, after Apollo Server has ended its requests.
    stop: () => Promise.resolve(),
  };
}

/** Apollo Server makes an OPERATION_RESOLUTION_FAILURE of it. */
function refuseName(name: string | null | undefined): GatewayExecutionResult {
  const message =
    name === undefined || name === null
      ? 'The document has several operations; expected `operationName` to name one of them.'
      : `The document has no operation named ${JSON.stringify(name)}.`;
  return { errors: [new GraphQLError(message)] };
}

async function executeOperation(
  engines: EngineSwitch,
  usage: UsageRecorder | undefined,
  context: GatewayGraphQLRequestContext,
): Promise<EngineAnswer> {
  const { headers, identity, signal, deadlineAt, trace, client } = context.context as OperationContext;
  usage?.count({
    schema: context.schema,
    queryHash: context.queryHash,
    document: context.document,
    operation: context.operation,
    variables: context.request.variables ?? {},
    client,
  });
  try {
    return await engines.execute(context.schema, {
      query: context.source,
      queryHash: context.queryHash,
      document: context.document,
      operation: context.operation,
      operationName: context.request.operationName ?? undefined,
      variables: context.request.variables ?? {},
      headers,
      identity,
      signal,
      deadlineAt,
      trace,
    });
  } catch (error) {
    if (signal.aborted && signal.reason instanceof RequestError) throw toGraphqlError(signal.reason);
    throw error;
  }
}

function toExecutionResult(
  answer: EngineAnswer,
  readyAnswer: ReadyAnswer | undefined,
  readyAnswers: WeakMap<object, () => string>,
): GatewayExecutionResult {
  if (answer.kind === 'result') {
    const { errors, ...rest } = answer.result;
    return { ...rest, ...(errors !== undefined && { errors: errors.map(toError) }) };
  }
  const data = {};
  if (readyAnswer === undefined) readyAnswers.set(data, () => answer.body.toString('utf8'));
  else {
    readyAnswer.body = answer.body;
    readyAnswers.set(data, () => '');
  }
  return { data };
}

/** Apollo Server formats errors itself, and takes a plain object for an unexpected value. */
function toError({ message, path, locations, extensions }: GraphQLFormattedError): GraphQLError {
  const error = new GraphQLError(message, { path, extensions });
  return locations === undefined ? error : Object.assign(error, { locations });
}

function printResult(result: FormattedExecutionResult, readyAnswers: WeakMap<object, () => string>): string {
  const ready = result.data ? readyAnswers.get(result.data) : undefined;
  return ready === undefined ? `${JSON.stringify(result)}\n` : ready();
}

/** Keeps what was written for clients; anything else is logged under an id, and the client reads the id. */
function maskError(formatted: GraphQLFormattedError, error: unknown, log: Logger): GraphQLFormattedError {
  if (formatted.extensions?.['code'] !== 'INTERNAL_SERVER_ERROR') return formatted;
  if (isBadRequest(error)) return { ...formatted, extensions: { code: 'BAD_REQUEST' } };
  const errorId = makeErrorId();
  log.error({ err: unwrapError(error), errorId }, 'operation failed');
  const { path, locations } = formatted;
  return {
    message: printInternalError(errorId),
    ...(locations !== undefined && { locations }),
    ...(path !== undefined && { path }),
    extensions: { code: 'INTERNAL_SERVER_ERROR', errorId },
  };
}

/** Apollo Server refuses malformed requests for persisted documents with a status and without a code. */
function isBadRequest(error: unknown): boolean {
  if (!(error instanceof GraphQLError) || error.originalError !== undefined) return false;
  const { code, http } = error.extensions;
  if (code !== undefined || typeof http !== 'object' || http === null || !('status' in http)) return false;
  return typeof http.status === 'number' && http.status >= 400 && http.status < 500;
}

function unwrapError(error: unknown): unknown {
  return error instanceof Error && 'originalError' in error && error.originalError !== undefined
    ? error.originalError
    : error;
}
