import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import os from 'node:os';
import path from 'node:path';

import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';

import { composeSubgraphs } from '../../tests/support/compose-subgraphs.ts';
import { stopClock } from '../../tests/support/stop-clock.ts';
import { startSubgraphHost, type SubgraphHost } from '../../tests/support/subgraph-host.ts';
import type { GatewayConfigInput } from '../config/gateway-config.ts';
import { createGateway } from '../index.ts';
import { listen, type ListeningGateway } from './listen.ts';

const sdlByName = { one: 'type Query { one: Int slow: Int }' };
const log = pino({ level: 'silent' });
let folder: string;
let subgraphs: SubgraphHost;
let supergraphFile: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'freehold-listen-'));
  subgraphs = await startSubgraphHost(sdlByName);
  supergraphFile = path.join(folder, 'supergraph.graphql');
  await writeFile(supergraphFile, composeSubgraphs(sdlByName, subgraphs.urls));
  subgraphs.load({ one: { Query: { one: 1, slow: 2 } } });
});

afterEach(() => {
  vi.useRealTimers();
  subgraphs.interfere(undefined);
});

afterAll(async () => {
  await subgraphs.close();
  await rm(folder, { recursive: true });
});

async function start(input: Partial<GatewayConfigInput> = {}): Promise<ListeningGateway> {
  const config = { supergraphFile, port: 0, watchSupergraph: false, shareInFlight: false, ...input };
  return listen(await createGateway(config, log), log);
}

interface Outcome {
  /** The status, or the code of the failure. */
  readonly status: number | string;
  readonly text: string;
  /** The server has asked to go elsewhere. */
  readonly isLast: boolean;
}

function ask(url: string, agent: Agent, query: string): Promise<Outcome> {
  return new Promise((resolve) => {
    const headers = { 'content-type': 'application/json' };
    const sent = request(`${url}/graphql`, { method: 'POST', agent, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => (text += chunk));
      const isLast = response.headers.connection === 'close';
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text, isLast }));
    });
    sent.on('error', ({ code, message }: NodeJS.ErrnoException) =>
      resolve({ status: code ?? message, text: '', isLast: true }),
    );
    sent.end(JSON.stringify({ query }));
  });
}

describe('stopping the gateway', () => {
  test('drops no request of clients that keep their connections, and tells each to go elsewhere', async () => {
    stopClock();
    const gateway = await start({ drainNoticeMs: 250 });
    const agent = new Agent({ keepAlive: true, maxSockets: 8 });
    const statuses: (number | string)[] = [];
    let letStop: () => void = () => undefined;
    const isWarm = new Promise<void>((resolve) => (letStop = resolve));
    const client = async (): Promise<number | string> => {
      for (;;) {
        const { status, isLast } = await ask(gateway.url, agent, '{ one }');
        statuses.push(status);
        if (statuses.length === 100) letStop();
        if (isLast) return status;
      }
    };
    const clients = Promise.all(Array.from({ length: 8 }, client));
    await isWarm;
    const stopped = gateway.stop();
    // The clock stands: the notice lasts until each of them has heard it.
    expect(await clients).toEqual(Array.from({ length: 8 }, () => 200));
    expect(new Set(statuses)).toEqual(new Set([200]));
    vi.advanceTimersByTime(250);
    await stopped;
    agent.destroy();
  });

  test('waits for a request in flight, for as long as drainTimeoutMs', async () => {
    stopClock();
    const gateway = await start({ drainNoticeMs: 0, drainTimeoutMs: 200 });
    const agent = new Agent();
    const arrivals: (() => void)[] = [];
    const arrive = () => new Promise<void>((resolve) => arrivals.push(resolve));
    const held: (() => void)[] = [];
    subgraphs.interfere(async (_request, response, answer) => {
      arrivals.shift()?.();
      await new Promise<void>((resolve) => held.push(resolve));
      response.setHeader('content-type', 'application/json');
      response.end(await answer());
      return true;
    });
    const both = [arrive(), arrive()];
    const answers = [ask(gateway.url, agent, '{ one }'), ask(gateway.url, agent, '{ slow }')];
    await Promise.all(both);
    const stopped = gateway.stop();
    held[0]?.();
    expect((await Promise.race(answers)).status).toBe(200);
    vi.advanceTimersByTime(200);
    await stopped;
    expect(new Set((await Promise.all(answers)).map(({ status }) => status))).toEqual(
      new Set([200, 'ECONNRESET']),
    );
    held[1]?.();
  });
});
