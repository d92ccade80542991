import { isDeepStrictEqual } from 'node:util';

import { readCpuMs, readPeakMemoryMib } from '../../support/child.ts';
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
const warmUpMs = 3500;
const measureMs = 4000;

const sum = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((total, count) => total + count, 0);

async function measure(side: Side, scenario: Scenario, subgraphs: BenchmarkSubgraphs): Promise<Measurement> {
  const { child, url } = await side.start(subgraphs.supergraphFile);
  try {
    // The variables of warm-up and measurement are other ones, or a cache would answer the second from the first.
    await runLoad({ url, users, durationMs: warmUpMs, body: (index) => scenario.body(index + 1_000_000) });
    const before = { cpuMs: readCpuMs(child.pid), counts: await subgraphs.count() };
    const load = await runLoad({ url, users, durationMs: measureMs, body: scenario.body });
    const cpuMs = readCpuMs(child.pid) - before.cpuMs;
    if (load.failures > 0)
      throw new Error(`${side.name}: ${load.failures} of ${load.requests} requests failed`);
    return {
      cpuMs: cpuMs / load.requests,
      requestsPerSecond: load.requests / load.seconds,
      p50Ms: findPercentile(load.latenciesMs, 0.5),
      p99Ms: findPercentile(load.latenciesMs, 0.99),
      subgraphRequests: (sum(await subgraphs.count()) - sum(before.counts)) / load.requests,
      peakMib: readPeakMemoryMib(child.pid),
    };
  } finally {
    await child.stop();
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
  console.log(`\n${scenario.name}: ${users} users, one core for the gateway\n`);
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
      const rows = new Map<string, Measurement>();
      for (const side of sides) rows.set(side.name, await measure(side, scenario, subgraphs));
      printTable(scenario, rows);
    }
  } finally {
    await subgraphs.close();
  }
}
