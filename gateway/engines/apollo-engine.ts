import { ApolloGateway, RemoteGraphQLDataSource } from '@apollo/gateway';
import type {
  GatewayExecutionResult,
  GatewayExecutor,
  GatewayGraphQLRequestContext,
} from '@apollo/server-gateway-interface';
import {
  GraphQLError,
  Kind,
  type FormattedExecutionResult,
  type GraphQLFormattedError,
  type GraphQLSchema,
} from 'graphql';
import type { Logger } from 'pino';

import { identityHeader, signatureHeader, type SignRequest } from '../auth/sign-request.ts';
import type { Engine, EngineAnswer, EngineOptions, EngineRequest } from '../engine.ts';
import {
  isInternalError,
  maskSubgraphError,
  type SubgraphErrorPolicy,
} from '../execution/mask-subgraph-error.ts';
import type { Cancellation } from '../transport/cancellation.ts';
import { replaceLiteralDefaults } from '../operation/literal-defaults.ts';
import { requireSubgraphUrl } from '../supergraph/require-subgraph-url.ts';
import { SupergraphError } from '../supergraph/supergraph-error.ts';

/** What the data sources need of the operation that they fetch for. */
interface ApolloContext {
  readonly headers: Readonly<Record<string, string>>;
}

type Fetcher = RemoteGraphQLDataSource['fetcher'];

/** Signs what the data source is about to send; each request has a signature of its own. */
function signFetches(fetcher: Fetcher, service: string, sign: SignRequest): Fetcher {
  return (url, init) => {
    const { pathname, search } = new URL(url);
    const headers = { ...init?.headers };
    const signature = sign({
      service,
      method: init?.method ?? 'GET',
      path: pathname + search,
      identity: headers[identityHeader],
      body: typeof init?.body === 'string' ? init.body : '',
    });
    return fetcher(url, { ...init, headers: { ...headers, [signatureHeader]: signature } });
  };
}

/** Sends the operation's headers on to the subgraph; everything else is the stock gateway's own. */
class ForwardingDataSource extends RemoteGraphQLDataSource {
  override willSendRequest({
    request,
    context,
  }: Parameters<NonNullable<RemoteGraphQLDataSource['willSendRequest']>>[0]) {
    const { headers } = context as Partial<ApolloContext>;
    for (const [name, value] of Object.entries(headers ?? {})) request.http?.headers.set(name, value);
  }
}

/**
 * The stock `ApolloGateway` behind our port: reference of the differential tests, baseline of the benchmarks and
 * escape hatch. It has no cancellation: an aborted request is answered at once, its fetches run on unheard.
 */
export async function createApolloEngine(options: EngineOptions): Promise<Engine> {
  // The stock gateway reports its use to its maker unless this is set before it is made.
  process.env['APOLLO_TELEMETRY_DISABLED'] ??= 'true';
  const gateway = new ApolloGateway({
    supergraphSdl: options.supergraphSdl,
    logger: options.log,
    __exposeQueryPlanExperimental: false,
    buildService: ({ name, url }) => {
      const known = options.subgraphUrls[name] ?? url ?? '';
      requireSubgraphUrl(name, known);
      const source = new ForwardingDataSource({ url: known });
      const { signRequest } = options;
      if (signRequest !== undefined) source.fetcher = signFetches(source.fetcher, name, signRequest);
      return source;
    },
  });
  let apiSchema: GraphQLSchema | undefined;
  gateway.onSchemaLoadOrUpdate((update) => {
    apiSchema = replaceLiteralDefaults(update.apiSchema, { isMarked: false });
  });
  const executor = await gateway
    .load({ apollo: {} })
    .then((loaded) => loaded.executor as GatewayExecutor)
    .catch((error: unknown) => {
      if (error instanceof SupergraphError) throw error;
      throw new SupergraphError(`The stock gateway refused the supergraph: ${String(error)}`);
    });
  if (apiSchema === undefined)
    throw new SupergraphError('The stock gateway gave no schema for the supergraph.');

  let closed: Promise<void> | undefined;
  return {
    name: 'apollo',
    supergraphSdl: options.supergraphSdl,
    apiSchema,
    execute: (request) => executeOn(executor, request, apiSchema as GraphQLSchema, options),
    close: () => (closed ??= gateway.stop()),
  };
}

async function executeOn(
  executor: GatewayExecutor,
  request: EngineRequest,
  schema: GraphQLSchema,
  { log, subgraphErrors = 'pass' }: EngineOptions,
): Promise<EngineAnswer> {
  const context: ApolloContext = { headers: request.headers };
  // The stock executor reads these parts of Apollo Server's request context and no others.
  const requestContext = {
    request: {
      query: request.query,
      variables: { ...request.variables },
      ...(request.operationName !== undefined && { operationName: request.operationName }),
    },
    document: request.document,
    operation: request.operation,
    operationName: request.operationName ?? null,
    queryHash: request.queryHash,
    source: request.query,
    schema,
    context,
    logger: log,
    metrics: {},
    overallCachePolicy: { restrict() {}, replace() {}, policyIfCacheable: () => null },
  } as unknown as GatewayGraphQLRequestContext;
  const run = executor(requestContext).catch(answerGraphqlError);
  const { data, errors, extensions } = await Promise.race([run, rejectAtCancellation(request.cancellation)]);
  const answer: FormattedExecutionResult = {
    ...(errors !== undefined && { errors: errors.map((error) => describeError(error, subgraphErrors, log)) }),
    ...(data !== undefined && { data }),
    ...(extensions !== undefined && { extensions }),
  };
  return { kind: 'result', result: answer };
}

/** The stock gateway tells wrong variables without a code; Apollo Server would take that for a fault of its own. */
function describeError(error: GraphQLError, policy: SubgraphErrorPolicy, log: Logger): GraphQLFormattedError {
  const isVariable = error.nodes?.length === 1 && error.nodes[0]?.kind === Kind.VARIABLE_DEFINITION;
  const formatted = error.toJSON();
  const { extensions = {} } = formatted;
  if (isVariable && extensions['code'] === undefined)
    return { ...formatted, extensions: { ...extensions, code: 'BAD_USER_INPUT' } };
  const { serviceName } = extensions;
  const reported = { ...formatted, extensions };
  if (typeof serviceName !== 'string' || policy === 'pass' || !isInternalError(reported)) return formatted;
  log.error({ service: serviceName, err: error }, 'the subgraph reported an internal error');
  const masked = maskSubgraphError(reported, serviceName);
  return { ...masked, extensions: { ...masked.extensions, serviceName } };
}

/** The planner reports what it cannot plan by throwing a GraphQLError: an answer for the client, not a broken engine. */
function answerGraphqlError(error: unknown): GatewayExecutionResult {
  if (error instanceof GraphQLError) return { errors: [error] };
  throw error;
}

function rejectAtCancellation(cancellation: Cancellation): Promise<never> {
  return new Promise((_resolve, reject) => {
    cancellation.addListener(reject);
  });
}
