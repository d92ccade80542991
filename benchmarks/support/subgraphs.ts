import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { composeServices } from '@apollo/composition';
import { parse } from 'graphql';

import { benchmarkSdlByName } from '../cases/gateway/benchmark-graph.ts';
import type { SubgraphMessage, SubgraphQuestion } from '../cases/gateway/subgraph-server.ts';
import { startNode } from './child.ts';

/** The benchmark's subgraphs, running in a process of their own on core 0. */
export interface BenchmarkSubgraphs {
  /** A file with the supergraph that names their URLs. */
  readonly supergraphFile: string;
  readonly supergraphSdl: string;
  /** Requests since the start, by subgraph. */
  count(): Promise<Readonly<Record<string, number>>>;
  /** From now on each answer has other bytes than the one before (its data stay the same), or no longer. */
  vary(isVarying: boolean): Promise<void>;
  close(): Promise<void>;
}

function composeSupergraph(urls: Readonly<Record<string, string>>): string {
  const result = composeServices(
    Object.entries(benchmarkSdlByName).map(([name, sdl]) => ({
      name,
      typeDefs: parse(sdl),
      url: urls[name] ?? '',
    })),
  );
  if (result.errors) throw new Error(result.errors.map(String).join('\n'));
  return result.supergraphSdl;
}

/** Starts them; `mark` is written behind the names of all users. */
export async function startBenchmarkSubgraphs({ mark = '' } = {}): Promise<BenchmarkSubgraphs> {
  const child = startNode(
    0,
    ['scripts/run-typescript.mjs', '--built', 'benchmarks/cases/gateway/subgraph-server.ts'],
    { MARK: mark },
  );
  const receive = async <Kind extends SubgraphMessage['kind']>(
    kind: Kind,
  ): Promise<Extract<SubgraphMessage, { kind: Kind }>> =>
    new Promise((resolve, reject) => {
      const end = (): void => {
        reject(new Error(`The subgraphs ended:\n${child.output()}`));
      };
      child.process.once('exit', end);
      child.process.once('message', (message: SubgraphMessage) => {
        child.process.off('exit', end);
        if (message.kind === kind) resolve(message as Extract<SubgraphMessage, { kind: Kind }>);
        else reject(new Error(`Expected "${kind}" from the subgraphs, found "${message.kind}"`));
      });
    });
  const ask = async (question: SubgraphQuestion): Promise<Readonly<Record<string, number>>> => {
    const message = receive('counts');
    child.process.send(question);
    return (await message).counts;
  };
  const { urls } = await receive('ready');
  const folder = await mkdtemp(path.join(tmpdir(), 'freehold-benchmark-'));
  const supergraphFile = path.join(folder, 'supergraph.graphql');
  const supergraphSdl = composeSupergraph(urls);
  await writeFile(supergraphFile, supergraphSdl);
  return {
    supergraphFile,
    supergraphSdl,
    count: () => ask('count'),
    vary: async (isVarying) => {
      await ask(isVarying ? 'vary' : 'repeat');
    },
    close: async () => {
      await child.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
