import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';

import { afterAll, beforeAll, expect, test } from 'vitest';

import { composeSubgraphs } from '../support/compose-subgraphs.ts';
import { ask, runFreehold, startFreehold } from '../support/run-freehold.ts';
import { startSubgraphHost, type SubgraphHost } from '../support/subgraph-host.ts';

// A supergraph that has nothing to do with the shop.
const link = 'extend schema @link(url: "https://specs.apollo.dev/federation/v2.7", import: ["@key"])';
const sdlByName = {
  planets: `${link} type Query { planets: [Planet!]! } type Planet @key(fields: "name") { name: ID! }`,
  moons: `${link} type Planet @key(fields: "name") { name: ID! moons: [String!]! }`,
};

let folder: string;
let subgraphs: SubgraphHost;
let supergraphFile: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'freehold-gateway-command-'));
  subgraphs = await startSubgraphHost(sdlByName);
  subgraphs.load({
    planets: { Query: { planets: [{ name: 'Mars' }] }, Planet: [{ name: 'Mars' }] },
    moons: { Planet: [{ name: 'Mars', moons: ['Phobos', 'Deimos'] }] },
  });
  supergraphFile = path.join(folder, 'supergraph.graphql');
  await writeFile(supergraphFile, composeSubgraphs(sdlByName, subgraphs.urls));
});

afterAll(async () => {
  await subgraphs.close();
  await rm(folder, { recursive: true });
});

test.each(['compiled', 'apollo'])(
  'serves any supergraph file by the engine %s and stops cleanly on SIGTERM',
  async (engine) => {
    const command = startFreehold([
      'gateway',
      '--supergraph',
      supergraphFile,
      '--port',
      '0',
      '--engine',
      engine,
    ]);
    const { url } = await command.ready;
    expect((await fetch(`${url}/health`)).status).toBe(200);
    expect(await ask(url, '{ planets { name moons } }')).toEqual({
      data: { planets: [{ name: 'Mars', moons: ['Phobos', 'Deimos'] }] },
    });
    command.kill('SIGTERM');
    expect(await command.ended).toMatchObject({ code: 0, signal: null });
  },
);

test.each(['SIGTERM', 'SIGINT'])(
  'stops cleanly on %s in the moment in which it says that it is ready',
  async (signal) => {
    // A signal that nobody handles ends the process before `kill` returns.
    const signalSelf = `
      const send = process.send?.bind(process);
      // The gateway's threads have none.
      if (send) process.send = (message, ...rest) => {
        process.kill(process.pid, 'SIGHUP');
        process.kill(process.pid, '${signal}');
        return send(message, ...rest);
      };`;
    const command = startFreehold(['gateway', '--supergraph', supergraphFile, '--port', '0'], {
      NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(signalSelf)}`,
    });
    expect(await command.ended).toMatchObject({ code: 0, signal: null });
  },
);

test('stops cleanly when its parent went before it was up', async () => {
  const command = startFreehold(['gateway', '--supergraph', supergraphFile, '--port', '0']);
  expect(await command.disconnect()).toBe(0);
});

test('loads a changed supergraph on SIGHUP', async () => {
  const file = path.join(folder, 'changing.graphql');
  await writeFile(file, composeSubgraphs(sdlByName, subgraphs.urls));
  const command = startFreehold(['gateway', '--supergraph', file, '--port', '0', '--no-watch']);
  const { url } = await command.ready;
  const changed = { ...sdlByName, moons: sdlByName.moons.replace('moons:', 'rings: Int moons:') };
  await writeFile(file, composeSubgraphs(changed, subgraphs.urls));
  command.kill('SIGHUP');
  await expect
    .poll(async () => JSON.stringify(await ask(url, '{ planets { rings } }')), { timeout: 30_000 })
    .toBe('{"data":{"planets":[{"rings":null}]}}');
  command.kill('SIGTERM');
  expect((await command.ended).code).toBe(0);
});

test('says what is wrong and exits with 1: a taken port, a missing file, an option that is no port', async () => {
  const taken = createServer();
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
  const { port } = taken.address() as AddressInfo;
  const onTakenPort = await runFreehold(['gateway', '--supergraph', supergraphFile, '--port', String(port)]);
  expect(onTakenPort.code).toBe(1);
  expect(onTakenPort.stderr).toContain(`Port ${port} on 127.0.0.1 is taken by another process.`);
  await new Promise((resolve) => taken.close(resolve));

  const missing = await runFreehold(['gateway', '--supergraph', '/no/such/file']);
  expect(missing.code).toBe(1);
  expect(missing.stderr).toContain('The supergraph file /no/such/file does not exist');

  const noPort = await runFreehold(['gateway', '--port', 'http']);
  expect(noPort.code).toBe(1);
  expect(noPort.stderr).toContain('expected an integer from 0 to 65535');
});
