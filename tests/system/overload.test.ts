import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

import { Pool } from 'undici';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { composeSubgraphs } from '../support/compose-subgraphs.ts';
import { startFreehold, type RunningCommand } from '../support/run-freehold.ts';
import { startSubgraphHost, type SubgraphHost } from '../support/subgraph-host.ts';

const sdlByName = { one: 'type Query { one: Int }' };
const requestsInFlightMax = 20;

let folder: string;
let subgraphs: SubgraphHost;
let gateway: RunningCommand;
let pool: Pool;

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'freehold-overload-'));
  subgraphs = await startSubgraphHost(sdlByName);
  subgraphs.load({ one: { Query: { one: 1 } } });
  const supergraph = path.join(folder, 'supergraph.graphql');
  await writeFile(supergraph, composeSubgraphs(sdlByName, subgraphs.urls));
  const config = path.join(folder, 'gateway.json');
  await writeFile(config, JSON.stringify({ requestsInFlightMax, shareInFlight: false }));
  gateway = startFreehold(['gateway', '--supergraph', supergraph, '--port', '0', '--config', config]);
  pool = new Pool((await gateway.ready).url, { connections: 200, pipelining: 1 });
});

afterAll(async () => {
  await pool.close();
  gateway.kill('SIGTERM');
  await gateway.ended;
  await subgraphs.close();
  await rm(folder, { recursive: true, force: true });
});

async function ask(): Promise<{ status: number; retryAfter: unknown; body: unknown }> {
  const { statusCode, headers, body } = await pool.request({
    path: '/graphql',
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"query":"{ one }"}',
  });
  return { status: statusCode, retryAfter: headers['retry-after'], body: await body.json() };
}

test('overload is shed at once with 503 and Retry-After, the rest is answered, and all is well after it', async () => {
  // The subgraph answers nothing until the test lets it.
  const held: (() => void)[] = [];
  let isHolding = true;
  subgraphs.interfere(async () => {
    if (isHolding) await new Promise<void>((resolve) => held.push(resolve));
    return false;
  });
  const taken = Array.from({ length: requestsInFlightMax }, ask);
  await expect.poll(() => held.length).toBe(requestsInFlightMax);

  // Ten times as much as may be in flight, while nothing moves: each is told at once.
  const shed = await Promise.all(Array.from({ length: 10 * requestsInFlightMax }, ask));
  const message = 'The gateway is busy; try again.';
  const refusal = { errors: [{ message, extensions: { code: 'OVERLOADED' } }] };
  expect(shed).toEqual(shed.map(() => ({ status: 503, retryAfter: '1', body: refusal })));
  // Whoever looks after the gateway is not shed.
  const health = await pool.request({ path: '/health', method: 'GET' });
  expect([health.statusCode, await health.body.json()]).toEqual([200, { status: 'ok' }]);
  expect(held).toHaveLength(requestsInFlightMax);

  isHolding = false;
  for (const letGo of held) letGo();
  const answered = { status: 200, retryAfter: undefined, body: { data: { one: 1 } } };
  expect(await Promise.all(taken)).toEqual(taken.map(() => answered));
  expect(await Promise.all(Array.from({ length: requestsInFlightMax }, ask))).toEqual(
    taken.map(() => answered),
  );
});
