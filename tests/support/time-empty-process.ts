import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/**
 * How long an empty Node process takes from start to end, in milliseconds: 40 on an idle machine. A test that bounds a
 * time measures it beside what it bounds, because a machine that does other things is slow at both.
 */
export async function timeEmptyProcess(): Promise<number> {
  const began = performance.now();
  await promisify(execFile)(process.execPath, ['--eval', '']);
  return performance.now() - began;
}
