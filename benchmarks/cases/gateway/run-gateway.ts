import { isDeepStrictEqual } from 'node:util';

import { type Child, readCpuMs, readPeakMemoryMib } from '../../support/child.ts';
import { findPercentile, runLoad, sendOnce } from '../../support/load.ts';
import { type BenchmarkSubgraphs, startBenchmarkSubgraphs } from '../../support/subgraphs.ts';
import { benchmarkOperation } from './benchmark-graph.ts';
import { type Side, listSides } from './sides.ts';

/** An operation that every side runs. */
interface Scenario {
  readonly name: string;
  readonly body: (index: number) => string;
  /** Whether each answer of a subgraph has other bytes than the one before. */
  readonly varies?: boolean;
}

const variedOperation = `
  query Varied($id: ID!, $first: Int!) {
    user(id: $id) {
      id
      username
      name
      reviews { id body product { upc name price shippingEstimate inStock reviews { id author { username } } } }
    }
    topProducts(first: $first) { upc name inStock reviews { id author { id name } } }
  }
`;

const scenarios: readonly Scenario[] = [
  { name: 'the public benchmark', body: () => JSON.stringify({ query: benchmarkOperation }) },
  {
    name: 'the public benchmark, no two answers of a subgraph alike',
    body: () => JSON.stringify({ query: benchmarkOperation }),
    varies: true,
  },
  {
    name: 'other variables in every request',
    body: (index) =>
      JSON.stringify({
        query: variedOperation,
        variables: { id: `varied-${index}`, first: (index % 9) + 1 },
      }),
  },
];

interface Measurement {
  readonly cpuMs: number;
  readonly requestsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly subgraphRequests: number;
  readonly peakMib: number;
}

const users = 50;
const warmUpMs = 8000;
// The machine's speed changes within seconds, so the sides take turns: a slow moment falls on all of them.
const rounds = 5;
const roundMs = 1000;
// Connections to the subgraphs were idle for longer than they are kept while the others had their turn.
const roundWarmUpMs = 300;
const firstWarmUpIndex = 1_000_000;

const sum = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((total, count) => total + count, 0);

/** A side that runs, and what it has shown so far. */
interface Contestant {
  readonly side: Side;
  readonly child: Child;
  readonly url: string;
  /** One entry a round. */
  readonly cpuMs: number[];
  readonly requestsPerSecond: number[];
  readonly latenciesMs: number[];
  requests: number;
  subgraphRequests: number;
}

async function enter(side: Side, supergraphFile: string): Promise<Contestant> {
  const started = await side.start(supergraphFile);
  return {
    side,
    ...started,
    cpuMs: [],
    requestsPerSecond: [],
    latenciesMs: [],
    requests: 0,
    subgraphRequests: 0,
  };
}

async function runRound(
  contestant: Contestant,
  scenario: Scenario,
  round: number,
  subgraphs: BenchmarkSubgraphs,
): Promise<void> {
  const { side, child, url } = contestant;
  // No two rounds send the same variables, or a cache would answer the second from the first.
  const firstIndex = round * 100_000;
  await runLoad({
    url,
    users,
    durationMs: roundWarmUpMs,
    body: (index) => scenario.body(firstWarmUpIndex + firstIndex + index),
  });
  const before = { cpuMs: readCpuMs(child.pid), counts: await subgraphs.count() };
  const load = await runLoad({
    url,
    users,
    durationMs: roundMs,
    body: (index) => scenario.body(firstIndex + index),
  });
  if (load.failures > 0)
    throw new Error(`${side.name}: ${load.failures} of ${load.requests} requests failed`);
  contestant.cpuMs.push((readCpuMs(child.pid) - before.cpuMs) / load.requests);
  contestant.requestsPerSecond.push(load.requests / load.seconds);
  contestant.latenciesMs.push(...load.latenciesMs);
  contestant.requests += load.requests;
  contestant.subgraphRequests += sum(await subgraphs.count()) - sum(before.counts);
}

function summarise(contestant: Contestant): Measurement {
  return {
    cpuMs: findPercentile(contestant.cpuMs, 0.5),
    requestsPerSecond: findPercentile(contestant.requestsPerSecond, 0.5),
    p50Ms: findPercentile(contestant.latenciesMs, 0.5),
    p99Ms: findPercentile(contestant.latenciesMs, 0.99),
    subgraphRequests: contestant.subgraphRequests / contestant.requests,
    peakMib: readPeakMemoryMib(contestant.child.pid),
  };
}

/** Lets the sides, in processes of their own, take turns at one scenario. */
async function measureInTurns(
  sides: readonly Side[],
  scenario: Scenario,
  subgraphs: BenchmarkSubgraphs,
): Promise<ReadonlyMap<string, Measurement>> {
  const contestants: Contestant[] = [];
  try {
    for (const side of sides) contestants.push(await enter(side, subgraphs.supergraphFile));
    for (const { url } of contestants)
      await runLoad({
        url,
        users,
        durationMs: warmUpMs,
        body: (index) => scenario.body(firstWarmUpIndex + index),
      });
    for (let round = 0; round < rounds; round++)
      for (const contestant of round % 2 === 0 ? contestants : contestants.toReversed())
        await runRound(contestant, scenario, round, subgraphs);
    return new Map(contestants.map((contestant) => [contestant.side.name, summarise(contestant)]));
  } finally {
    for (const { child } of contestants) await child.stop();
  }
}

/** Holds every side to the same answers, also in the order of keys. */
async function compareAnswers(sides: readonly Side[], subgraphs: BenchmarkSubgraphs): Promise<void> {
  const answers = new Map<string, unknown[]>();
  for (const side of sides) {
    const { child, url } = await side.start(subgraphs.supergraphFile);
    try {
      const bodies = scenarios.flatMap((scenario) => [0, 1, 2].map((index) => scenario.body(index)));
      const found: unknown[] = [];
      for (const body of bodies) found.push(await sendOnce(url, body));
      answers.set(side.name, found);
    } finally {
      await child.stop();
    }
  }
  const [first, ...others] = [...answers];
  if (!first) throw new Error('There is no side to compare');
  const bytes = Buffer.byteLength(JSON.stringify(first[1][0]));
  for (const [name, found] of others) {
    const place = found.findIndex((answer, index) => !isDeepStrictEqual(answer, first[1][index]));
    if (place >= 0) {
      const text = (answer: unknown): string => JSON.stringify(answer).slice(0, 500);
      throw new Error(
        `Answer ${place} of ${name} is another than that of ${first[0]}:\n${text(found[place])}\n${text(first[1][place])}`,
      );
    }
  }
  console.log(
    `All ${answers.size} sides give the same answers; that of the public benchmark has ${bytes} bytes.`,
  );
}

function printTable(scenario: Scenario, rows: ReadonlyMap<string, Measurement>): void {
  console.log(`\n${scenario.name}: ${users} users, one core for the gateway, medians of ${rounds} rounds\n`);
  console.log('| side | CPU ms/request | requests/s | p50 ms | p99 ms | subgraph requests | peak MiB |');
  console.log('| --- | ---: | ---: | ---: | ---: | ---: | ---: |');
  for (const [name, row] of rows) {
    const cells = [
      row.cpuMs.toFixed(2),
      row.requestsPerSecond.toFixed(0),
      row.p50Ms.toFixed(1),
      row.p99Ms.toFixed(1),
      row.subgraphRequests.toFixed(2),
      row.peakMib.toFixed(0),
    ];
    console.log(`| ${name} | ${cells.join(' | ')} |`);
  }
  const own = rows.get('freehold');
  if (!own) return;
  for (const [name, row] of rows) {
    if (!name.startsWith('freehold'))
      console.log(`${name}: ${(row.cpuMs / own.cpuMs).toFixed(1)} times freehold's CPU`);
  }
}

/** `npm run bench -- gateway [side...]`: compares the gateways, all or those whose names contain one of the words. */
export async function runGatewayBenchmark(words: readonly string[]): Promise<void> {
  const all = listSides();
  const sides = all.filter(({ name }) => words.length === 0 || words.some((word) => name.includes(word)));
  const subgraphs = await startBenchmarkSubgraphs();
  try {
    await compareAnswers(sides, subgraphs);
    for (const scenario of scenarios) {
      await subgraphs.vary(scenario.varies === true);
      printTable(scenario, await measureInTurns(sides, scenario, subgraphs));
    }
  } finally {
    await subgraphs.close();
  }
}
