import { Command } from 'commander';
import { format as formatText, resolveConfig } from 'prettier';
import { Registry } from 'prom-client';

import { addServiceFlags } from '../../cli/commands/service-flags.ts';
import { gatewayConfigSchema } from '../../gateway/config/gateway-config.ts';
import { engineErrors, serverErrors } from '../../gateway/engine-errors.ts';
import { errorCatalogue } from '../../gateway/error-catalogue.ts';
import { makeMetrics } from '../../gateway/telemetry/metrics.ts';
import { subgraphErrors } from '../../subgraphs/kit/subgraph-error.ts';
import { makeServiceMetrics } from '../../subgraphs/kit/telemetry/service-metrics.ts';

const note =
  '<!-- Made from the source by `npx vitest run tests/docs/reference.test.ts -u`: do not edit. -->';

/** docs/errors.md, from the error catalogue. */
export function writeErrorReference(): Promise<string> {
  const refusals = Object.entries(errorCatalogue).map(([code, { status, audience, when }]) => [
    `\`${code}\``,
    String(status),
    when,
    audience === 'client' ? 'all of it' : 'an id; the log has the rest by it',
  ]);
  return format(`
${note}

# Errors

Every error has its code in \`extensions.code\`. A client may rely on codes and statuses; messages are for people.

## The gateway's own

The status is that of the whole answer, where the request as a whole is refused.

${table(['code', 'HTTP status', 'when', 'what the client is told'], refusals)}

## Beside partial data

The fields at the error's \`path\` are null; others are answered. \`extensions.service\` names the subgraph where there
is one. A subgraph's own errors and codes pass through beside these.

${table(['code', 'when'], codeRows(engineErrors))}

## Of the GraphQL server

${table(['code', 'when'], codeRows(serverErrors))}

## Of the services

These pass through the gateway with the path of the field that is null for them.

${table(['code', 'when'], codeRows(subgraphErrors))}

Services refuse requests that the gateway did not sign with codes of their own: see
[request-signatures.md](request-signatures.md).
`);
}

/** docs/configuration.md, from the gateway's configuration schema. */
export function writeConfigurationReference(): Promise<string> {
  const rows = Object.entries(gatewayConfigSchema.shape).map(([name, option]) => {
    const description = option.description;
    if (description === undefined) throw new Error(`The option ${name} has no description.`);
    return [`\`${name}\``, `\`${describeDefault(option)}\``, description];
  });
  return format(`
${note}

# Configuration of the gateway

Options of \`createGateway\`, and of the file that \`npx freehold gateway --config FILE\` reads (JSON, any of these by
name). A flag that is given goes before the file. Unknown names and wrong values are refused at the start, all of them
listed. The order is that in which a request meets them.

${table(['option', 'default', 'meaning'], rows)}

## Variables

| variable | of | meaning |
| --- | --- | --- |
| \`FREEHOLD_SIGNING_KEYS\` | gateway | \`signingKeys\`, with commas between; goes before the file |
| \`FREEHOLD_GRAPHIQL_TOKEN\` | gateway | \`graphiqlToken\`; goes before the file |
| \`FREEHOLD_SERVICE_KEYS\` | service | the keys that its requests are signed with; without it the service does not start, unless \`freehold service\` is given \`--allow-unsigned\` |
| \`FREEHOLD_EXPLAIN_TOKEN\` | gateway, \`freehold start\`, \`freehold explain\`, \`freehold budget\` | \`explainToken\`, which explain and budget send; goes before the file |
| \`OTEL_EXPORTER_OTLP_ENDPOINT\` | gateway, service | \`otlpEndpoint\`, where no flag and no file says it; \`OTEL_EXPORTER_OTLP_HEADERS\` is read by OpenTelemetry itself |
| \`<SERVICE>_DATABASE_URL\` | service | its database, with the rights to read and write rows |
| \`<SERVICE>_DATABASE_OWNER_URL\` | \`freehold migrate\` | the same database, with the rights to change its schema |

Each but \`FREEHOLD_GRAPHIQL_TOKEN\` and the \`OTEL_\` ones may be given as a file instead, by the same name with \`_FILE\` at its end. See
[request-signatures.md](request-signatures.md) for the form of keys.

## Of a service

Flags of \`npx freehold service NAME\`; \`npx freehold start\` takes the same for all services, and
\`--gateway-config FILE\` for the gateway's options above.

A service refuses to start without \`FREEHOLD_SERVICE_KEYS\`, in development as elsewhere. \`npx freehold service NAME
--allow-unsigned\` starts it without: every request is answered, and nobody is signed in, so what is somebody's own is
refused. Keys and this flag together are a contradiction, and it does not start.

${table(['flag', 'default', 'meaning'], serviceFlagRows())}
`);
}

/** docs/metrics.md, from the registries of a gateway and of a service. */
export function writeMetricsReference(): Promise<string> {
  const [ofGateway, ofService] = [new Registry(), new Registry()];
  makeMetrics({ inFlight: () => 0, supergraphId: () => '' }, ofGateway);
  makeServiceMetrics('accounts', () => ({ used: 0, idle: 0, max: 0, waiting: 0 }), ofService);
  return format(`
${note}

# Metrics

\`--metrics\` lets gateway and services answer GET /metrics in the text format of Prometheus. Durations are in seconds.
Beside these stand those that prom-client tells of a gateway's process: processor time, heap, event loop
(\`process_*\`, \`nodejs_*\`).

## Of the gateway

Plans and fetches are counted by the compiled engine alone.

${table(['metric', 'type', 'labels', 'meaning'], metricRows(ofGateway))}

## Of a service

Each has the label \`service\` too.

${table(['metric', 'type', 'labels', 'meaning'], metricRows(ofService))}
`);
}

function metricRows(registry: Registry): string[][] {
  return registry
    .getMetricsAsArray()
    .filter(({ name }) => name.startsWith('freehold_'))
    .map((metric) => {
      // Its types leave out what its metrics have.
      const { name, type, help, labelNames = [] } = metric as unknown as DescribedMetric;
      return [`\`${name}\``, type, labelNames.map((label) => `\`${label}\``).join(', ') || 'none', help];
    });
}

interface DescribedMetric {
  readonly name: string;
  readonly type: string;
  readonly help: string;
  readonly labelNames?: readonly string[];
}

function serviceFlagRows(): string[][] {
  return addServiceFlags(new Command()).options.map(({ flags, description, defaultValue }) => [
    `\`${flags}\``,
    `\`${defaultValue === undefined ? 'none' : JSON.stringify(defaultValue)}\``,
    description,
  ]);
}

function describeDefault(option: {
  safeParse(value: unknown): { success: boolean; data?: unknown };
}): string {
  const { success, data } = option.safeParse(undefined);
  if (!success) return 'required';
  return data === undefined ? 'none' : JSON.stringify(data);
}

function codeRows(codes: Readonly<Record<string, string>>): string[][] {
  return Object.entries(codes).map(([code, when]) => [`\`${code}\``, when]);
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

async function format(text: string): Promise<string> {
  const options = await resolveConfig(`${import.meta.dirname}/x.md`);
  return formatText(text.trimStart(), { ...options, parser: 'markdown' });
}
