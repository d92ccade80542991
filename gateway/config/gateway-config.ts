import { z } from 'zod';

import { identityHeader, signatureHeader } from '../auth/sign-request.ts';
import { authOptions } from './auth-options.ts';
import { engineOptions, subgraphOptions, subgraphTimeoutMs } from './engine-options.ts';
import { guardOptions } from './guard-options.ts';
import { webOrigin } from './web-origin.ts';

/** A configuration that cannot be used; the message lists every problem. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

const header = z
  .string()
  .regex(/^[a-z0-9!#$%&'*+.^_`|~-]+$/, 'expected a lower-case HTTP header name')
  .refine(
    (name) => name !== identityHeader && name !== signatureHeader,
    'this header is written by the gateway alone',
  );
const milliseconds = z.int().max(2_147_483_647);

/** Each option's meaning, unit and default, of which docs/configuration.md is made; the defaults live here alone. */
export const gatewayConfigSchema = z.strictObject({
  supergraphFile: z.string().min(1).describe('File with the composed supergraph.'),
  host: z
    .string()
    .min(1)
    .default('127.0.0.1')
    .describe('Address to listen on; the default is this machine only.'),
  port: z.int().min(0).max(65_535).default(4000).describe('TCP port to listen on; 0 lets the system choose.'),
  engine: z
    .enum(['compiled', 'apollo'])
    .default('compiled')
    .describe('What runs the plans: `compiled` is ours, `apollo` the stock ApolloGateway.'),
  subgraphUrls: z
    .record(z.string(), z.url({ protocol: /^https?$/ }))
    .default({})
    .describe(
      'Subgraph URLs by name; they go before the URLs in the supergraph. A name that no subgraph has is refused at the start, and warned of when the supergraph changes.',
    ),
  subgraphReplicas: z
    .record(z.string(), z.array(z.url({ protocol: /^https?$/ })).min(1))
    .default({})
    .describe(
      'Several URLs of one subgraph, by its name, instead of the one; each request goes to the one with the fewest in flight, and past those that cannot be reached or answer 502, 503 or 504. Unknown names as in `subgraphUrls`. The compiled engine only.',
    ),
  mode: z
    .enum(['development', 'production'])
    .default('development')
    .describe(
      "`development` answers introspection, explains schema mistakes, serves Sandbox and GraphiQL and lets Apollo's hosted Sandbox call; `production` does none of these.",
    ),
  requestTimeoutMs: milliseconds
    .min(1)
    .default(30_000)
    .describe(
      'Longest time for one request in milliseconds; then REQUEST_TIMEOUT. A subgraph that was waited for through three quarters of it has failed, as at `subgraphTimeoutMs`; with less time it is not blamed.',
    ),
  subgraphTimeoutMs,
  drainNoticeMs: milliseconds
    .min(0)
    .default(250)
    .describe(
      'How long requests are still taken when stopping, in milliseconds: readiness says no, and each answer `connection: close`. Behind a load balancer, longer than it takes to notice. Skipped when nobody is connected.',
    ),
  drainTimeoutMs: milliseconds
    .min(0)
    .default(10_000)
    .describe(
      'Longest wait for requests in flight when stopping, in milliseconds, after `drainNoticeMs`; then they are cut.',
    ),
  forwardHeaders: z
    .array(header)
    .default(['traceparent', 'tracestate'])
    .describe('Client headers that go on to every subgraph, lower-case.'),
  corsOrigins: z
    .array(webOrigin)
    .default([])
    .describe(
      "Web origins that may call from a browser, beside the page's own, such as `https://shop.example:8443`; `*` is every one. `development` adds Apollo's Sandbox.",
    ),
  subgraphErrors: z
    .enum(['pass', 'mask-internal'])
    .optional()
    .describe(
      "What clients read of a subgraph's own errors. `pass`: all but stack traces. `mask-internal`: an error without a code, or with INTERNAL_SERVER_ERROR, says which subgraph it was and no more; the log has the rest. Unset: `mask-internal` in `production`, `pass` in `development`.",
    ),
  shareInFlight: z
    .boolean()
    .default(true)
    .describe(
      'Identical subgraph queries in flight (body and all headers) are one request; the compiled engine only.',
    ),
  reuseEntityFields: z
    .boolean()
    .default(true)
    .describe(
      'Within one query, a subgraph is not asked again for fields of an entity that it has told already at another place; off for subgraphs that answer by the path of a field. The compiled engine only.',
    ),
  ...engineOptions,
  subgraphOptions,
  watchSupergraph: z.boolean().default(true).describe('Loads the supergraph again when its file changes.'),
  explainToken: z
    .string()
    .min(16)
    .optional()
    .describe(
      "Secret of those who may ask for an operation's trace in `production`, sent as `freehold-explain-token` beside `freehold-explain: 1`. Unset: nobody may. `development` explains to everybody.",
    ),
  graphiqlToken: z
    .string()
    .min(1)
    .optional()
    .describe(
      "Token that GraphiQL's headers are filled in with, in `development`. Whoever opens the page on this machine gets it, so it must be one that is worth nothing elsewhere.",
    ),
  metrics: z
    .boolean()
    .default(false)
    .describe(
      'Answers GET /metrics in the text format of Prometheus. Anyone who reaches the gateway may read it.',
    ),
  usageFile: z
    .string()
    .min(1)
    .optional()
    .describe(
      'File for what clients use, for `freehold check`: calls by client, by operation and by schema coordinate. Written every minute and at the end; goes on from what is there. Each gateway needs a file of its own. Unset: nothing is counted.',
    ),
  usageKeepDays: z
    .int()
    .min(1)
    .max(3650)
    .default(30)
    .describe('Clients that were last seen more days ago are dropped from the usage file.'),
  otlpEndpoint: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe(
      'Base URL of an OTLP/HTTP collector, such as `http://127.0.0.1:4318`, that gets OpenTelemetry spans of request, plan and fetches. Unset: nothing is recorded.',
    ),
  traceSamplePercent: z
    .number()
    .min(0)
    .max(100)
    .default(100)
    .describe(
      'How many percent of the requests without a `traceparent` are recorded; one with goes by its flag. A recorded request shares no fetch with others. 0: only by the flag.',
    ),
  ...authOptions,
  ...guardOptions,
});

/** What a caller gives: everything but the supergraph has a default. */
export type GatewayConfigInput = z.input<typeof gatewayConfigSchema>;

/** A checked configuration. */
export type GatewayConfig = Readonly<z.output<typeof gatewayConfigSchema>>;

/** Checks a configuration; unknown keys are refused and all problems are listed in one `ConfigError`. */
export function parseGatewayConfig(input: GatewayConfigInput): GatewayConfig {
  const parsed = gatewayConfigSchema.safeParse(input);
  const problems = parsed.success ? findContradictions(parsed.data) : listIssues(parsed.error);
  if (parsed.success && problems.length === 0) return Object.freeze(parsed.data);
  throw new ConfigError(`The gateway's configuration has faults:\n${problems.join('\n')}`);
}

function listIssues(error: z.ZodError): string[] {
  return error.issues.map((issue) => `- ${issue.path.join('.') || 'configuration'}: ${issue.message}`);
}

function findContradictions(config: GatewayConfig): string[] {
  const problems: string[] = [];
  if (config.authentication === 'required' && config.jwks.length === 0)
    problems.push('- jwks: expected a key set, because authentication is "required"');
  if (config.mode === 'production' && config.graphiqlToken !== undefined)
    problems.push('- graphiqlToken: expected none, because mode is "production"');
  if (config.forwardHeaders.includes('freehold-explain'))
    problems.push(
      '- forwardHeaders: "freehold-explain" cannot be among them; the gateway sends it for those who may ask',
    );
  if (config.trustedDocuments !== 'off' && config.trustedDocumentsFile === undefined)
    problems.push(
      `- trustedDocumentsFile: expected a file, because trustedDocuments is "${config.trustedDocuments}"`,
    );
  return problems;
}
