import type { Measurement } from './measure.ts';
import type { ShopOperation } from './operations.ts';

/** The measurements of an operation, by side and list length. */
export type OperationResult = ReadonlyMap<string, ReadonlyMap<number, Measurement>>;

/** Prints what was measured of one operation, a table for each list length, and how it grows with the length. */
export function printOperation(operation: ShopOperation, result: OperationResult): void {
  for (const length of operation.lengths) {
    const title = operation.lengths.length > 1 ? `${operation.name}, ${length} in the list` : operation.name;
    console.log(`\n${title}\n`);
    console.log('| side | statements | requests/s | CPU ms/request | of databases | p50 ms | p99 ms |');
    console.log('| --- | ---: | ---: | ---: | ---: | ---: | ---: |');
    for (const [side, byLength] of result) {
      const row = byLength.get(length);
      if (!row) continue;
      const cells = [
        printCount(row.statements),
        row.requestsPerSecond.toFixed(row.requestsPerSecond < 10 ? 1 : 0),
        row.cpuMs.toFixed(1),
        row.databaseCpuMs.toFixed(1),
        row.p50Ms.toFixed(1),
        row.p99Ms.toFixed(1),
      ];
      console.log(`| ${side} | ${cells.join(' | ')} |`);
    }
  }
  if (operation.lengths.length > 1) printGrowth(operation, result);
}

function printGrowth(operation: ShopOperation, result: OperationResult): void {
  console.log(`\n${operation.name}, growth with ${operation.lengths.join(', ')} in the list\n`);
  console.log('| side | statements | requests/s | CPU ms/request with databases |');
  console.log('| --- | ---: | ---: | ---: |');
  for (const [side, byLength] of result) {
    const rows = operation.lengths.flatMap((length) => byLength.get(length) ?? []);
    const cells = [
      rows.map((row) => printCount(row.statements)),
      rows.map((row) => row.requestsPerSecond.toFixed(row.requestsPerSecond < 10 ? 1 : 0)),
      rows.map((row) => (row.cpuMs + row.databaseCpuMs).toFixed(1)),
    ];
    console.log(`| ${side} | ${cells.map((cell) => cell.join(' → ')).join(' | ')} |`);
  }
}

function printCount(count: number): string {
  return Number.isInteger(count) ? String(count) : count.toFixed(1);
}
