import { readFile } from 'node:fs/promises';
import path from 'node:path';

import { CheckError } from '../checks/check-error.ts';
import { runCheck } from '../checks/check.ts';
import { openSides } from '../checks/open-sides.ts';
import { isBreaking } from '../checks/report/describe-finding.ts';
import { reportPrinters, type ReportFormat } from '../checks/report/print-report.ts';

export interface CheckCommandOptions {
  readonly base?: string;
  readonly operations?: readonly string[];
  readonly usage?: readonly string[];
  readonly format: ReportFormat;
  readonly all?: true;
}

/** Runs the check in a folder and answers the exit code: 0, 1 when something breaks, 2 when it could not run. */
export async function runCheckCommand(
  root: string,
  options: CheckCommandOptions,
  output: { write(text: string): void; fail(text: string): void },
): Promise<number> {
  try {
    const sides = await openSides(root, options.base, options.operations);
    const report = await runCheck({
      ...sides,
      operations: options.operations,
      usage:
        options.usage && (await Promise.all(options.usage.map(async (file) => await readUsage(root, file)))),
      all: options.all ?? false,
      now: new Date(),
    });
    output.write(reportPrinters[options.format](report));
    if (options.format === 'text') output.write(`It took ${(report.durationMs / 1000).toFixed(1)} s.\n`);
    return isBreaking(report) ? 1 : 0;
  } catch (error) {
    output.fail(`freehold check could not run: ${error instanceof Error ? error.message : String(error)}\n`);
    return 2;
  }
}

async function readUsage(root: string, file: string): Promise<{ file: string; text: string }> {
  const text = await readFile(path.resolve(root, file), 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new CheckError(`The usage file ${file} ${explain(error)}.`, { cause: error });
  });
  return { file, text };
}

function explain({ code, message }: NodeJS.ErrnoException): string {
  if (code === 'ENOENT') return 'does not exist';
  return code === 'EISDIR' ? 'is a folder; expected a file' : `cannot be read: ${message}`;
}
