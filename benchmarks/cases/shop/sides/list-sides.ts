import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { type Child, startNode } from '../../../support/child.ts';
import { peerNodeOptions } from '../../../support/server-options.ts';
import { peersFolder } from '../batched/data-loader.ts';
import type { BenchmarkShop } from '../databases/start-shop.ts';
import { composeShop } from './read-schemas.ts';

/** One of the ways to build the shop that are compared. */
export interface ShopSide {
  readonly name: string;
  start(shop: BenchmarkShop): Promise<RunningSide>;
}

/** A side that answers. */
export interface RunningSide {
  readonly url: string;
  /** Sent with each request: freehold alone asks who it is that wants somebody's orders. */
  readonly headers: Readonly<Record<string, string>>;
  /** The processes that it is made of. */
  readonly pids: readonly number[];
  close(): Promise<void>;
}

const readyTimeoutMs = 60_000;

/** Starts a program of the benchmark; it has the URLs of these databases and no other. */
async function startProgram(
  shop: BenchmarkShop,
  script: string,
  args: readonly string[],
  services: readonly string[],
): Promise<{ readonly child: Child; readonly url: string }> {
  const urls = shop.databases.flatMap(({ service, url }) =>
    services.includes(service) ? [[`${service.toUpperCase()}_DATABASE_URL`, url] as const] : [],
  );
  const program = ['scripts/run-typescript.mjs', '--built', `benchmarks/cases/${script}`, ...args];
  const child = startNode('any', [...peerNodeOptions, ...program], Object.fromEntries(urls));
  const [, url = ''] = await child.waitFor(/ready at (\S+)/, readyTimeoutMs);
  return { child, url };
}

const services = ['accounts', 'catalog', 'inventory', 'orders', 'reviews'];

/** Stock Apollo Gateway over five services, each a process of its own. */
function federated(name: string, serviceScript: string): ShopSide {
  return {
    name,
    async start(shop) {
      const folder = await mkdtemp(path.join(tmpdir(), 'freehold-shop-side-'));
      const started = await Promise.all(
        services.map((service) => startProgram(shop, serviceScript, [service], [service])),
      );
      const urls = new Map(services.map((service, index) => [service, started[index]?.url ?? '']));
      const file = path.join(folder, 'supergraph.graphql');
      await writeFile(file, await composeShop(urls));
      const gateway = await startProgram(shop, 'gateway/stock-gateway.ts', [file], []);
      const children = [gateway, ...started].map(({ child }) => child);
      return {
        url: gateway.url,
        headers: {},
        pids: children.map(({ pid }) => pid),
        async close() {
          await Promise.all(children.map((child) => child.stop()));
          await rm(folder, { recursive: true, force: true });
        },
      };
    },
  };
}

/** One process. */
function single(name: string, script: string, databases: readonly string[]): ShopSide {
  return {
    name,
    async start(shop) {
      const { child, url } = await startProgram(shop, script, [], databases);
      return { url, headers: {}, pids: [child.pid], close: () => child.stop() };
    },
  };
}

/** The user who changes reviews, and reads everybody's orders. */
export const benchmarkUser = 'user-1';

function mintToken(): string {
  const args = ['bin/freehold.js', 'token', '--user', benchmarkUser, '--scope', 'orders:read:all'];
  const { stdout, stderr, status } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`freehold token ended with ${status}: ${stderr}`);
  return stdout.trim();
}

const freehold: ShopSide = {
  name: 'freehold',
  // It runs already: the databases are its own.
  start: (shop) =>
    Promise.resolve({
      url: shop.url,
      headers: { authorization: `Bearer ${mintToken()}` },
      pids: [shop.freehold.pid],
      close: () => Promise.resolve(),
    }),
};

/** The sides in the order of the report. Those that need a package that is not installed are left out, with a word. */
export function listSides(): readonly ShopSide[] {
  const withDataLoader = [
    federated('apollo, DataLoader', 'shop/batched/serve-service.ts'),
    single('one process', 'shop/one-process/serve-shop.ts', services),
  ];
  const isInstalled = existsSync(path.join(peersFolder, 'node_modules/dataloader'));
  if (!isInstalled)
    console.log('Two sides are left out: `npm ci --prefix benchmarks/peers` installs DataLoader.');
  return [
    freehold,
    federated('apollo, per entity', 'shop/per-entity/serve-service.ts'),
    ...(isInstalled ? withDataLoader : []),
    single('one database', 'shop/shared-database/serve-shop.ts', ['shared']),
  ];
}
