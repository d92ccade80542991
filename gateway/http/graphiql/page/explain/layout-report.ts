import { describeFetch, describeSkipped } from '../../../../telemetry/describe-fetch.ts';
import type { TracedFetch, TracedStatement, TraceReport } from '../../../../telemetry/trace-report.ts';

/** A stretch of the time axis, in percent of its length. */
export interface Stretch {
  readonly left: number;
  readonly width: number;
}

export interface StatementBar extends Stretch {
  readonly key: string;
  readonly statement: TracedStatement;
  /** Statements that ran side by side stand in different lanes. */
  readonly lane: number;
}

export interface FetchRow {
  readonly key: string;
  readonly fetch: TracedFetch;
  /** What it serves, as short as it stays clear. */
  readonly label: string;
  /** Position of its service among the services, for its colour. */
  readonly service: number;
  readonly wait: Stretch;
  readonly work: Stretch;
  readonly statements: readonly StatementBar[];
  readonly lanes: number;
}

/** A fetch of the plan that has no bar, because it was not sent. */
export interface SkippedRow {
  readonly id: number;
  readonly name: string;
  readonly label: string;
  readonly service: number;
  readonly reason: string;
}

/** A trace laid out on one time axis. */
export interface Waterfall {
  readonly ticks: readonly { readonly label: string; readonly left: number }[];
  readonly plan: Stretch;
  readonly rows: readonly FetchRow[];
  readonly skipped: readonly SkippedRow[];
}

const ticksMax = 5;

/** Lays a trace out on a time axis from the operation's arrival to its answer. */
export function layoutReport({ plan, fetches, totals }: TraceReport): Waterfall {
  const endMs = Math.max(
    totals.durationMs,
    ...fetches.map(({ startMs, waitMs, workMs }) => startMs + waitMs + workMs),
    0.001,
  );
  const place = (startMs: number, durationMs: number): Stretch => {
    const left = clamp((startMs / endMs) * 100);
    return { left, width: Math.min(100 - left, clamp((durationMs / endMs) * 100)) };
  };
  const services = [...new Set([...fetches, ...plan.skipped].map(({ service }) => service))].sort();
  return {
    ticks: listTicks(endMs),
    plan: place(0, plan.durationMs),
    rows: fetches.map((fetch) => {
      const statements = layoutStatements(fetch, place);
      return {
        key: String(fetch.id),
        fetch,
        label: describeFetch(fetch),
        service: services.indexOf(fetch.service),
        wait: place(fetch.startMs, fetch.waitMs),
        work: place(fetch.startMs + fetch.waitMs, fetch.workMs),
        statements,
        lanes: Math.max(1, ...statements.map(({ lane }) => lane + 1)),
      };
    }),
    skipped: plan.skipped.map((fetch) => ({
      id: fetch.id,
      name: fetch.service,
      label: describeFetch(fetch),
      service: services.indexOf(fetch.service),
      reason: describeSkipped(fetch),
    })),
  };
}

function layoutStatements(
  { id, statements }: TracedFetch,
  place: (startMs: number, durationMs: number) => Stretch,
): readonly StatementBar[] {
  const ends: number[] = [];
  return (statements ?? [])
    .map((statement, index) => ({ statement, key: `${id}.${index}` }))
    .sort((left, right) => left.statement.startMs - right.statement.startMs)
    .map(({ statement, key }) => {
      const { startMs, durationMs } = statement;
      const free = ends.findIndex((end) => end <= startMs);
      const lane = free < 0 ? ends.length : free;
      ends[lane] = startMs + durationMs;
      return { key, statement, lane, ...place(startMs, durationMs) };
    });
}

/** Round times, at most five beside the zero. */
function listTicks(endMs: number): Waterfall['ticks'] {
  const raw = endMs / ticksMax;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= raw) ?? raw;
  const count = Math.floor(endMs / step);
  return Array.from({ length: count + 1 }, (_, index) => {
    const ms = index * step;
    return { label: `${Number(ms.toPrecision(6))}`, left: (ms / endMs) * 100 };
  });
}

function clamp(percent: number): number {
  return Math.min(100, Math.max(0, percent));
}
