import type { FaultCell } from './fault-cells.ts';
import type { LoadResult } from './load.ts';
import { sideBySide, type AnswerData } from './operations.ts';

/** How soon everything must happen, in milliseconds. */
export interface Bounds {
  /** From the return of the part until all is well. */
  readonly recoveryMaxMs: number;
  /** How much longer than its deadline a request may take to be answered. */
  readonly graceMs: number;
  /** How long after the end of a cell `/ready` may say that something is unavailable. */
  readonly readyMaxMs: number;
  /** How much longer than `faultMs` a fault goes on, at most, until it has shown what it is to show. */
  readonly noticeMaxMs: number;
  /** Whether a service that is not disturbed may be so slow at times that `/ready` names it. */
  readonly mayOthersBeSlow: boolean;
}

/** What the shop keeps on a machine of its own. */
export const strictBounds: Bounds = {
  recoveryMaxMs: 2000,
  graceMs: 400,
  readyMaxMs: 3000,
  noticeMaxMs: 0,
  mayOthersBeSlow: false,
};

/** What no client may read: addresses, drivers, statements, stacks. */
const insides =
  /127\.0\.0\.1|localhost|ECONN|EPIPE|node_modules|\.[tj]s:\d|\/srv\/|prisma|mongo|postgres|SELECT /i;

export interface JudgedWith {
  /** The data of the operation side by side when all is well. */
  readonly expected: AnswerData;
  readonly beganAt: number;
  readonly returnedAt: number;
  /** The gateway's deadline for a request, in milliseconds. */
  readonly requestTimeoutMs: number;
  readonly bounds: Bounds;
}

/** What is wrong with the answers that clients got while one part was disturbed; each kind of problem once. */
export function judgeResults(
  cell: FaultCell,
  results: readonly LoadResult[],
  { expected, beganAt, returnedAt, requestTimeoutMs, bounds }: JudgedWith,
): string[] {
  const problems = new Map<string, number>();
  const report = (problem: string): void => void problems.set(problem, (problems.get(problem) ?? 0) + 1);
  for (const result of results) {
    const { operation, errors, status, waitedMs, startedAt, kind } = result;
    if (status !== 200) report(`${operation.name} was answered with status ${status}: ${errors[0]?.message}`);
    if (waitedMs > requestTimeoutMs + bounds.graceMs)
      report(`${operation.name} waited longer than its deadline`);
    if (kind !== 'full' && startedAt + waitedMs < beganAt) report('not all was well before the fault');
    for (const { message, extensions } of errors) {
      if (extensions?.service !== cell.service)
        report(`an error names ${extensions?.service ?? 'no service'}: ${extensions?.code} ${message}`);
      if (insides.test(message)) report(`an error shows insides: ${message}`);
    }
    if (operation === sideBySide) judgeFields(cell, result, expected, report);
    const { writes } = operation;
    if (writes !== undefined && writes.service !== cell.service && kind !== 'full')
      report(`${operation.name} failed, and ${cell.service} has no part in it`);
  }
  for (const missing of listUnshown(cell, results, beganAt, returnedAt)) report(missing);
  return [...problems].map(([problem, times]) => (times === 1 ? problem : `${problem} (${times} times)`));
}

/** What the answers between two moments should have shown of the fault, and have not. */
export function listUnshown(
  cell: FaultCell,
  results: readonly LoadResult[],
  beganAt: number,
  returnedAt: number,
): string[] {
  const failed = results.some(({ kind }) => kind !== 'full');
  return [
    ...(!failed && isNoticed(cell) ? ['the fault was not noticed: every answer is full'] : []),
    ...(isBreakerExpected(cell) && !hasOpened(results, beganAt, returnedAt)
      ? ['the breaker did not open']
      : []),
  ];
}

/** Fields of other services are as always; the field of the disturbed one is so too, or is null with an error. */
function judgeFields(
  { service }: FaultCell,
  { data, errors }: LoadResult,
  expected: AnswerData,
  report: (problem: string) => void,
): void {
  for (const field of Object.keys(expected)) {
    const isSame = JSON.stringify(data?.[field]) === JSON.stringify(expected[field]);
    if (isSame) continue;
    if (field !== service)
      report(`the field of ${field} is missing or wrong: ${JSON.stringify(data?.[field])}`);
    else if (data?.[field] !== null) report(`${field} is wrong: ${JSON.stringify(data?.[field])}`);
    else if (!errors.some(({ path }) => path?.[0] === field)) report(`${field} is null without an error`);
  }
}

/**
 * Whether somebody must have noticed the fault. A slow part answers; a database that was killed is opened again so soon
 * that its service may just wait for it.
 */
export function isNoticed({ part, kind }: FaultCell): boolean {
  return kind !== 'slow' && !(part === 'database' && kind === 'kill');
}

function isBreakerExpected({ part, kind }: FaultCell): boolean {
  return part === 'service' && (kind === 'stall' || kind === 'refuse');
}

function hasOpened(results: readonly LoadResult[], beganAt: number, returnedAt: number): boolean {
  return results.some(
    ({ startedAt, errors }) =>
      startedAt > beganAt &&
      startedAt < returnedAt &&
      errors.some(({ extensions }) => extensions?.code === 'SUBGRAPH_CIRCUIT_OPEN'),
  );
}
