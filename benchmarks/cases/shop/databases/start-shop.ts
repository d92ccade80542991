import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { pino } from 'pino';

import { loadProject } from '../../../../cli/project.ts';
import type { DatabaseKind } from '../../../../databases/database.ts';
import { openDatabase } from '../../../../databases/open-database.ts';
import { readRunningFile } from '../../../../databases/running-file.ts';
import { type Child, startNode } from '../../../support/child.ts';
import { fillSharedDatabase } from '../shared-database/fill-shared-database.ts';
import { lengthenHistories } from './lengthen-histories.ts';

/** One database of the benchmark. */
export interface ShopDatabase {
  readonly service: string;
  readonly kind: DatabaseKind;
  readonly url: string;
  readonly ownerUrl: string;
}

/** The shop of `freehold start`, which is the first side, and its databases, which the other sides use too. */
export interface BenchmarkShop {
  readonly freehold: Child;
  readonly url: string;
  /** Those of the five services, and `shared`, which holds a copy of them all. */
  readonly databases: readonly ShopDatabase[];
  close(): Promise<void>;
}

/** Starts the shop with its sample data and long order histories, and the shared database beside it. */
export async function startBenchmarkShop(): Promise<BenchmarkShop> {
  const folder = await mkdtemp(path.join(tmpdir(), 'freehold-shop-benchmark-'));
  const freehold = startNode('any', ['bin/freehold.js', 'start', '--port', '0', '--data', folder]);
  let closeShared = async (): Promise<void> => {};
  const close = async (): Promise<void> => {
    freehold.process.kill('SIGTERM');
    await Promise.all([freehold.ended, closeShared()]);
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const [, url = ''] = await freehold.waitFor(/gateway\s+(http\S+\/graphql)/, 120_000);
    const { subgraphs } = await loadProject();
    const databases = await Promise.all(
      subgraphs.map(async ({ name, database }): Promise<ShopDatabase> => {
        const running = await readRunningFile(path.join(folder, name));
        if (!running)
          throw new Error(`The database of ${name} is not embedded; the benchmark needs it to be`);
        return { service: name, kind: database, url: running.url, ownerUrl: running.ownerUrl };
      }),
    );
    const ownerUrls = new Map(databases.map(({ service, ownerUrl }) => [service, ownerUrl]));
    await lengthenHistories(ownerUrls.get('orders') ?? '');
    const shared = await openDatabase({
      service: 'shared',
      kind: 'postgres',
      folder: path.join(folder, 'shared'),
      environment: {},
      log: pino({ level: 'silent' }),
    });
    closeShared = () => shared.close();
    await fillSharedDatabase(shared.ownerUrl, ownerUrls);
    return { freehold, url, databases: [...databases, shared], close };
  } catch (error) {
    await close();
    throw error;
  }
}
