import { z } from 'zod';

/** A configuration that cannot be used; the message lists every problem. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

const header = z.string().regex(/^[a-z0-9!#$%&'*+.^_`|~-]+$/, 'expected a lower-case HTTP header name');

/** Each option's meaning, unit and default; the defaults live here and nowhere else. */
const gatewayConfigSchema = z.strictObject({
  /** File with the composed supergraph. */
  supergraphFile: z.string().min(1),
  /** Address to listen on. Default 127.0.0.1: this machine only. */
  host: z.string().min(1).default('127.0.0.1'),
  /** TCP port to listen on; 0 lets the system choose. Default 4000. */
  port: z.int().min(0).max(65_535).default(4000),
  /** What runs the plans: `compiled` is ours, `apollo` the stock ApolloGateway. */
  engine: z.enum(['compiled', 'apollo']).default('compiled'),
  /** Subgraph URLs by name; they go before the URLs in the supergraph. Default none. */
  subgraphUrls: z.record(z.string(), z.url({ protocol: /^https?$/ })).default({}),
  /**
   * `development` answers introspection, explains schema mistakes, serves Sandbox and GraphiQL and lets Apollo's
   * hosted Sandbox call; `production` does none of these. Default development.
   */
  mode: z.enum(['development', 'production']).default('development'),
  /** Largest request body in bytes; a larger one is refused with BODY_TOO_LARGE. Default 1 MiB. */
  bodyBytesMax: z.int().min(1).default(1_048_576),
  /** Longest time for one request in milliseconds; then REQUEST_TIMEOUT. Default 30 s. */
  requestTimeoutMs: z.int().min(1).max(2_147_483_647).default(30_000),
  /** Longest wait for requests in flight when stopping, in milliseconds; then they are cut. Default 10 s. */
  drainTimeoutMs: z.int().min(0).max(2_147_483_647).default(10_000),
  /** Client headers that go on to every subgraph, lower-case. Default the trace context. */
  forwardHeaders: z.array(header).default(['traceparent', 'tracestate', 'freehold-explain']),
  /** Web origins that may call from a browser, beside the page's own; `development` adds Apollo's Sandbox. */
  corsOrigins: z.array(z.string().min(1)).default([]),
  /** Loads the supergraph again when its file changes. Default on. */
  watchSupergraph: z.boolean().default(true),
});

/** What a caller gives: everything but the supergraph has a default. */
export type GatewayConfigInput = z.input<typeof gatewayConfigSchema>;

/** A checked configuration. */
export type GatewayConfig = Readonly<z.output<typeof gatewayConfigSchema>>;

/** Checks a configuration; unknown keys are refused and all problems are listed in one `ConfigError`. */
export function parseGatewayConfig(input: GatewayConfigInput): GatewayConfig {
  const parsed = gatewayConfigSchema.safeParse(input);
  if (parsed.success) return Object.freeze(parsed.data);
  const problems = parsed.error.issues.map(
    (issue) => `- ${issue.path.join('.') || 'configuration'}: ${issue.message}`,
  );
  throw new ConfigError(`The gateway's configuration has faults:\n${problems.join('\n')}`);
}
