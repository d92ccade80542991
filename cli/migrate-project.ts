import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import type { Logger } from 'pino';

import { FolderInUseError } from '../databases/folder-lock.ts';
import { openDatabase, readDatabaseUrls } from '../databases/open-database.ts';
import { readRunningFile } from '../databases/running-file.ts';
import {
  applyMigrations,
  createMigration,
  diagnoseMigrations,
} from '../databases/migrations/migrate-database.ts';
import type {
  CreatedMigration,
  Diagnosis,
  MigrationOutcome,
  MigrationTarget,
} from '../databases/migrations/migration-target.ts';
import type { Environment } from './environment.ts';
import type { Project, ProjectSubgraph } from './project.ts';

/** How long a database that another process has open is waited for. */
const waitMs = 60_000;
const pollMs = 100;

export interface MigrateContext {
  readonly project: Project;
  /** The folder of the embedded databases, one folder a service below; default `<root>/.freehold/data`. */
  readonly dataFolder?: string;
  readonly environment: Environment;
  readonly log: Logger;
  readonly signal?: AbortSignal;
}

/** Brings one service's database up to date. The database is started for it when it does not run. */
export async function migrateService(
  context: MigrateContext,
  subgraph: ProjectSubgraph,
  options: { readonly retry?: boolean } = {},
): Promise<MigrationOutcome> {
  return await withTarget(
    context,
    subgraph,
    async (target) => await applyMigrations({ ...target, ...options }),
  );
}

/** What `migrateService` would do, and what is not in order. */
export async function diagnoseService(
  context: MigrateContext,
  subgraph: ProjectSubgraph,
): Promise<Diagnosis> {
  return await withTarget(context, subgraph, diagnoseMigrations);
}

/** Writes the service's next migration; undefined when its declared schema and its migrations agree. */
export async function createServiceMigration(
  context: MigrateContext,
  subgraph: ProjectSubgraph,
  name: string,
): Promise<CreatedMigration | undefined> {
  return await withTarget(context, subgraph, async (target) => await createMigration({ ...target, name }));
}

/** The folder of a service's embedded database. */
export function serviceDataFolder(
  context: Pick<MigrateContext, 'project' | 'dataFolder'>,
  service: string,
): string {
  return path.resolve(context.dataFolder ?? path.join(context.project.root, '.freehold/data'), service);
}

async function withTarget<T>(
  context: MigrateContext,
  subgraph: ProjectSubgraph,
  use: (target: MigrationTarget) => Promise<T>,
): Promise<T> {
  const { environment, log, signal } = context;
  const folder = serviceDataFolder(context, subgraph.name);
  const describe = (ownerUrl: string): MigrationTarget => ({
    service: subgraph.name,
    kind: subgraph.database,
    folder: subgraph.prismaFolder,
    ownerUrl,
    log,
    ...(signal ? { signal } : {}),
  });
  const isEmbedded = readDatabaseUrls(subgraph.name, environment) === undefined;
  const options = { service: subgraph.name, kind: subgraph.database, folder, environment, log };
  for (const deadline = Date.now() + waitMs; ; await delay(pollMs, undefined, { signal })) {
    const running = isEmbedded ? await readRunningFile(folder) : undefined;
    if (running) return await use(describe(running.ownerUrl));
    try {
      return await withOpened(options, async (ownerUrl) => await use(describe(ownerUrl)));
    } catch (error) {
      // Another `migrate` has it open, or a shop that is starting: wait until it is free or says where it is.
      if (!(error instanceof FolderInUseError) || Date.now() > deadline) throw error;
    }
  }
}

async function withOpened<T>(
  options: Parameters<typeof openDatabase>[0],
  use: (ownerUrl: string) => Promise<T>,
): Promise<T> {
  const database = await openDatabase(options);
  try {
    return await use(database.ownerUrl);
  } finally {
    await database.close();
  }
}
