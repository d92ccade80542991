import { pino } from 'pino';

import { runService } from '../subgraphs/kit/run-service.ts';
import { findSubgraph, loadProject } from './project.ts';
import { loadSubgraph, readDatabaseUrl } from './service-modules.ts';

/** Runs a service in this process until SIGTERM, SIGINT, or until the parent has gone. */
export async function runServiceProcess(
  name: string,
  options: { readonly host: string; readonly port: number },
): Promise<void> {
  const subgraph = findSubgraph(await loadProject(), name);
  const databaseUrl = readDatabaseUrl(name);
  await runService(
    await loadSubgraph(subgraph),
    { databaseUrl, host: options.host, port: options.port, log: pino({ name }) },
    process,
  );
}
