import type { CellResult } from './run-cell.ts';

const columns: readonly [head: string, read: (result: CellResult) => string][] = [
  ['fault', ({ name }) => name],
  ['requests', ({ requests }) => String(requests)],
  ['full', ({ full }) => String(full)],
  ['partial', ({ partial }) => String(partial)],
  ['errors', ({ errors }) => String(errors)],
  ['spared', ({ spared }) => String(spared)],
  ['longest wait', ({ longestMs }) => `${(longestMs / 1000).toFixed(2)} s`],
  ['writes', ({ acknowledged }) => String(acknowledged)],
  ['lost', ({ lost }) => String(lost)],
  ['recovery', ({ recoveryMs }) => `${(recoveryMs / 1000).toFixed(2)} s`],
];

const widths = [34, 8, 6, 7, 6, 6, 12, 6, 4, 8];

/** The head of the table. */
export function printHead(): string {
  return printRow(columns.map(([head]) => head));
}

/** A cell's row, and below it what was wrong. */
export function printResult(result: CellResult): string {
  return [
    printRow(columns.map(([, read]) => read(result))),
    ...result.problems.map((problem) => `    WRONG  ${problem}`),
  ].join('\n');
}

function printRow(texts: readonly string[]): string {
  return texts
    .map((text, column) => (column === 0 ? text.padEnd(widths[0] ?? 0) : text.padStart(widths[column] ?? 0)))
    .join('  ');
}
