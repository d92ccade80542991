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
const warmUpMs = 1200;
const rampMs = 600;
const measureMs = 3500;
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
export async function measureLoad(
  side: RunningSide,
  operation: ShopOperation,
  length: number,
  shop: BenchmarkShop,
): Promise<Omit<Measurement, 'statements'>> {
  const body = (index: number): string => bodyOf(operation, length, index);
  await runLoad({
    url: side.url,
    headers: side.headers,
    users,
    durationMs: rampMs,
    body: (index) => body(index + 10_000),
  });
  const readCpu = () => ({
    side: readTreeCpu(side.pids).otherMs,
    // The databases of the services are below freehold's process, the shared one below this.
    databases: readTreeCpu([shop.freehold.pid, process.pid]).databaseMs,
  });
  const before = readCpu();
  const load = await runLoad({ url: side.url, headers: side.headers, users, durationMs: measureMs, body });
  const after = readCpu();
  if (load.failures > 0)
    throw new Error(`${operation.name}: ${load.failures} of ${load.requests} requests failed`);
  return {
    requestsPerSecond: load.requests / load.seconds,
    cpuMs: (after.side - before.side) / load.requests,
    databaseCpuMs: (after.databases - before.databases) / load.requests,
    p50Ms: findPercentile(load.latenciesMs, 0.5),
    p99Ms: findPercentile(load.latenciesMs, 0.99),
  };
}
