import type { TracedStatement } from './trace-report.ts';

/** What a service told of its statements in the `extensions.freehold` of its answer, times as on its own clock. */
export interface ServiceStatements {
  readonly statements: readonly TracedStatement[];
  /** How many it sent, with those that are not in the list because there were too many. */
  readonly count: number;
  /** How long the service took for the request; undefined when it does not say. */
  readonly requestMs: number | undefined;
}

/** How many statements of one fetch are shown. */
const statementsMax = 1000;

/** Reads the statements out of a subgraph's extensions; undefined when there are none or their shape is another. */
export function readStatements(extensions: unknown): ServiceStatements | undefined {
  const told = readField(extensions, 'freehold');
  const list = readField(told, 'statements');
  if (!Array.isArray(list)) return undefined;
  const requestMs = readField(told, 'requestMs');
  return {
    count: Math.max(list.length, readNumber(told, 'statementCount', 0)),
    statements: list.slice(0, statementsMax).map(readStatement),
    requestMs: typeof requestMs === 'number' ? requestMs : undefined,
  };
}

function readStatement(entry: unknown): TracedStatement {
  const rows = readField(entry, 'rows');
  return {
    cause: readText(entry, 'cause'),
    text: readText(entry, 'text'),
    batchSize: readNumber(entry, 'batchSize', 1),
    rows: typeof rows === 'number' ? rows : null,
    startMs: readNumber(entry, 'startMs', 0),
    waitMs: readNumber(entry, 'waitMs', 0),
    durationMs: readNumber(entry, 'durationMs', 0),
  };
}

function readField(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined;
}

function readText(value: unknown, key: string): string {
  const text = readField(value, key);
  return typeof text === 'string' ? text : '';
}

function readNumber(value: unknown, key: string, otherwise: number): number {
  const number = readField(value, key);
  return typeof number === 'number' && Number.isFinite(number) ? number : otherwise;
}
