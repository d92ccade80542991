import { z } from 'zod';

import { compiledEngineDefaults, type CompiledEngineOptions } from '../engines/compiled-engine-options.ts';
import { plannerDefaults } from '../planning/planner-options.ts';
import { transportDefaults } from '../transport/transport-options.ts';
import type { GatewayConfig } from './gateway-config.ts';

const milliseconds = z.int().max(2_147_483_647);
const count = z.int().max(1_000_000);

/** Longest time for one request to a subgraph, which stands beside that of a client's request. */
export const subgraphTimeoutMs = milliseconds
  .min(0)
  .default(10_000)
  .describe(
    'Longest time for one request to a subgraph in milliseconds, waiting and retries included; then its fields are null with SUBGRAPH_TIMEOUT. 0: as long as the whole request; the compiled engine only.',
  );

/** How the compiled engine asks subgraphs, and how it plans. The stock engine has none of these. */
export const engineOptions = {
  subgraphRetriesMax: count
    .min(0)
    .default(transportDefaults.retriesMax)
    .describe(
      'How often a query that found no server, or a 502, 503 or 504, is sent to a subgraph again; mutations never are. 0: never. The compiled engine only, as all options from here to `plannerThreads`.',
    ),
  subgraphRetryDelayMs: milliseconds
    .min(0)
    .default(transportDefaults.retryDelayMs)
    .describe(
      'Longest wait in milliseconds before the first retry; doubled for each further one, and random below.',
    ),
  subgraphRetryBudgetPercent: z
    .number()
    .min(0)
    .max(100)
    .default(transportDefaults.retryBudgetPercent)
    .describe(
      'Retries may be at most this percentage of the requests to a subgraph, so that they do not multiply its load when it goes down; 10 are always allowed.',
    ),
  subgraphBreakerFailures: count
    .min(0)
    .default(transportDefaults.breakerFailures)
    .describe(
      'Failures of a subgraph within `subgraphBreakerWindowMs` after which it is not asked for a while (SUBGRAPH_CIRCUIT_OPEN), if they are half of all its requests or come in a row. 0: it is always asked.',
    ),
  subgraphBreakerWindowMs: milliseconds
    .min(1)
    .default(transportDefaults.breakerWindowMs)
    .describe('Time in milliseconds over which failures of a subgraph are counted.'),
  subgraphBreakerOpenMs: milliseconds
    .min(1)
    .default(transportDefaults.breakerOpenMs)
    .describe(
      'Time in milliseconds until one request may see whether the subgraph is back, and then between tries.',
    ),
  subgraphRequestsMax: count
    .min(1)
    .default(transportDefaults.requestsMax)
    .describe('Most requests in flight to one subgraph; further ones wait.'),
  subgraphQueueMax: count
    .min(0)
    .default(transportDefaults.queueMax)
    .describe(
      'Most requests that wait for one subgraph; further ones fail at once with SUBGRAPH_OVERLOADED. 0: none waits.',
    ),
  subgraphConnectionsMax: count
    .min(1)
    .default(transportDefaults.connectionsMax)
    .describe('Most connections to one URL of a subgraph.'),
  subgraphConnectTimeoutMs: milliseconds
    .min(1)
    .default(transportDefaults.connectTimeoutMs)
    .describe('Longest time to connect to a subgraph in milliseconds; then SUBGRAPH_TIMEOUT.'),
  subgraphKeepAliveMs: milliseconds
    .min(1)
    .default(transportDefaults.keepAliveMs)
    .describe(
      'How long an idle connection to a subgraph is kept, in milliseconds, where the subgraph does not say less. Shorter than the subgraph keeps it, or requests meet its closing.',
    ),
  subgraphResponseBytesMax: z
    .int()
    .min(1)
    .default(transportDefaults.responseBytesMax)
    .describe(
      'Largest response of a subgraph in bytes; a longer one is broken off with SUBGRAPH_RESPONSE_TOO_LARGE.',
    ),
  operationsMax: count
    .min(1)
    .default(compiledEngineDefaults.operationsMax)
    .describe('Most operations, and most plans, that are kept compiled; those unused for longest go first.'),
  lastRunBytesMax: z
    .int()
    .min(0)
    .default(compiledEngineDefaults.lastRunBytesMax)
    .describe(
      'Bytes of answers that are kept in all, so that an operation whose subgraphs answer the same bytes as last time is not computed again; every subgraph is asked all the same. 0: none is kept.',
    ),
  overridePercents: z
    .record(z.string(), z.number().min(0).max(100))
    .default({})
    .describe(
      'For how many percent of the requests a label of `@override(from:, label:)` is true, by label, such as `{"new-stock":20}`; it goes before what `percent(20)` says of itself. The subgraph that takes the field over is then asked. A request draws one number for all labels. A label of one\'s own that is not named here is false for every request. The compiled engine only.',
    ),
  planTimeoutMs: milliseconds
    .min(1)
    .default(plannerDefaults.planTimeoutMs)
    .describe('Longest time to plan one operation in milliseconds; then OPERATION_PLAN_TIMEOUT.'),
  planQueueMax: count
    .min(1)
    .default(plannerDefaults.planQueueMax)
    .describe('Most operations that wait to be planned; further ones fail with OPERATION_PLAN_OVERLOADED.'),
  plannerThreads: z
    .int()
    .min(1)
    .max(64)
    .optional()
    .describe('Threads that plan, each with a copy of the supergraph. Unset: 1.'),
};

const {
  subgraphRetriesMax,
  subgraphRetryDelayMs,
  subgraphRetryBudgetPercent,
  subgraphBreakerFailures,
  subgraphBreakerWindowMs,
  subgraphBreakerOpenMs,
  subgraphRequestsMax,
  subgraphQueueMax,
  subgraphConnectionsMax,
  subgraphConnectTimeoutMs,
  subgraphKeepAliveMs,
  subgraphResponseBytesMax,
} = engineOptions;

/** What may be said of one subgraph; what is not said of it holds as for all. */
export const subgraphOptions = z
  .record(
    z.string(),
    z.strictObject({
      shareInFlight: z.boolean().exactOptional(),
      timeoutMs: subgraphTimeoutMs.unwrap().exactOptional(),
      retriesMax: subgraphRetriesMax.unwrap().exactOptional(),
      retryDelayMs: subgraphRetryDelayMs.unwrap().exactOptional(),
      retryBudgetPercent: subgraphRetryBudgetPercent.unwrap().exactOptional(),
      breakerFailures: subgraphBreakerFailures.unwrap().exactOptional(),
      breakerWindowMs: subgraphBreakerWindowMs.unwrap().exactOptional(),
      breakerOpenMs: subgraphBreakerOpenMs.unwrap().exactOptional(),
      requestsMax: subgraphRequestsMax.unwrap().exactOptional(),
      queueMax: subgraphQueueMax.unwrap().exactOptional(),
      connectionsMax: subgraphConnectionsMax.unwrap().exactOptional(),
      connectTimeoutMs: subgraphConnectTimeoutMs.unwrap().exactOptional(),
      keepAliveMs: subgraphKeepAliveMs.unwrap().exactOptional(),
      responseBytesMax: subgraphResponseBytesMax.unwrap().exactOptional(),
    }),
  )
  .default({})
  .describe(
    'Limits of one subgraph, by its name, that go before those of all: `shareInFlight`, and `timeoutMs` to `responseBytesMax`, which are the options from `subgraphTimeoutMs` to `subgraphResponseBytesMax` by their names without `subgraph`; such as `{"reports":{"timeoutMs":60000}}`. Unknown names as in `subgraphUrls`.',
  );

/** What a configuration says of the compiled engine, in the engine's own names. */
export function listEngineOptions(config: GatewayConfig): CompiledEngineOptions {
  const { plannerThreads } = config;
  return {
    operationsMax: config.operationsMax,
    lastRunBytesMax: config.lastRunBytesMax,
    reuseEntityFields: config.reuseEntityFields,
    overridePercents: config.overridePercents,
    planner: {
      planTimeoutMs: config.planTimeoutMs,
      planQueueMax: config.planQueueMax,
      ...(plannerThreads !== undefined && { plannerThreads }),
    },
    transport: {
      replicas: config.subgraphReplicas,
      bySubgraph: config.subgraphOptions,
      shareInFlight: config.shareInFlight,
      timeoutMs: config.subgraphTimeoutMs,
      requestTimeoutMs: config.requestTimeoutMs,
      retriesMax: config.subgraphRetriesMax,
      retryDelayMs: config.subgraphRetryDelayMs,
      retryBudgetPercent: config.subgraphRetryBudgetPercent,
      breakerFailures: config.subgraphBreakerFailures,
      breakerWindowMs: config.subgraphBreakerWindowMs,
      breakerOpenMs: config.subgraphBreakerOpenMs,
      requestsMax: config.subgraphRequestsMax,
      queueMax: config.subgraphQueueMax,
      connectionsMax: config.subgraphConnectionsMax,
      connectTimeoutMs: config.subgraphConnectTimeoutMs,
      keepAliveMs: config.subgraphKeepAliveMs,
      responseBytesMax: config.subgraphResponseBytesMax,
    },
  };
}
