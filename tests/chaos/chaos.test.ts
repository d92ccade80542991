import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';

import type { Engine } from '../../gateway/engine.ts';
import type { DifferentialGraph } from '../differential/differential-graph.ts';
import { generateOperation } from '../differential/generate-operation.ts';
import { differentialGraphs } from '../differential/graphs/all-graphs.ts';
import { Random } from '../differential/random.ts';
import { listShapeProblems } from '../support/check-answer-shape.ts';
import { stripAuthorization } from '../../gateway/supergraph/strip-authorization.ts';
import { composeSubgraphs } from '../support/compose-subgraphs.ts';
import {
  type ClientAnswer,
  type ClientOperation,
  createEngineUnderTest,
  runOperation,
} from '../support/engines-under-test.ts';
import { type SubgraphHost, startSubgraphHost } from '../support/subgraph-host.ts';
import { createChaos, createLies } from './misbehave.ts';

/** The deadline of a request, and how long after it an engine may take to say so. */
const deadlineMs = 300;
const graceMs = 60_000;

/** Runs an operation with a deadline; an engine that does not answer in time after it hangs. */
async function runWithDeadline(engine: Engine, operation: ClientOperation): Promise<ClientAnswer> {
  let timer: NodeJS.Timeout | undefined;
  const hang = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`The engine hangs on ${operation.query}`));
    }, deadlineMs + graceMs);
  });
  try {
    const signal = AbortSignal.timeout(deadlineMs);
    return await Promise.race([runOperation(engine, { ...operation, signal }), hang]);
  } finally {
    clearTimeout(timer);
  }
}

async function start(graph: DifferentialGraph): Promise<{ host: SubgraphHost; engine: Engine }> {
  const supergraphSdl = stripAuthorization(composeSubgraphs(graph.sdlByName));
  const host = await startSubgraphHost(graph.sdlByName);
  host.load(graph.data);
  const engine = await createEngineUnderTest('compiled', { supergraphSdl, subgraphUrls: host.urls });
  return { host, engine };
}

const internals = /secret|node_modules|\.ts:|\.js:|127\.0\.0\.1/;

for (const graph of differentialGraphs) {
  describe(`the ${graph.name} graph with subgraphs that go wrong`, () => {
    let host: SubgraphHost;
    let engine: Engine;
    const rejections: unknown[] = [];
    const noteRejection = (reason: unknown): void => {
      rejections.push(reason);
    };

    beforeAll(async () => {
      process.on('unhandledRejection', noteRejection);
      ({ host, engine } = await start(graph));
    });
    afterEach(() => {
      host.interfere(undefined);
      host.clear();
    });
    afterAll(async () => {
      process.off('unhandledRejection', noteRejection);
      await engine?.close();
      await host?.close();
    });

    async function listProblems(operation: ClientOperation): Promise<string[]> {
      const answer = await runWithDeadline(engine, operation);
      const problems = listShapeProblems(engine.apiSchema, operation, answer);
      const messages = JSON.stringify(answer.errors ?? []);
      if (internals.test(messages)) problems.push(`an error shows internals: ${messages}`);
      return problems;
    }

    test('answers in time and in the shape of the operation when they fail, stall, cut and lie', async () => {
      const random = new Random(7);
      host.interfere(createChaos(random, 0.3));
      const problems: string[] = [];
      for (let round = 0; round < 6; round += 1) {
        const operations = Array.from({ length: 8 }, (_item, index) =>
          generateOperation(engine.apiSchema, graph, 5000 + round * 8 + index),
        );
        const found = await Promise.all(operations.map(listProblems));
        found.forEach((list, index) => {
          if (list.length > 0) problems.push(`${operations[index]?.query}\n${list.slice(0, 3).join('\n')}`);
        });
      }
      expect(problems).toEqual([]);
      expect(rejections).toEqual([]);
    });

    test('never passes on what cannot be, however they lie', async () => {
      const random = new Random(11);
      host.interfere(createLies(random, 0.8));
      const problems: string[] = [];
      for (let seed = 6000; seed < 6060; seed += 1) {
        const operation = generateOperation(engine.apiSchema, graph, seed);
        const list = await listProblems(operation);
        if (list.length > 0)
          problems.push(`seed ${seed}\n${operation.query}\n${list.slice(0, 3).join('\n')}`);
      }
      expect(problems).toEqual([]);
      expect(rejections).toEqual([]);
      expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
    });
  });
}
