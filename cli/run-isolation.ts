import path from 'node:path';

import { isIsolated, printReport } from '../checks/isolation/report.ts';
import { runIsolation } from '../checks/isolation/run-isolation.ts';
import { nameVariables } from '../databases/open-database.ts';
import { readRunningFile } from '../databases/running-file.ts';
import { readEnvironment } from './environment.ts';
import { loadProject } from './project.ts';
import { readDatabaseUrl } from './service-modules.ts';

/** Runs the isolation checks, prints the report, and answers whether all is well. */
export async function isShopIsolated(dataFolder: string | undefined): Promise<boolean> {
  const project = await loadProject();
  const folder = path.resolve(dataFolder ?? path.join(project.root, '.freehold', 'data'));
  const environment = readEnvironment();
  const found = await Promise.all(
    project.subgraphs.map(async ({ name }) => {
      if (environment[nameVariables(name).variable])
        return { service: name, url: readDatabaseUrl(name, environment), pid: undefined };
      const running = await readRunningFile(path.join(folder, name));
      return running && { service: name, url: running.url, pid: running.pid };
    }),
  );
  const databases = found.filter((entry) => entry !== undefined);
  const report = await runIsolation({
    root: project.root,
    services: project.subgraphs.map(({ name }) => name),
    databases,
    supervisorPid: databases.find(({ pid }) => pid !== undefined)?.pid,
  });
  process.stdout.write(printReport(report));
  return isIsolated(report);
}
