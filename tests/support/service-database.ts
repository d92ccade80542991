import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

import { pino } from 'pino';

import { applyMigrations } from '../../databases/migrations/migrate-database.ts';
import { openDatabase } from '../../databases/open-database.ts';
import { findSubgraph, loadProject } from '../../cli/project.ts';
import { loadSeed } from '../../cli/service-modules.ts';

/** A service's database for a test: embedded, migrated, seeded, gone after `close`. */
export interface ServiceDatabaseUnderTest {
  /** The service's own way in, with rights on rows alone. */
  readonly url: string;
  readonly ownerUrl: string;
  close(): Promise<void>;
}

/** Opens the database of one service of the shop in a temporary folder; scale 0 leaves it without rows. */
export async function openServiceDatabase(service: string, scale = 1): Promise<ServiceDatabaseUnderTest> {
  const subgraph = findSubgraph(await loadProject(), service);
  const log = pino({ level: 'silent' });
  const folder = await mkdtemp(path.join(os.tmpdir(), `freehold-${service}-`));
  const database = await openDatabase({
    service,
    kind: subgraph.database,
    folder: path.join(folder, 'database'),
    environment: {},
    log,
  });
  const close = async () => {
    await database.close();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await applyMigrations({
      service,
      kind: subgraph.database,
      ownerUrl: database.ownerUrl,
      folder: subgraph.prismaFolder,
      log,
    });
    if (scale > 0) await (await loadSeed(subgraph))(database.url, { scale });
    return { url: database.url, ownerUrl: database.ownerUrl, close };
  } catch (error) {
    await close();
    throw error;
  }
}
