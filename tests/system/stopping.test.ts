import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

import { Pool } from 'undici';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { parse as parseYaml } from 'yaml';

import { parseGatewayConfig } from '../../gateway/config/gateway-config.ts';
import { composeSubgraphs } from '../support/compose-subgraphs.ts';
import { startFreehold, type RunningCommand } from '../support/run-freehold.ts';
import { openServiceDatabase, type ServiceDatabaseUnderTest } from '../support/service-database.ts';

// Real processes, and clients that keep their connections. There are two of the kind that is stopped, as in a
// deployment: who is told to go elsewhere, or cannot connect and has sent nothing, goes to the other one.
const root = path.join(import.meta.dirname, '../..');
const read = 'query ($id: ID!) { user(id: $id) { username } }';

let folder: string;
let database: ServiceDatabaseUnderTest;
let supergraphFile: string;
const running: RunningCommand[] = [];
let stopClients: () => Promise<void> = () => Promise.resolve();

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'freehold-stopping-'));
  database = await openServiceDatabase('accounts');
  const sdl = await readFile(path.join(root, 'subgraphs/accounts/schema.graphql'), 'utf8');
  supergraphFile = path.join(folder, 'supergraph.graphql');
  await writeFile(supergraphFile, composeSubgraphs({ accounts: sdl }));
});

afterEach(async () => {
  await stopClients();
  for (const command of running) command.kill('SIGTERM');
  await Promise.all(running.splice(0).map(({ ended }) => ended));
});

afterAll(async () => {
  await database?.close();
  await rm(folder, { recursive: true, force: true });
});

async function start(args: readonly string[]): Promise<{ command: RunningCommand; url: string }> {
  const command = startFreehold(args, { ACCOUNTS_DATABASE_URL: database.url });
  running.push(command);
  return { command, url: (await command.ready).url };
}

const startService = () => start(['service', 'accounts', '--port', '0', '--allow-unsigned']);

async function startGateway(
  serviceUrls: readonly string[],
): Promise<{ command: RunningCommand; url: string }> {
  const file = path.join(folder, `gateway-${running.length}.json`);
  const config = {
    subgraphReplicas: { accounts: serviceUrls },
    shareInFlight: false,
    watchSupergraph: false,
    // Longer than a busy machine lets the clients stand still: who has not read the notice by then is cut.
    drainNoticeMs: 3000,
  };
  await writeFile(file, JSON.stringify(config));
  return start(['gateway', '--supergraph', supergraphFile, '--port', '0', '--config', file]);
}

/** Eight clients that ask without a pause, first at the first URL; resolves with every outcome when it is stopped. */
function startClients(urls: readonly string[]): {
  readonly outcomes: string[];
  readonly stop: () => Promise<void>;
} {
  const pools = urls.map((url) => new Pool(url, { connections: 8, pipelining: 1 }));
  const outcomes: string[] = [];
  // Who has said `connection: close` is left in peace, as behind a load balancer.
  const leaving = new Set<Pool>();
  const over = new AbortController();
  const askOne = async (pool: Pool, turn: number): Promise<string> => {
    const input = {
      username: `s${Date.now()}x${turn}`,
      name: 'S',
      email: `s${Date.now()}x${turn}@example.com`,
    };
    const body =
      turn % 4 === 0
        ? {
            query: 'mutation ($input: RegisterUserInput!) { registerUser(input: $input) { user { id } } }',
            variables: { input },
          }
        : { query: read, variables: { id: `user-${1 + (turn % 100)}` } };
    const response = await pool.request({
      path: '/graphql',
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (response.headers['connection'] === 'close') leaving.add(pool);
    const { errors } = (await response.body.json()) as { errors?: readonly unknown[] };
    return errors === undefined ? String(response.statusCode) : JSON.stringify(errors);
  };
  const ask = async (turn: number): Promise<string> => {
    for (const pool of pools) {
      if (leaving.has(pool)) continue;
      try {
        return await askOne(pool, turn);
      } catch (error) {
        const { code } = error as { code?: string };
        if (code !== 'ECONNREFUSED') return String(code ?? error);
      }
    }
    throw new Error('Nobody listens.');
  };
  const clients = Array.from({ length: 8 }, async (_item, client) => {
    for (let turn = client; !over.signal.aborted; turn += 8) outcomes.push(await ask(turn));
  });
  let stopped: Promise<unknown> | undefined;
  stopClients = async () => {
    over.abort();
    stopped ??= Promise.all(clients).then(() => Promise.all(pools.map((pool) => pool.close())));
    await stopped;
  };
  return { outcomes, stop: stopClients };
}

describe('stopping under load', () => {
  test('a gateway drops no request', async () => {
    const service = await startService();
    const gateways = [await startGateway([service.url]), await startGateway([service.url])];
    const clients = startClients(gateways.map(({ url }) => url));
    await expect.poll(() => clients.outcomes.length).toBeGreaterThan(200);
    gateways[0]?.command.kill('SIGTERM');
    expect(await gateways[0]?.command.ended).toMatchObject({ code: 0, signal: null });
    const before = clients.outcomes.length;
    await expect.poll(() => clients.outcomes.length).toBeGreaterThan(before + 100);
    await clients.stop();
    expect(new Set(clients.outcomes)).toEqual(new Set(['200']));
  }, 180_000);

  test('a service behind the gateway drops no request, reads and writes', async () => {
    const services = [await startService(), await startService()];
    const gateway = await startGateway(services.map(({ url }) => url));
    const clients = startClients([gateway.url]);
    await expect.poll(() => clients.outcomes.length).toBeGreaterThan(200);
    services[0]?.command.kill('SIGTERM');
    expect(await services[0]?.command.ended).toMatchObject({ code: 0, signal: null });
    const before = clients.outcomes.length;
    await expect.poll(() => clients.outcomes.length).toBeGreaterThan(before + 100);
    await clients.stop();
    expect(new Set(clients.outcomes)).toEqual(new Set(['200']));
  }, 180_000);
});

test('containers are given longer to stop than draining takes', async () => {
  const compose = parseYaml(await readFile(path.join(root, 'docker-compose.yml'), 'utf8'), {
    merge: true,
  }) as {
    services: Record<string, { stop_grace_period?: string; command?: readonly string[] }>;
  };
  const { drainNoticeMs, drainTimeoutMs } = parseGatewayConfig({ supergraphFile });
  const graceOf = (name: string) =>
    1000 * Number.parseInt(compose.services[name]?.stop_grace_period ?? '0', 10);
  expect(graceOf('gateway')).toBeGreaterThan(drainNoticeMs + drainTimeoutMs + 1000);
  const services = Object.keys(compose.services).filter(
    (name) => compose.services[name]?.command?.[0] === 'service',
  );
  expect(services).toHaveLength(5);
  // What a service takes: `noticeMs`, `drainMs` and the time to close its database.
  for (const name of services) expect(graceOf(name)).toBeGreaterThan(1000 + 4000 + 1000);
});
