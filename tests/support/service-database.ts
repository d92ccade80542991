import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

import { Client } from 'pg';
import { pino } from 'pino';

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
  const folder = await mkdtemp(path.join(os.tmpdir(), `freehold-${service}-`));
  const database = await openDatabase({
    service,
    kind: subgraph.database,
    folder: path.join(folder, 'database'),
    environment: {},
    log: pino({ level: 'silent' }),
  });
  const close = async () => {
    await database.close();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await migrate(subgraph.prismaFolder, database.ownerUrl);
    if (scale > 0) await (await loadSeed(subgraph))(database.url, { scale });
    return { url: database.url, ownerUrl: database.ownerUrl, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function migrate(prismaFolder: string, ownerUrl: string): Promise<void> {
  const client = new Client(ownerUrl);
  await client.connect();
  try {
    const migrations = path.join(prismaFolder, 'migrations');
    for (const entry of (await readdir(migrations, { withFileTypes: true })).filter((one) =>
      one.isDirectory(),
    ))
      await client.query(await readFile(path.join(migrations, entry.name, 'migration.sql'), 'utf8'));
  } finally {
    await client.end();
  }
}
