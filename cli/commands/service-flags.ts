import { InvalidArgumentError, Option, type Command } from 'commander';

import {
  databaseDefaults,
  slowStatementMsDefault,
  statementLimitDefaults,
} from '../../subgraphs/kit/service-defaults.ts';

/** What can be set on a service, by its own command or for all services by `freehold start`. */
export interface ServiceFlags {
  readonly statementsMax: number;
  readonly statementsOver: 'warn' | 'refuse';
  readonly slowStatementMs: number;
  readonly connectionsMax: number;
  readonly connectionWaitMs: number;
  readonly metrics?: true;
  readonly otlpEndpoint?: string;
}

/** Adds the flags of a service to a command. */
export function addServiceFlags(command: Command): Command {
  const { statementsMax, statementsOver } = statementLimitDefaults;
  const { connectionsMax, connectionWaitMs } = databaseDefaults;
  return command
    .option(
      '--statements-max <number>',
      'most database statements of one request to a service; 0 is off',
      parseCount,
      statementsMax,
    )
    .addOption(
      new Option('--statements-over <what>', 'above that: log it, or do not send the statement')
        .choices(['warn', 'refuse'])
        .default(statementsOver),
    )
    .option(
      '--slow-statement-ms <ms>',
      'log statements that take this long or longer, the wait for a connection included; 0 is off',
      parseCount,
      slowStatementMsDefault,
    )
    .option(
      '--connections-max <number>',
      'most connections of a service to its database',
      parsePositive,
      connectionsMax,
    )
    .option(
      '--connection-wait-ms <ms>',
      'longest wait for one of them; then DATABASE_BUSY',
      parsePositive,
      connectionWaitMs,
    )
    .option('--metrics', 'answer GET /metrics in the text format of Prometheus')
    .addOption(makeOtlpOption());
}

/** `--otlp-endpoint`, of gateway and services alike. */
export function makeOtlpOption(): Option {
  return new Option(
    '--otlp-endpoint <url>',
    'base URL of an OTLP/HTTP collector for OpenTelemetry spans; default: OTEL_EXPORTER_OTLP_ENDPOINT, else none',
  ).argParser(parseUrl);
}

/** The flags as arguments of `freehold service`. */
export function printServiceFlags(flags: ServiceFlags): string[] {
  return [
    `--statements-max=${flags.statementsMax}`,
    `--statements-over=${flags.statementsOver}`,
    `--slow-statement-ms=${flags.slowStatementMs}`,
    `--connections-max=${flags.connectionsMax}`,
    `--connection-wait-ms=${flags.connectionWaitMs}`,
    ...(flags.metrics ? ['--metrics'] : []),
    ...(flags.otlpEndpoint === undefined ? [] : [`--otlp-endpoint=${flags.otlpEndpoint}`]),
  ];
}

function parseCount(text: string): number {
  if (!/^\d{1,6}$/.test(text)) throw new InvalidArgumentError('expected an integer from 0 to 999999.');
  return Number(text);
}

function parsePositive(text: string): number {
  const number = parseCount(text);
  if (number === 0) throw new InvalidArgumentError('expected an integer from 1 to 999999.');
  return number;
}

function parseUrl(text: string): string {
  if (!/^https?:\/\//.test(text) || !URL.canParse(text))
    throw new InvalidArgumentError('expected a URL that begins with http:// or https://.');
  return text;
}
