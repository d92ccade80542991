import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';

import type { Engine } from '../../gateway/engine.ts';
import { benchmarkGraph } from '../differential/graphs/benchmark.ts';
import { composeSubgraphs } from '../support/compose-subgraphs.ts';
import { createEngineUnderTest, runOperation } from '../support/engines-under-test.ts';
import { type SubgraphHost, startSubgraphHost } from '../support/subgraph-host.ts';

const mebibyte = 1 << 20;

describe('a subgraph that does not stop', () => {
  let host: SubgraphHost;
  let engine: Engine;

  beforeAll(async () => {
    const supergraphSdl = composeSubgraphs(benchmarkGraph.sdlByName);
    host = await startSubgraphHost(benchmarkGraph.sdlByName);
    engine = await createEngineUnderTest('compiled', { supergraphSdl, subgraphUrls: host.urls });
  });
  beforeEach(() => {
    host.interfere(undefined);
    host.load(benchmarkGraph.data);
  });
  afterAll(async () => {
    await engine?.close();
    await host?.close();
  });

  test('costs its fields and a bounded amount of memory, though its answer has no end', async () => {
    let sent = 0;
    const block = Buffer.alloc(mebibyte, 'x');
    host.interfere(({ subgraph }, response) => {
      if (subgraph !== 'reviews') return false;
      response.writeHead(200, { 'content-type': 'application/json' });
      response.write('{"data":{"_entities":[{"reviews":[{"body":"');
      const pour = (): void => {
        while (!response.destroyed) {
          sent += block.length;
          if (!response.write(block)) break;
        }
        if (!response.destroyed) response.once('drain', pour);
      };
      pour();
      return true;
    });
    const before = process.memoryUsage().rss;
    let peak = before;
    const watch = setInterval(() => {
      peak = Math.max(peak, process.memoryUsage().rss);
    }, 5);
    const answer = await runOperation(engine, {
      query: '{ me { name reviews { body } } }',
      signal: AbortSignal.timeout(120_000),
    });
    clearInterval(watch);
    expect(answer.data).toEqual({ me: { name: 'Ada Brandt', reviews: null } });
    expect(answer.errors?.map(({ path }) => path?.join('.'))).toEqual(['me.reviews']);
    // The limit of a response, and what lies in the sockets between: both ends are in this process.
    expect(sent).toBeLessThan(512 * mebibyte);
    expect(peak - before).toBeLessThan(512 * mebibyte);
  });

  test('is asked again when it is well, and the answer is right', async () => {
    host.interfere((_request, response) => {
      response.destroy();
      return true;
    });
    const query = '{ me { name reviews { id } } }';
    for (let round = 0; round < 30; round += 1) await runOperation(engine, { query });
    host.interfere(undefined);
    await vi.waitFor(
      async () => {
        const { data, errors } = await runOperation(engine, { query });
        expect(errors).toBeUndefined();
        expect(data).toEqual({ me: { name: 'Ada Brandt', reviews: [{ id: '1' }, { id: '2' }] } });
      },
      { timeout: 60_000, interval: 200 },
    );
  });

  test('is left when the client leaves', async () => {
    const client = new AbortController();
    let isLeft = false;
    host.interfere(({ subgraph }, response) => {
      if (subgraph !== 'reviews') return false;
      response.on('close', () => {
        isLeft = true;
      });
      client.abort(new Error('The client has left'));
      return true;
    });
    await runOperation(engine, { query: '{ me { name reviews { id } } }', signal: client.signal });
    await expect.poll(() => isLeft).toBe(true);
  });
});
