import { EventEmitter } from 'node:events';

import { parse } from 'graphql';
import { pino } from 'pino';
import { describe, expect, test } from 'vitest';

import { RecordedPool } from './database/postgres-pool.ts';
import { defineSubgraph } from './define-subgraph.ts';
import { runService } from './run-service.ts';

const subgraph = defineSubgraph<RecordedPool>({
  name: 'sample',
  typeDefs: parse(
    'extend schema @link(url: "https://specs.apollo.dev/federation/v2.7", import: ["@key"]) type Query { one: Int }',
  ),
  entities: {},
  resolvers: { Query: { one: () => 1 } },
  openDatabase(settings) {
    const pool = new RecordedPool(settings);
    return { client: pool, check: () => pool.ping(), close: () => pool.end() };
  },
});

/** A process as `runService` sees it. */
class FakeProcess extends EventEmitter {
  readonly connected: boolean;
  readonly messages: unknown[] = [];
  readonly exited: Promise<number>;
  exit: (code: number) => void = () => {};
  constructor({ connected = true } = {}) {
    super();
    this.connected = connected;
    this.exited = new Promise((resolve) => {
      this.exit = resolve;
    });
  }
  send(message: unknown) {
    this.messages.push(message);
  }
}

async function run(host = new FakeProcess()) {
  const lines: string[] = [];
  let complain: () => void = () => {};
  const complained = new Promise<void>((resolve) => {
    complain = resolve;
  });
  // Nothing listens on port 1, and no other test is given it, as it may be given one that was free a moment ago.
  const databaseUrl = 'postgres://nobody@127.0.0.1:1/none';
  const write = (line: string): void => {
    lines.push(line);
    if (line.includes('does not answer yet')) complain();
  };
  const log = pino({ base: null, timestamp: false }, { write });
  const running = await runService(subgraph, { databaseUrl, port: 0, log }, host);
  return { host, lines, complained, running };
}

describe('a service process', () => {
  test('says where it listens before its database answers, and complains about that once', async () => {
    const { host, lines, complained, running } = await run();
    expect(host.messages).toEqual([{ ready: true, url: running.url, port: running.port }]);
    await expect(running.checkDatabase()).rejects.toThrow('ECONNREFUSED');
    await complained;
    host.emit('SIGTERM');
    expect(await host.exited).toBe(0);
    expect(lines.filter((line) => line.includes('does not answer yet'))).toHaveLength(1);
  });

  test.each(['SIGTERM', 'SIGINT', 'disconnect'])('ends with 0 on %s, told once or twice', async (event) => {
    const { host, running } = await run();
    host.emit(event);
    host.emit('SIGTERM');
    expect(await host.exited).toBe(0);
    await expect(fetch(running.url)).rejects.toThrow('fetch failed');
  });

  test('ends when its parent went before it was up', async () => {
    const { host, running } = await run(new FakeProcess({ connected: false }));
    expect(await host.exited).toBe(0);
    await expect(fetch(running.url)).rejects.toThrow('fetch failed');
  });
});
