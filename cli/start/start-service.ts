import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import type { Logger } from 'pino';

import type { RunningDatabase } from '../../databases/database.ts';
import { applyMigrations } from '../../databases/migrations/migrate-database.ts';
import { nameVariables, openDatabase } from '../../databases/open-database.ts';
import { removeRunningFile, writeRunningFile } from '../../databases/running-file.ts';
import { printServiceFlags, type ServiceFlags } from '../commands/service-flags.ts';
import { makeChildEnvironment } from '../process/child-environment.ts';
import { ManagedProcess } from '../process/managed-process.ts';
import type { ProjectSubgraph } from '../project.ts';
import { seedService } from './seed-service.ts';
import type { StartReporter } from './start-reporter.ts';
import type { WayBetween } from './way-between.ts';

export interface StartServiceOptions {
  readonly subgraph: ProjectSubgraph;
  /** Folder for all data of the shop; the service's database is in a folder of its own below it. */
  readonly dataFolder: string;
  readonly logFolder: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** What the service knows the gateway's requests by (`FREEHOLD_SERVICE_KEYS`). */
  readonly serviceKeys: string;
  readonly serviceFlags?: ServiceFlags | undefined;
  /** How many times the default number of rows a new database is filled with; 0 leaves it empty. */
  readonly scale: number;
  /** See `StartShopOptions`. */
  readonly wayBetween?: WayBetween | undefined;
  readonly reporter: StartReporter;
  readonly log: Logger;
  readonly signal: AbortSignal;
}

/** A service that runs, with its database. */
export interface RunningService {
  readonly name: string;
  readonly database: () => RunningDatabase;
  readonly process: ManagedProcess;
  readonly url: string;
  /** Stops the process, then the database. Safe to call twice. */
  stop(): Promise<void>;
  /** Ends both at once; what was acknowledged is on disk. */
  kill(): void;
}

/** Gives one service its database, brings that up to date, fills it when it is new, and starts the process. */
export async function startService(options: StartServiceOptions): Promise<RunningService> {
  const { subgraph, reporter, signal } = options;
  const { name } = subgraph;
  reporter.step(name, 'opening its database');
  let database = await openServiceDatabase(options);
  try {
    signal.throwIfAborted();
    await prepareDatabase(options, database);
    signal.throwIfAborted();
    reporter.step(name, 'starting');
    const process = makeServiceProcess(options, () => database);
    const { url } = await process.start(signal).catch(async (error: unknown) => {
      await process.stop(0);
      throw error;
    });
    reporter.step(name, 'ready');

    let isStopping = false;
    const watchDatabase = (): void => {
      void database.died.then(async (death) => {
        if (isStopping) return;
        options.log.error({ service: name, death }, 'the database ended by itself and is opened again');
        const { url, port } = database;
        await database.close();
        const reopened = await reopenDatabase(options, port, () => isStopping);
        if (reopened === undefined) return;
        database = reopened;
        // A service heals by itself when its database comes back where it was.
        if (database.url !== url) process.restart();
        watchDatabase();
      });
    };
    watchDatabase();
    let stopped: Promise<void> | undefined;
    const stop = async (): Promise<void> => {
      isStopping = true;
      await process.stop(2500);
      await database.close();
    };
    return {
      name,
      database: () => database,
      process,
      url,
      stop: () => (stopped ??= stop()),
      kill: () => process.kill(),
    };
  } catch (error) {
    await database.close();
    throw error;
  }
}

async function openServiceDatabase(
  options: StartServiceOptions,
  portWanted?: number,
): Promise<RunningDatabase> {
  const { subgraph, dataFolder, environment, log } = options;
  const folder = path.join(dataFolder, subgraph.name);
  const database = await openDatabase({
    service: subgraph.name,
    kind: subgraph.database,
    folder,
    portWanted,
    environment,
    log: log.child({ service: subgraph.name }),
  });
  if (database.source === 'url') return database;
  // So that `freehold migrate` and others use the database that is open.
  await writeRunningFile(folder, database);
  return {
    ...database,
    close: async () => {
      await removeRunningFile(folder);
      await database.close();
    },
  };
}

/** Opens an embedded database that died, until it opens; undefined when the shop stops before. */
async function reopenDatabase(
  options: StartServiceOptions,
  portWanted: number,
  isStopping: () => boolean,
): Promise<RunningDatabase | undefined> {
  for (let delayMs = 250; !isStopping(); delayMs = Math.min(delayMs * 2, 10_000)) {
    try {
      const database = await openServiceDatabase(options, portWanted);
      if (!isStopping()) return database;
      await database.close();
    } catch (error) {
      const context = { service: options.subgraph.name, err: error, delayMs };
      options.log.error(context, 'the database cannot be opened yet');
      await delay(delayMs, undefined, { ref: false });
    }
  }
  return undefined;
}

async function prepareDatabase(options: StartServiceOptions, database: RunningDatabase): Promise<void> {
  const { subgraph, reporter, signal } = options;
  reporter.step(subgraph.name, 'migrating');
  await applyMigrations({
    service: subgraph.name,
    kind: subgraph.database,
    folder: subgraph.prismaFolder,
    ownerUrl: database.ownerUrl,
    log: options.log,
    signal,
  });
  if (options.scale > 0 && database.source === 'embedded') {
    reporter.step(subgraph.name, 'seeding');
    await seedService({
      service: subgraph.name,
      scale: options.scale,
      environment: makeChildEnvironment(options.environment, {
        [nameVariables(subgraph.name).variable]: database.url,
      }),
      onProgress: (done, total) => reporter.progress(subgraph.name, done, total),
      signal,
    });
  }
}

function makeServiceProcess(options: StartServiceOptions, database: () => RunningDatabase): ManagedProcess {
  const { name } = options.subgraph;
  const findDatabase = (): string => {
    const { url } = database();
    return options.wayBetween?.databaseUrl(name, url) ?? url;
  };
  return new ManagedProcess({
    name: `The service ${name}`,
    makeArguments: (port) => [
      'service',
      name,
      '--port',
      String(port),
      ...(options.serviceFlags ? printServiceFlags(options.serviceFlags) : []),
    ],
    makeEnvironment: () =>
      makeChildEnvironment(options.environment, {
        [nameVariables(name).variable]: findDatabase(),
        FREEHOLD_SERVICE_KEYS: options.serviceKeys,
      }),
    logFile: path.join(options.logFolder, `${name}.log`),
    onState: (state) => {
      if (state.kind === 'restarting')
        options.log.warn({ service: name, ...state }, 'the service is started again');
    },
  });
}
