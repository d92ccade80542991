import { findPercentile, runLoad, sendOnce } from '../../support/load.ts';
import { readTreeCpu } from '../../support/process-cpu.ts';
import type { BenchmarkShop } from './databases/start-shop.ts';
import type { StatementCounter } from './databases/count-statements.ts';
import type { ShopOperation } from './operations.ts';
import type { RunningSide } from './sides/list-sides.ts';

/** What one operation at one list length costs on one side; per request where not told otherwise. */
export interface Measurement {
  readonly statements: number;
  readonly requestsPerSecond: number;
  /** Gateway and services. */
  readonly cpuMs: number;
  readonly databaseCpuMs: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

const users = 8;
const warmUpMs = 6000;
// The machine's speed changes within seconds, so the sides take turns: a slow moment falls on all of them.
const rounds = 3;
const rampMs = 300;
const roundMs = 1300;
const countedRequests = 3;

/** The body of a request. */
export function bodyOf({ query, variables }: ShopOperation, length: number, index: number): string {
  return JSON.stringify({ query, variables: variables(index, length) });
}

/** How many statements a request needs, by what the databases counted. */
export async function countStatements(
  side: RunningSide,
  operation: ShopOperation,
  length: number,
  counters: readonly StatementCounter[],
): Promise<number> {
  const countAll = async (): Promise<number> =>
    (await Promise.all(counters.map((counter) => counter.count()))).reduce((sum, count) => sum + count, 0);
  const before = await countAll();
  for (let index = 0; index < countedRequests; index += 1)
    await sendOnce(side.url, bodyOf(operation, length, index), side.headers);
  return ((await countAll()) - before) / countedRequests;
}

/** Runs an operation without measuring, so that a side's code is compiled before any of its numbers is taken. */
export async function warmUp(side: RunningSide, operation: ShopOperation, length: number): Promise<void> {
  const body = (index: number): string => bodyOf(operation, length, index + 20_000);
  await runLoad({ url: side.url, headers: side.headers, users, durationMs: warmUpMs, body });
}

/** What a side does under load, without its statements. */
export type LoadMeasurement = Omit<Measurement, 'statements'>;

interface Round {
  readonly requestsPerSecond: number;
  readonly cpuMs: number;
  readonly databaseCpuMs: number;
  readonly latenciesMs: readonly number[];
}

/** Lets the sides take turns at one operation; answers the medians of the rounds, by side. */
export async function measureInTurns(
  sides: ReadonlyMap<string, RunningSide>,
  operation: ShopOperation,
  length: number,
  shop: BenchmarkShop,
): Promise<ReadonlyMap<string, LoadMeasurement>> {
  const roundsOf = new Map<string, Round[]>([...sides.keys()].map((name) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    const order = round % 2 === 0 ? [...sides] : [...sides].toReversed();
    for (const [name, side] of order)
      roundsOf.get(name)?.push(await runRound(side, operation, length, round, shop));
  }
  return new Map([...roundsOf].map(([name, measured]) => [name, summarise(measured)]));
}

async function runRound(
  side: RunningSide,
  operation: ShopOperation,
  length: number,
  round: number,
  shop: BenchmarkShop,
): Promise<Round> {
  const run = (durationMs: number, firstIndex: number) =>
    runLoad({
      url: side.url,
      headers: side.headers,
      users,
      durationMs,
      body: (index) => bodyOf(operation, length, firstIndex + index),
    });
  const readCpu = () => ({
    side: readTreeCpu(side.pids).otherMs,
    // The databases of the services are below freehold's process, the shared one below this.
    databases: readTreeCpu([shop.freehold.pid, process.pid]).databaseMs,
  });
  await run(rampMs, 10_000);
  const before = readCpu();
  // Each round asks for others: a row that was read a moment ago is in the caches of some sides only.
  const load = await run(roundMs, round * 331);
  const after = readCpu();
  if (load.failures > 0)
    throw new Error(`${operation.name}: ${load.failures} of ${load.requests} requests failed`);
  return {
    requestsPerSecond: load.requests / load.seconds,
    cpuMs: (after.side - before.side) / load.requests,
    databaseCpuMs: (after.databases - before.databases) / load.requests,
    latenciesMs: load.latenciesMs,
  };
}

function summarise(measured: readonly Round[]): LoadMeasurement {
  const latenciesMs = measured.flatMap((round) => round.latenciesMs);
  const median = (read: (round: Round) => number): number => findPercentile(measured.map(read), 0.5);
  return {
    requestsPerSecond: median((round) => round.requestsPerSecond),
    cpuMs: median((round) => round.cpuMs),
    databaseCpuMs: median((round) => round.databaseCpuMs),
    p50Ms: findPercentile(latenciesMs, 0.5),
    p99Ms: findPercentile(latenciesMs, 0.99),
  };
}
