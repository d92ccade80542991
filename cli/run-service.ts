import { pino } from 'pino';

import { ConfigError } from '../gateway/config/gateway-config.ts';
import { runService } from '../subgraphs/kit/run-service.ts';
import { type ServiceKeys, parseServiceKeys } from '../subgraphs/kit/signature/service-keys.ts';
import type { ServiceFlags } from './commands/service-flags.ts';
import { type Environment, readEnvironment } from './environment.ts';
import { findSubgraph, loadProject } from './project.ts';
import { loadSubgraph, readDatabaseUrl } from './service-modules.ts';

/** Runs a service in this process until SIGTERM, SIGINT, or until the parent has gone. */
export async function runServiceProcess(
  name: string,
  options: { readonly host: string; readonly port: number; readonly allowUnsigned?: true } & ServiceFlags,
): Promise<void> {
  const subgraph = findSubgraph(await loadProject(), name);
  const databaseUrl = readDatabaseUrl(name);
  const environment = readEnvironment();
  const signingKeys = readSigningKeys(name, options.allowUnsigned === true, environment);
  await runService(
    await loadSubgraph(subgraph),
    {
      databaseUrl,
      host: options.host,
      port: options.port,
      statementLimit: { statementsMax: options.statementsMax, statementsOver: options.statementsOver },
      slowStatementMs: options.slowStatementMs,
      metrics: options.metrics ?? false,
      otlpEndpoint: options.otlpEndpoint ?? (environment['OTEL_EXPORTER_OTLP_ENDPOINT'] || undefined),
      database: { connectionsMax: options.connectionsMax, connectionWaitMs: options.connectionWaitMs },
      signingKeys,
      log: pino({ name }),
    },
    process,
  );
}

/**
 * The keys that the gateway's requests are signed with. A service without them would answer everybody who reaches it, so
 * that has to be said; undefined when it was.
 *
 * @throws {ConfigError} when there are neither keys nor leave to do without, or both
 */
export function readSigningKeys(
  name: string,
  allowUnsigned: boolean,
  environment: Environment = readEnvironment(),
): ServiceKeys | undefined {
  const keys = environment['FREEHOLD_SERVICE_KEYS'];
  if (keys && allowUnsigned)
    throw new ConfigError(
      'Both FREEHOLD_SERVICE_KEYS and --allow-unsigned are given; expected one of them: with keys, unsigned requests are refused.',
    );
  if (keys) return parseServiceKeys(keys);
  if (allowUnsigned) return undefined;
  throw new ConfigError(
    `FREEHOLD_SERVICE_KEYS is not set: without keys the service ${name} could not tell the gateway's requests from others. ` +
      'Expected the keys of docs/request-signatures.md ("npx freehold start" makes them), or --allow-unsigned to answer whoever asks.',
  );
}
