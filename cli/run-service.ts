import { pino } from 'pino';

import { runService } from '../subgraphs/kit/run-service.ts';
import { parseServiceKeys } from '../subgraphs/kit/signature/service-keys.ts';
import type { ServiceFlags } from './commands/service-flags.ts';
import { readEnvironment } from './environment.ts';
import { findSubgraph, loadProject } from './project.ts';
import { loadSubgraph, readDatabaseUrl } from './service-modules.ts';

/** Runs a service in this process until SIGTERM, SIGINT, or until the parent has gone. */
export async function runServiceProcess(
  name: string,
  options: { readonly host: string; readonly port: number } & ServiceFlags,
): Promise<void> {
  const subgraph = findSubgraph(await loadProject(), name);
  const databaseUrl = readDatabaseUrl(name);
  const environment = readEnvironment();
  const serviceKeys = environment['FREEHOLD_SERVICE_KEYS'];
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
      signingKeys: serviceKeys ? parseServiceKeys(serviceKeys) : undefined,
      log: pino({ name }),
    },
    process,
  );
}
