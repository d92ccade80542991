import { ApolloServer, type HeaderMap } from '@apollo/server';
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

import type { GatewayConfig } from '../config/gateway-config.ts';
import type { Engine, EngineAnswer } from '../engine.ts';
import type { EngineSwitch } from '../engines/engine-switch.ts';
import { findStatus } from '../errors.ts';
import { preflightHeaders } from '../guards/prevent-csrf.ts';
import type { GatewayCounters } from '../telemetry/metrics.ts';
import type { UsageRecorder } from '../usage/record-usage.ts';
import { askEngine } from './ask-engine.ts';
import { keepDocuments } from './document-store.ts';
import { knownOperationTypes } from './known-operation-types.ts';
import { KnownOperations, readPosted, type AnswerHeaders, type KnownOperation } from './known-operations.ts';
import { maskError, withoutSuggestion } from './mask-error.ts';
import type { OperationContext, ReadyAnswer } from './operation-context.ts';

/** An HTTP request with its body parsed. */
export interface GraphqlHttpRequest {
  readonly method: string;
  readonly accept: string;
  /** Makes the headers, where they are needed. */
  readonly headers: () => HeaderMap;
  /** The URL's query, with its question mark. */
  readonly search: string;
  readonly body: unknown;
}

/** A complete answer. */
export interface GraphqlHttpAnswer {
  /** Default: 200. */
  readonly status: number | undefined;
  readonly headers: Iterable<readonly [string, string]>;
  readonly body: Buffer;
}

/** GraphQL over HTTP: Apollo Server parses, validates and answers; the engine in use executes. */
export interface GraphqlServer {
  execute(request: GraphqlHttpRequest, context: OperationContext): Promise<GraphqlHttpAnswer>;
  stop(): Promise<void>;
}

/** What the server is started with. */
export interface GraphqlServerParts {
  readonly config: GatewayConfig;
  readonly engines: EngineSwitch;
  readonly counters: GatewayCounters;
  /** Counts what clients use; undefined when nobody wants to know. */
  readonly usage: UsageRecorder | undefined;
  readonly log: Logger;
}

/** Starts Apollo Server over the engine switch. */
export async function startGraphqlServer(parts: GraphqlServerParts): Promise<GraphqlServer> {
  const { config, counters, log } = parts;
  // A ready answer travels through Apollo Server as the identity of its `data`.
  const readyAnswers = new WeakMap<object, () => string>();
  const isProduction = config.mode === 'production';
  const server = new ApolloServer<OperationContext>({
    gateway: makeGatewayInterface(parts, readyAnswers),
    introspection: !isProduction,
    allowBatchedHttpRequests: config.batchMax > 0,
    csrfPrevention: { requestHeaders: preflightHeaders },
    persistedQueries: config.automaticPersistedQueries && config.trustedDocuments !== 'enforce' ? {} : false,
    validationRules: [knownOperationTypes],
    documentStore: keepDocuments(),
    // The document guards have the reason and the code; this stops the parser for what reaches it another way.
    parseOptions: config.tokensMax > 0 ? { maxTokens: config.tokensMax } : {},
    // `withoutSuggestion` does, in linear time.
    hideSchemaDetailsFromClientErrors: false,
    includeStacktraceInErrorResponses: false,
    stopOnTerminationSignals: false,
    nodeEnv: config.mode,
    logger: log,
    formatError: (formatted, error) => {
      if (formatted.extensions?.['validationErrorCode'] === 'INTROSPECTION_DISABLED') {
        counters.countRefusal('introspection');
      }
      return maskError(isProduction ? withoutSuggestion(formatted) : formatted, error, log);
    },
    stringifyResult: (result) => printResult(result, readyAnswers),
    plugins: [
      isProduction
        ? ApolloServerPluginLandingPageProductionDefault({ footer: false })
        : ApolloServerPluginLandingPageLocalDefault({ footer: false, embed: { runTelemetry: false } }),
    ],
  });
  await server.start();
  const operations = new KnownOperations();
  parts.engines.onChange(({ apiSchema }) => operations.keepFor(apiSchema));
  return {
    execute: async (request, context) =>
      (await executeKnown(parts, operations, request, context)) ??
      executeByServer(server, operations, request, context),
    stop: () => server.stop(),
  };
}

/** Asks the engine directly, for an operation that Apollo Server knows; undefined where that has to answer. */
async function executeKnown(
  parts: GraphqlServerParts,
  operations: KnownOperations,
  { method, accept, body }: GraphqlHttpRequest,
  context: OperationContext,
): Promise<GraphqlHttpAnswer | undefined> {
  const { readyAnswer } = context;
  const posted = method === 'POST' && readyAnswer !== undefined ? readPosted(body) : undefined;
  if (readyAnswer === undefined || posted === undefined) return undefined;
  const found = operations.find(posted, accept, parts.engines.current.apiSchema);
  if (found === undefined) return undefined;
  try {
    const answer = await askEngine(parts, found.known, posted.variables, context);
    if (answer.kind === 'json') return { status: undefined, headers: found.headers, body: answer.body };
    readyAnswer.outcome = { kind: 'answer', answer };
  } catch (failure) {
    readyAnswer.outcome = { kind: 'failure', failure };
  }
  return undefined;
}

async function executeByServer(
  server: ApolloServer<OperationContext>,
  operations: KnownOperations,
  { method, accept, headers: makeHeaders, search, body }: GraphqlHttpRequest,
  context: OperationContext,
): Promise<GraphqlHttpAnswer> {
  const answer = await server.executeHTTPGraphQLRequest({
    httpGraphQLRequest: { method, headers: makeHeaders(), search, body },
    context: () => Promise.resolve(context),
  });
  const { readyAnswer } = context;
  const headers: AnswerHeaders = [...answer.headers];
  const text =
    answer.body.kind === 'complete' ? answer.body.string : await joinChunks(answer.body.asyncIterator);
  const ready = text === '' ? readyAnswer?.body : undefined;
  const known = readyAnswer?.known;
  if (ready !== undefined && known !== undefined && method === 'POST' && (answer.status ?? 200) === 200)
    operations.note(known, accept, headers);
  return { status: answer.status, headers, body: ready ?? Buffer.from(text) };
}

async function joinChunks(chunks: AsyncIterableIterator<string>): Promise<string> {
  let text = '';
  for await (const chunk of chunks) text += chunk;
  return text;
}

function makeGatewayInterface(
  parts: GraphqlServerParts,
  readyAnswers: WeakMap<object, () => string>,
): GatewayInterface {
  return {
    onSchemaLoadOrUpdate: (callback) =>
      parts.engines.onChange((engine: Engine) => {
        callback({ apiSchema: engine.apiSchema, coreSupergraphSdl: engine.supergraphSdl });
      }),
    load: () =>
      Promise.resolve({
        executor: (context) =>
          // Apollo Server calls with an operation or without: its type says only the one.
          (context as Partial<typeof context>).operation === undefined
            ? Promise.resolve(refuseName(context.request.operationName))
            : runForServer(parts, context, readyAnswers),
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

async function runForServer(
  parts: GraphqlServerParts,
  context: GatewayGraphQLRequestContext,
  readyAnswers: WeakMap<object, () => string>,
): Promise<GatewayExecutionResult> {
  const operationContext = context.context as OperationContext;
  const { readyAnswer } = operationContext;
  const known: KnownOperation = {
    schema: context.schema,
    source: context.source,
    queryHash: context.queryHash,
    document: context.document,
    operation: context.operation,
    operationName: context.request.operationName ?? undefined,
  };
  if (readyAnswer?.outcome?.kind === 'failure') throw readyAnswer.outcome.failure;
  const answer =
    readyAnswer?.outcome?.answer ??
    (await askEngine(parts, known, context.request.variables ?? {}, operationContext));
  if (readyAnswer !== undefined) readyAnswer.known = known;
  return toExecutionResult(answer, readyAnswer, readyAnswers);
}

function toExecutionResult(
  answer: EngineAnswer,
  readyAnswer: ReadyAnswer | undefined,
  readyAnswers: WeakMap<object, () => string>,
): GatewayExecutionResult {
  if (answer.kind === 'result') {
    const { errors, ...rest } = answer.result;
    const isRefusal = rest.data === undefined;
    return {
      ...rest,
      ...(errors !== undefined && { errors: errors.map((error) => toError(error, isRefusal)) }),
    };
  }
  const data = {};
  if (readyAnswer === undefined) readyAnswers.set(data, () => answer.body.toString('utf8'));
  else {
    readyAnswer.body = answer.body;
    readyAnswers.set(data, () => '');
  }
  return { data };
}

/**
 * Apollo Server formats errors itself, and takes a plain object for an unexpected value. An answer that is nothing but
 * errors has the status of their code; Apollo Server gives 400, as to a wrong variable, where none is said.
 */
function toError(
  { message, path, locations, extensions }: GraphQLFormattedError,
  isRefusal: boolean,
): GraphQLError {
  const status = isRefusal ? findStatus(extensions?.['code']) : 200;
  const error = new GraphQLError(message, {
    path,
    extensions: { ...extensions, ...(status >= 400 && { http: { status } }) },
  });
  return locations === undefined ? error : Object.assign(error, { locations });
}

function printResult(result: FormattedExecutionResult, readyAnswers: WeakMap<object, () => string>): string {
  const ready = result.data ? readyAnswers.get(result.data) : undefined;
  return ready === undefined ? `${JSON.stringify(result)}\n` : ready();
}
