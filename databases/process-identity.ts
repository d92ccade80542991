import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

/** A process, told apart from a later one that was given the same number. */
export interface ProcessIdentity {
  readonly pid: number;
  /** When the system says that it started; empty where it does not say. */
  readonly startedAt: string;
}

/** The identity of a process; undefined when none has that number. */
export async function readProcessIdentity(pid: number): Promise<ProcessIdentity | undefined> {
  if (!hasProcess(pid)) return undefined;
  const startedAt = await readStartTime(pid);
  return startedAt === undefined ? undefined : { pid, startedAt };
}

/** Whether that very process still runs. */
export async function isRunning(process: ProcessIdentity): Promise<boolean> {
  const current = await readProcessIdentity(process.pid);
  return current !== undefined && current.startedAt === process.startedAt;
}

/** Whether some process has that number. EPERM means yes: it belongs to another user. */
export function hasProcess(pid: number): boolean {
  // 0 and negative numbers address process groups.
  if (!Number.isSafeInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** Undefined for a process that has ended and that its parent has not asked about (a zombie). */
async function readStartTime(pid: number): Promise<string | undefined> {
  try {
    if (process.platform === 'linux') {
      const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
      // proc(5): field 22 is the start time in ticks since boot. Field 2 is the command in parentheses and may
      // hold spaces, so count from behind the last one.
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return fields[0] === 'Z' || fields[0] === 'X' ? undefined : (fields[19] ?? '');
    }
    const { stdout } = await promisify(execFile)('ps', ['-o', 'lstart=', '-p', String(pid)]);
    return stdout.trim();
  } catch {
    return '';
  }
}
