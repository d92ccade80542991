import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';

import { serverNodeOptions } from '../../../cli/process/node-options.ts';
import { type Child, startNode } from '../../support/child.ts';
import { sendOnce } from '../../support/load.ts';
import { peerNodeOptions } from '../../support/server-options.ts';

/** One of the gateways that are compared. */
export interface Side {
  readonly name: string;
  /** Starts it on core 1 and waits until it answers. */
  start(supergraphFile: string): Promise<{ readonly child: Child; readonly url: string }>;
}

const readyTimeoutMs = 60_000;

async function findFreePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  await new Promise<void>((resolve) => {
    server.close(() => {
      resolve();
    });
  });
  return port;
}

/** Asks until the gateway answers: Hive Gateway does not say when it does. */
async function waitUntilAnswered(child: Child, url: string): Promise<void> {
  const deadline = performance.now() + readyTimeoutMs;
  while (performance.now() < deadline) {
    if (child.process.exitCode !== null) throw new Error(`The gateway ended:\n${child.output()}`);
    const answer = await sendOnce(url, JSON.stringify({ query: '{ __typename }' })).catch(() => undefined);
    if (answer !== undefined) return;
    await new Promise((resolve) => {
      setTimeout(resolve, 100);
    });
  }
  throw new Error(`The gateway did not answer in ${readyTimeoutMs} ms:\n${child.output()}`);
}

/** Freehold by its own command line. */
function freehold(name: string, args: readonly string[]): Side {
  return {
    name,
    start: async (supergraphFile) => {
      const child = startNode(1, [
        ...serverNodeOptions,
        'bin/freehold.js',
        'gateway',
        '--supergraph',
        supergraphFile,
        '--port',
        '0',
        ...args,
      ]);
      const [, url = ''] = await child.waitFor(/"url":"(http[^"]+)"/, readyTimeoutMs);
      return { child, url };
    },
  };
}

const stock: Side = {
  name: 'stock @apollo/gateway',
  start: async (supergraphFile) => {
    const script = ['scripts/run-typescript.mjs', '--built', 'benchmarks/cases/gateway/stock-gateway.ts'];
    const child = startNode(1, [...peerNodeOptions, ...script, supergraphFile]);
    const [, url = ''] = await child.waitFor(/ready at (\S+)/, readyTimeoutMs);
    return { child, url };
  },
};

const hiveCommand = 'benchmarks/peers/node_modules/@graphql-hive/gateway/dist/bin.js';

function hive(name: string, shares: boolean): Side {
  return {
    name,
    start: async (supergraphFile) => {
      const port = await findFreePort();
      const url = `http://127.0.0.1:${port}/graphql`;
      const args = ['supergraph', supergraphFile, '--hive-router-runtime', '--host', '127.0.0.1'];
      const config = ['--port', String(port), '--config-path', 'benchmarks/peers/hive.config.mjs'];
      const child = startNode(1, [...peerNodeOptions, hiveCommand, ...args, ...config], {
        SHARE_IN_FLIGHT: String(shares),
      });
      await waitUntilAnswered(child, url);
      return { child, url };
    },
  };
}

/** The sides in the order of the report. A peer that is not installed is left out, with a word on how to get it. */
export function listSides(): readonly Side[] {
  const sides = [freehold('freehold', ['--no-share-in-flight']), freehold('freehold, sharing', []), stock];
  if (existsSync(hiveCommand))
    return [...sides, hive('Hive Gateway', false), hive('Hive Gateway, sharing', true)];
  console.log('Hive Gateway is left out: `npm ci --prefix benchmarks/peers` installs it.');
  return sides;
}
