import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';

import type { RunAs } from './run-as.ts';

/** A program that ended with a failure, or that was ended because it took too long. */
export class ProgramError extends Error {
  override readonly name = 'ProgramError';
}

/**
 * The program must not outlive the process that started it: initdb would go on to write a folder that the next start
 * clears away. It stands under a shell that reads a pipe, whose end the kernel closes when this process ends, however it
 * ends; the shell then ends the whole group, for initdb has children of its own. See `postmaster.ts`.
 */
const keeper = `
exec 3<&0
"$@" 3<&- </dev/null &
program=$!
{ read -r nothing; kill -KILL 0; } <&3 2>/dev/null &
reader=$!
exec 3<&- </dev/null
wait "$program"
code=$?
exec 2>/dev/null
kill "$reader"
wait "$reader"
exit "$code"
`;

/** Runs a program of PostgreSQL to its end. @throws {ProgramError} with what it wrote to its standard error */
export async function runBounded(
  runAs: RunAs,
  program: string,
  args: readonly string[],
  timeoutMs: number,
): Promise<void> {
  const command = runAs.wrap('/bin/sh', ['-c', keeper, 'freehold-program', program, ...args]);
  const child = spawn(command.file, command.args, {
    ...command.ids,
    cwd: '/',
    // A group of its own, which the shell can end as one.
    detached: true,
    stdio: ['pipe', 'ignore', 'pipe'],
  });
  const ended = new Promise<string | undefined>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve(code === 0 ? undefined : (signal ?? `code ${code}`)));
  });
  const timer = setTimeout(() => child.stdin.destroy(), timeoutMs);
  try {
    const [failure, output] = await Promise.all([ended, text(child.stderr)]);
    if (failure !== undefined)
      throw new ProgramError(output.trim() === '' ? `It ended with ${failure}.` : output.trim());
  } finally {
    clearTimeout(timer);
    child.stdin.destroy();
  }
}
