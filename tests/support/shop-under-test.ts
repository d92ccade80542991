import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

import { pino } from 'pino';

import { ensureDevelopmentKeys, mintDevelopmentToken } from '../../cli/development-keys.ts';
import { loadProject } from '../../cli/project.ts';
import { loadSubgraph } from '../../cli/service-modules.ts';
import type { EngineName } from '../../gateway/engine.ts';
import { listen, type ListeningGateway } from '../../gateway/http/listen.ts';
import { createGateway } from '../../gateway/index.ts';
import { serveSubgraph, type RunningSubgraph } from '../../subgraphs/kit/serve-subgraph.ts';
import { openServiceDatabase, type ServiceDatabaseUnderTest } from './service-database.ts';
import { makeTestKeys, testMasterKey, type TestCaller } from './signed-caller.ts';

/** The shop in this process: real services on seeded databases, and a gateway of each engine before them. */
export interface ShopUnderTest {
  readonly gateways: Readonly<Record<EngineName, string>>;
  /** Where each service listens; their keys are those of `signAs`. */
  readonly services: Readonly<Record<string, string>>;
  /** The header that signs a caller in at the gateways. */
  signIn(caller: TestCaller | undefined): Promise<Record<string, string>>;
  close(): Promise<void>;
}

const log = pino({ level: 'silent' });

/** Starts the shop; what was started is stopped again when a part of it fails. */
export async function startShopUnderTest(): Promise<ShopUnderTest> {
  const { subgraphs, supergraphFile } = await loadProject();
  const folder = await mkdtemp(path.join(os.tmpdir(), 'freehold-shop-under-test-'));
  const databases: ServiceDatabaseUnderTest[] = [];
  const services = new Map<string, RunningSubgraph>();
  const listening: ListeningGateway[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(listening.map((gateway) => gateway.stop()));
    await Promise.all([...services.values()].map((service) => service.close()));
    await Promise.all(databases.map((database) => database.close()));
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const started = await Promise.allSettled(
      subgraphs.map(async (subgraph) => {
        const database = await openServiceDatabase(subgraph.name);
        databases.push(database);
        const signingKeys = makeTestKeys(subgraph.name);
        const options = { databaseUrl: database.url, port: 0, signingKeys, log };
        services.set(subgraph.name, await serveSubgraph(await loadSubgraph(subgraph), options));
      }),
    );
    for (const outcome of started) if (outcome.status === 'rejected') throw outcome.reason;
    const urls = Object.fromEntries([...services].map(([name, { url }]) => [name, url]));
    const { jwksFile } = await ensureDevelopmentKeys(folder);
    const startGateway = async (engine: EngineName): Promise<string> => {
      const config = {
        supergraphFile,
        subgraphUrls: urls,
        signingKeys: [testMasterKey],
        jwks: [jwksFile],
        watchSupergraph: false,
        port: 0,
        engine,
      };
      const gateway = await listen(await createGateway(config, log), log);
      listening.push(gateway);
      return gateway.url;
    };
    const gateways = { compiled: await startGateway('compiled'), apollo: await startGateway('apollo') };
    return {
      gateways,
      services: urls,
      signIn: async (caller) =>
        caller === undefined ? {} : { authorization: `Bearer ${await mintFor(folder, caller)}` },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

function mintFor(folder: string, { subject = '', username, scopes = [] }: TestCaller): Promise<string> {
  return mintDevelopmentToken(folder, { user: subject, username, scopes, policies: [], expiresS: 3600 });
}
