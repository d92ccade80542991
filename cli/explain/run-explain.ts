import { styleText } from 'node:util';

import type { TraceReport } from '../../gateway/telemetry/trace-report.ts';
import { loadProject } from '../project.ts';
import { type CommandCaller, signIn } from '../sign-in.ts';
import { askForTrace, explainTokenHeaders, printErrors } from './ask-for-trace.ts';
import { printReport, type Paint } from './print-report.ts';
import { readDocument } from './read-document.ts';

export interface RunExplainOptions {
  readonly variables: Readonly<Record<string, unknown>>;
  /** Where the gateway answers; undefined for this machine at the project's port. */
  readonly url: string | undefined;
  readonly operationName: string | undefined;
  /** In whose name; undefined for nobody's. */
  readonly caller: CommandCaller | undefined;
  readonly headers: Readonly<Record<string, string>>;
  /** Statements to their end instead of one line each. */
  readonly isFull: boolean;
  readonly isJson: boolean;
}

/**
 * Runs the operation in a file and prints where its time went. Answers whether it was answered without errors.
 * @throws {ExplainError} when it was not run
 */
export async function runExplain(file: string, options: RunExplainOptions): Promise<boolean> {
  const url = options.url ?? (await findGatewayUrl());
  const headers = {
    ...explainTokenHeaders(),
    ...(options.caller && (await signIn(await loadProject(), options.caller))),
    ...options.headers,
  };
  const query = await readDocument(file);
  const { report, errors } = await askForTrace(url, { ...options, headers, query });
  if (options.isJson) process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
  else printForPeople(report, options.isFull);
  if (errors.length > 0) process.stderr.write(`The answer has errors:\n${printErrors(errors)}\n`);
  return errors.length === 0;
}

function printForPeople(report: TraceReport, isFull: boolean): void {
  const { isTTY, columns } = process.stdout;
  const paint: Paint = isTTY && !process.env['NO_COLOR'] ? styleText : (_style, plain) => plain;
  const width = isTTY ? Math.min(Math.max(columns, 80), 160) : 110;
  process.stdout.write(printReport(report, { width, isFull, paint }));
}

/** Where a gateway that `freehold start` started answers, unless it was given another port. */
export async function findGatewayUrl(): Promise<string> {
  return `http://127.0.0.1:${(await loadProject()).gateway.port}/graphql`;
}
