import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

import { pino } from 'pino';

import { mintDevelopmentToken } from '../../cli/development-keys.ts';
import { loadProject } from '../../cli/project.ts';
import type { RunningService } from '../../cli/start/start-service.ts';
import { silentReporter } from '../../cli/start/start-reporter.ts';
import { startShop, type RunningShop } from '../../cli/start/start-shop.ts';
import { openFaultProxy, type FaultProxy } from './fault-proxy.ts';

/** Deadlines of the gateway in the shop that is disturbed, in milliseconds. */
export interface Deadlines {
  readonly requestTimeoutMs: number;
  readonly subgraphTimeoutMs: number;
}

/** Short, so that a run of the matrix is. */
const shortDeadlines: Deadlines = { requestTimeoutMs: 4000, subgraphTimeoutMs: 1500 };

/** One service, its database, and the ways to both. */
export interface ServiceUnderFault {
  readonly name: string;
  readonly running: RunningService;
  /** Between the gateway and the service. */
  readonly serviceProxy: FaultProxy;
  /** Between the service and its database. */
  readonly databaseProxy: FaultProxy;
  /** The service's process; 0 while it is being started again. */
  readPid(): number;
}

/** The whole shop, started as by `npm start`, with a proxy on every way. */
export interface ShopUnderFault {
  readonly url: string;
  readonly dataFolder: string;
  readonly deadlines: Deadlines;
  readonly services: readonly ServiceUnderFault[];
  readonly gatewayPid: () => number;
  /** A token of a user of the shop, with all scopes. */
  mintToken(user: string): Promise<string>;
  stop(): Promise<void>;
}

/** Starts the shop in a temporary folder. */
export async function startShopUnderFault(deadlines: Deadlines = shortDeadlines): Promise<ShopUnderFault> {
  const project = await loadProject();
  const dataFolder = await mkdtemp(path.join(os.tmpdir(), 'freehold-faults-'));
  const serviceProxies = new Map<string, FaultProxy>();
  const databaseProxies = new Map<string, FaultProxy>();
  for (const { name } of project.subgraphs) {
    serviceProxies.set(name, await openFaultProxy());
    databaseProxies.set(name, await openFaultProxy());
  }
  const gatewayConfigFile = path.join(dataFolder, 'gateway.json');
  await writeFile(gatewayConfigFile, JSON.stringify(deadlines));
  const closeProxies = () =>
    Promise.all([...serviceProxies.values(), ...databaseProxies.values()].map((proxy) => proxy.close()));
  let shop: RunningShop;
  try {
    shop = await startShop({
      project,
      dataFolder,
      gatewayConfigFile,
      gatewayPort: 0,
      gatewayHost: '127.0.0.1',
      engine: 'compiled',
      scale: 1,
      environment: process.env,
      reporter: silentReporter,
      log: pino({ level: 'silent' }),
      signal: new AbortController().signal,
      wayBetween: {
        serviceUrl: (name, url) => leadThrough(serviceProxies, name, url),
        databaseUrl: (name, url) => leadThrough(databaseProxies, name, url),
      },
    });
  } catch (error) {
    await closeProxies();
    await rm(dataFolder, { recursive: true, force: true });
    throw error;
  }
  return {
    url: shop.gatewayUrl,
    dataFolder,
    deadlines,
    services: shop.services.map((running) => ({
      name: running.name,
      running,
      serviceProxy: proxyOf(serviceProxies, running.name),
      databaseProxy: proxyOf(databaseProxies, running.name),
      readPid: () => pidOf(running.process.state),
    })),
    gatewayPid: () => pidOf(shop.gateway.state),
    mintToken: (user) =>
      mintDevelopmentToken(project.root, {
        user,
        // A review bears it.
        username: user,
        scopes: ['stock:write', 'orders:read:all', 'users:read:all'],
        policies: [],
        expiresS: 3600,
      }),
    async stop() {
      await shop.stop();
      await closeProxies();
      await rm(dataFolder, { recursive: true, force: true });
    },
  };
}

function pidOf(state: RunningShop['gateway']['state']): number {
  return state.kind === 'ready' ? state.pid : 0;
}

function proxyOf(proxies: ReadonlyMap<string, FaultProxy>, name: string): FaultProxy {
  const proxy = proxies.get(name);
  if (proxy === undefined) throw new Error(`There is no proxy for ${name}.`);
  return proxy;
}

function leadThrough(proxies: ReadonlyMap<string, FaultProxy>, name: string, url: string): string {
  const proxy = proxyOf(proxies, name);
  const target = new URL(url);
  proxy.target = { host: target.hostname, port: Number(target.port) };
  target.host = `127.0.0.1:${proxy.port}`;
  return target.href;
}
