import { setTimeout as delay } from 'node:timers/promises';

import { beginFault, nameCell, type FaultCell } from './fault-cells.ts';
import { startLoad, type LoadClient, type LoadResult } from './load.ts';
import { makeFinding, sideBySide, type LoadOperation } from './operations.ts';
import { type Bounds, judgeResults, listUnshown, strictBounds } from './judge-results.ts';
import type { ShopUnderFault } from './shop-under-fault.ts';
import { watchReadiness } from './watch-readiness.ts';

/** What a cell of the matrix came to. */
export interface CellResult {
  readonly name: string;
  readonly requests: number;
  readonly full: number;
  readonly partial: number;
  readonly errors: number;
  readonly longestMs: number;
  /** Requests that the open breaker spared the service. */
  readonly spared: number;
  readonly acknowledged: number;
  readonly lost: number;
  /** From the return of the part to the last request that was not answered in full. */
  readonly recoveryMs: number;
  /** What is not as it should be; empty for a clean cell. */
  readonly problems: readonly string[];
}

/** How long each part of a cell takes, in milliseconds. */
export interface CellTimes {
  readonly beforeMs: number;
  readonly faultMs: number;
  readonly afterMs: number;
  readonly perSecond: number;
}

const askAgainMs = 30_000;
/** So many answers in full after each other say that all is well. */
const fullInARow = 20;

export const cellTimes: CellTimes = { beforeMs: 400, faultMs: 2500, afterMs: 2500, perSecond: 40 };

/** Runs the load on an undisturbed shop until everything is compiled and connected. */
export async function warmUp(client: LoadClient): Promise<void> {
  const load = startLoad(client, `warm-${Date.now().toString(36)}`, 20);
  await delay(4000);
  await load.stop();
}

/** Disturbs one part of the shop under load, lets it come back, and looks at what the clients were told. */
export async function runCell(
  shop: ShopUnderFault,
  client: LoadClient,
  cell: FaultCell,
  times: CellTimes = cellTimes,
  bounds: Bounds = strictBounds,
): Promise<CellResult> {
  const expected = await askUntilFull(client, sideBySide);
  const pids = readPids(shop);
  const load = startLoad(client, Date.now().toString(36), times.perSecond);
  await delay(times.beforeMs);
  const readiness = watchReadiness(shop.url, bounds);
  const beganAt = performance.now();
  const fault = await beginFault(shop, cell);
  // A stalled part is noticed by requests that wait in vain, and then by those that need not wait any more.
  await delay(times.faultMs + (cell.kind === 'stall' ? shop.deadlines.subgraphTimeoutMs : 0));
  const { results } = load;
  await waitUntil(
    () => listUnshown(cell, results, beganAt, performance.now()).length === 0 && readiness.hasNamed(cell),
    bounds.noticeMaxMs,
  );
  await fault.end();
  const returnedAt = performance.now();
  await delay(times.afterMs);
  await waitUntil(() => isWellSince(results, returnedAt), bounds.recoveryMaxMs);
  await load.stop();
  const { recoveryMs, last } = measureRecovery(results, returnedAt);
  const { acknowledged, lost } = await findLostWrites(client, results);
  const problems = [
    ...(expected.kind === 'full' ? [] : ['the shop did not answer in full before the fault']),
    ...judgeResults(cell, results, {
      expected: expected.data,
      beganAt,
      returnedAt,
      requestTimeoutMs: shop.deadlines.requestTimeoutMs,
      bounds,
    }),
    ...(await readiness.judge(cell)),
    ...listRestarts(cell, pids, readPids(shop)),
    ...(lost > 0 ? [`${lost} acknowledged writes are lost`] : []),
    ...(recoveryMs < bounds.recoveryMaxMs
      ? []
      : [`not well until ${Math.round(recoveryMs)} ms after the return; last: ${describeErrors(last)}`]),
  ];
  const count = (kind: LoadResult['kind']): number => results.filter((one) => one.kind === kind).length;
  return {
    name: nameCell(cell),
    requests: results.length,
    full: count('full'),
    partial: count('partial'),
    errors: count('error'),
    longestMs: Math.max(...results.map(({ waitedMs }) => waitedMs)),
    spared: results.filter(({ errors }) =>
      errors.some(({ extensions }) => extensions?.code === 'SUBGRAPH_CIRCUIT_OPEN'),
    ).length,
    acknowledged,
    lost,
    recoveryMs,
    problems,
  };
}

/** Looks again and again, at most for so long. */
async function waitUntil(isSo: () => boolean, maxMs: number): Promise<void> {
  const until = performance.now() + maxMs;
  while (performance.now() < until && !isSo()) await delay(50);
}

function isWellSince(results: readonly LoadResult[], returnedAt: number): boolean {
  const last = results.slice(-fullInARow);
  return (
    last.length === fullInARow &&
    last.every(({ kind, startedAt }) => kind === 'full' && startedAt >= returnedAt)
  );
}

/** Asks again while the answer is not full, for a while: whether something is there can be told by full answers alone. */
async function askUntilFull(client: LoadClient, operation: LoadOperation): Promise<LoadResult> {
  const until = performance.now() + askAgainMs;
  for (;;) {
    const result = await client.ask(operation);
    if (result.kind === 'full' || performance.now() > until) return result;
    await delay(100);
  }
}

function measureRecovery(
  results: readonly LoadResult[],
  returnedAt: number,
): { readonly recoveryMs: number; readonly last: LoadResult | undefined } {
  const late = results
    .filter(({ kind, startedAt }) => kind !== 'full' && startedAt >= returnedAt)
    .sort((one, other) => one.startedAt - other.startedAt);
  const last = late.at(-1);
  return { recoveryMs: last === undefined ? 0 : last.startedAt - returnedAt, last };
}

function describeErrors(result: LoadResult | undefined): string {
  return (result?.errors ?? []).map(({ message, extensions }) => `${extensions?.code} ${message}`).join('; ');
}

/** Asks for everything that the shop said it had written. */
async function findLostWrites(
  client: LoadClient,
  results: readonly LoadResult[],
): Promise<{ readonly acknowledged: number; readonly lost: number }> {
  const written = results.flatMap(({ operation: { writes }, data }) => {
    const id = writes?.readKey(data);
    return writes === undefined || id === undefined || id === null ? [] : [{ service: writes.service, id }];
  });
  const found = await Promise.all(
    written.map(
      async ({ service, id }) => (await client.ask(makeFinding(service, id))).data?.found?.id === id,
    ),
  );
  return { acknowledged: written.length, lost: found.filter((isThere) => !isThere).length };
}

function readPids(shop: ShopUnderFault): ReadonlyMap<string, number> {
  return new Map([
    ['the gateway', shop.gatewayPid()],
    ...shop.services.map((service) => [service.name, service.readPid()] as const),
  ]);
}

/** A part that was not killed must not have ended. */
function listRestarts(
  cell: FaultCell,
  before: ReadonlyMap<string, number>,
  after: ReadonlyMap<string, number>,
): string[] {
  return [...before].flatMap(([name, pid]) =>
    pid === after.get(name) || (cell.kind === 'kill' && cell.part === 'service' && name === cell.service)
      ? []
      : [`the process of ${name} has ended`],
  );
}
