import { EventEmitter } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';

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
  readonly connected = true;
  readonly messages: unknown[] = [];
  readonly exited: Promise<number>;
  exit: (code: number) => void = () => {};
  constructor() {
    super();
    this.exited = new Promise((resolve) => {
      this.exit = resolve;
    });
  }
  send(message: unknown) {
    this.messages.push(message);
  }
}

/** A port on which nothing listens. */
async function findClosedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function run() {
  const host = new FakeProcess();
  const lines: string[] = [];
  const databaseUrl = `postgres://nobody@127.0.0.1:${await findClosedPort()}/none`;
  const log = pino({ base: null, timestamp: false }, { write: (line: string) => void lines.push(line) });
  const running = await runService(subgraph, { databaseUrl, port: 0, log }, host);
  return { host, lines, running };
}

describe('a service process', () => {
  test('says where it listens before its database answers, and complains about that once', async () => {
    const { host, lines, running } = await run();
    expect(host.messages).toEqual([{ ready: true, url: running.url, port: running.port }]);
    await expect(running.checkDatabase()).rejects.toThrow('ECONNREFUSED');
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
});
