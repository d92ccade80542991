import type { IncomingMessage, ServerResponse } from 'node:http';

import type { Logger } from 'pino';

import { makeAuthenticate } from './auth/authenticate.ts';
import { authorizeEngine } from './auth/authorize-engine.ts';
import { makeSigner, parseMasterKey, type SignRequest } from './auth/sign-request.ts';
import { closeOnFailure, type Opened } from './close-on-failure.ts';
import { listEngineOptions } from './config/engine-options.ts';
import { parseGatewayConfig, type GatewayConfig, type GatewayConfigInput } from './config/gateway-config.ts';
import { checkSubgraphNames, listUnknownSubgraphs } from './config/subgraph-names.ts';
import type { CreateEngine, Engine, EngineName } from './engine.ts';
import { createApolloEngine } from './engines/apollo-engine.ts';
import { createCompiledEngine } from './engines/compiled-engine.ts';
import { EngineSwitch } from './engines/engine-switch.ts';
import { guardEngine } from './guards/guard-engine.ts';
import { makeGuards } from './guards/guards.ts';
import { makeInFlightLimit } from './guards/limit-in-flight.ts';
import { startGraphqlServer } from './http/graphql-server.ts';
import { makeCorsGuard } from './http/cors.ts';
import { listReadinessUrls, makeReadinessCheck } from './http/read-readiness.ts';
import { makeRequestHandler, type Readiness } from './http/request-handler.ts';
import { listUndecidedLabels } from './supergraph/override-labels.ts';
import { readSupergraph } from './supergraph/read-supergraph.ts';
import type { Supergraph } from './supergraph/supergraph.ts';
import { stripAuthorization } from './supergraph/strip-authorization.ts';
import { SupergraphReloader, type ReloadOutcome } from './supergraph/supergraph-reloader.ts';
import { startOtlpTracing } from '../telemetry/otlp-tracing.ts';
import type { Tracing } from '../telemetry/tracing.ts';
import { makeBeginTrace } from './telemetry/begin-trace.ts';
import { makeMetrics, uncounted, type GatewayCounters } from './telemetry/metrics.ts';
import { startUsageRecorder, type UsageRecorder } from './usage/record-usage.ts';

/** A gateway without a socket: a host gives it requests. */
export interface Gateway {
  readonly config: GatewayConfig;
  /** Answers one HTTP request. Never throws. */
  handle(request: IncomingMessage, response: ServerResponse): void;
  /** Reads the supergraph's file again and, if it is usable and new, exchanges it without losing a request. */
  reload(): Promise<ReloadOutcome>;
  /** From now on `/ready` says no. Operations are still answered: whoever has not heard of it yet loses nothing. */
  drain(): void;
  /** Refuses new operations, waits for those in flight and ends what the gateway holds open. Safe to call twice. */
  close(): Promise<void>;
}

const engineMakers = {
  compiled: createCompiledEngine,
  apollo: createApolloEngine,
} as const satisfies Record<EngineName, CreateEngine>;

interface EngineParts {
  readonly config: GatewayConfig;
  readonly signRequest: SignRequest | undefined;
  readonly counters: GatewayCounters;
  readonly log: Logger;
}

/** Makes the engine of one supergraph, with what stands before every engine. */
async function openEngine(
  { sdl: supergraphSdl, overrideLabels }: Supergraph,
  { config, signRequest, counters, log }: EngineParts,
  opened: Opened,
): Promise<Engine> {
  const engine = await engineMakers[config.engine]({
    supergraphSdl: stripAuthorization(supergraphSdl),
    subgraphUrls: config.subgraphUrls,
    signRequest,
    subgraphErrors: config.subgraphErrors ?? (config.mode === 'production' ? 'mask-internal' : 'pass'),
    observer: counters.engine,
    log,
    compiled: listEngineOptions(config),
  });
  opened(() => engine.close());
  warnOfFalseLabels(config, overrideLabels, log);
  const authorized = authorizeEngine(engine, supergraphSdl);
  return guardEngine(authorized, { config, supergraphSdl, countRefusal: counters.countRefusal });
}

/**
 * Makes a gateway that is ready to answer. Rejects with a `ConfigError` or a `SupergraphError`, whose messages are
 * for people.
 */
export async function createGateway(input: GatewayConfigInput, log: Logger): Promise<Gateway> {
  const config = parseGatewayConfig(input);
  return closeOnFailure(log, (opened) => openGateway(config, log, opened));
}

async function openGateway(config: GatewayConfig, log: Logger, opened: Opened): Promise<Gateway> {
  const inFlight = makeInFlightLimit(config.requestsInFlightMax);
  let supergraph = await readSupergraph(config.supergraphFile);
  checkSubgraphNames(config, supergraph.subgraphs);
  const sources = { inFlight: () => inFlight.inFlight, supergraphId: () => supergraph.id };
  const metrics = config.metrics ? makeMetrics(sources) : undefined;
  const counters = metrics ?? uncounted;
  const { countRefusal } = counters;
  const [masterKey] = config.signingKeys.map(parseMasterKey);
  const signRequest = masterKey === undefined ? undefined : makeSigner(masterKey);
  const authenticate = await makeAuthenticate(config, log);
  const guards = await makeGuards({ config, inFlight, countRefusal, log });
  const makeEngine = (next: Supergraph): Promise<Engine> =>
    closeOnFailure(log, (made) => openEngine(next, { config, signRequest, counters, log }, made));
  const engines = new EngineSwitch(await makeEngine(supergraph), log);
  opened(() => engines.close());
  const usage = await startUsage(config, log, opened);
  const graphql = await startGraphqlServer({ config, engines, counters, usage, log });
  opened(() => graphql.stop());
  const reloader = new SupergraphReloader({
    file: config.supergraphFile,
    current: supergraph,
    exchange: async (next) => {
      await engines.exchange(await makeEngine(next));
      supergraph = next;
      warnOfUnknownSubgraphs(config, next.subgraphs, log);
    },
    ended: ({ kind }) => counters.countLoad(kind),
    log,
  });
  opened(() => reloader.close());
  if (config.watchSupergraph) reloader.watch();

  const tracing = await startTracing(config, log, opened);
  let readiness: Readiness = { kind: 'ready' };
  let closed: Promise<void> | undefined;
  const handler = makeRequestHandler({
    config,
    graphql,
    engines,
    guards,
    authenticate,
    counters,
    metrics,
    beginTrace: makeBeginTrace(config, tracing),
    readiness: () => readiness,
    readReadiness: makeReadinessCheck(() => listReadinessUrls(config, supergraph.subgraphs)),
    log,
  });
  const cors = makeCorsGuard(config);
  const drain = (): void => {
    if (readiness.kind === 'ready') readiness = { kind: 'draining' };
    void reloader.close();
  };
  const close = async (): Promise<void> => {
    drain();
    readiness = { kind: 'stopped' };
    await graphql.stop();
    await usage?.close();
    await engines.close();
    // The engine of a supergraph that is being exchanged is made to the end, and closed as soon as the switch gets it.
    await reloader.close();
    await tracing?.close();
  };
  return {
    config,
    handle: (request, response) => cors(request, response, () => void handler(request, response)),
    reload: () => reloader.reload(),
    drain,
    close: () => (closed ??= close()),
  };
}

/** A subgraph may go away while its options stay: that is no reason to refuse the supergraph without it. */
function warnOfUnknownSubgraphs(config: GatewayConfig, known: Supergraph['subgraphs'], log: Logger): void {
  const subgraphs = known.map(({ name }) => name);
  for (const { option, name } of listUnknownSubgraphs(config, known))
    log.warn(
      { option, subgraph: name, subgraphs },
      'an option names a subgraph that the supergraph does not have',
    );
}

/** The stock engine takes every label for false. */
function warnOfFalseLabels(
  { engine, overridePercents }: GatewayConfig,
  overrideLabels: Supergraph['overrideLabels'],
  log: Logger,
): void {
  const labels =
    engine === 'apollo'
      ? overrideLabels.map(({ label }) => label)
      : listUndecidedLabels(overrideLabels, overridePercents);
  if (labels.length === 0) return;
  const isForAll =
    'these labels of @override are false for every request: the subgraph that had the field is asked';
  log.warn({ labels }, engine === 'apollo' ? isForAll : `${isForAll}; overridePercents can say otherwise`);
}

async function startUsage(
  { usageFile: file, usageKeepDays: keepDays }: GatewayConfig,
  log: Logger,
  opened: Opened,
): Promise<UsageRecorder | undefined> {
  if (file === undefined) return undefined;
  const usage = await startUsageRecorder({ file, keepDays, log });
  opened(() => usage.close());
  return usage;
}

async function startTracing(
  { otlpEndpoint: endpoint, traceSamplePercent: samplePercent }: GatewayConfig,
  log: Logger,
  opened: Opened,
): Promise<Tracing | undefined> {
  if (endpoint === undefined) return undefined;
  const tracing = await startOtlpTracing({ endpoint, service: 'gateway', samplePercent, log });
  opened(() => tracing.close());
  return tracing;
}
