import { execFile } from 'node:child_process';
import { readFile, readlink, realpath, rm } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';

import type { Logger } from 'pino';

import { DatabaseError } from '../database-error.ts';
import { hasProcess } from '../process-identity.ts';

const fastShutdownMs = 10_000;
const immediateShutdownMs = 5_000;

/**
 * Deals with the postmaster.pid that a former run left in a data folder. A server that still runs on this very
 * folder is stopped cleanly. When the number now belongs to some other process the file is removed, because
 * PostgreSQL would take that process for a server. A number that nobody has is left to PostgreSQL, which
 * also looks for sessions that outlived their server.
 *
 * The caller holds the lock of the folder, so no living process of ours has started that server.
 */
export async function stopLeftoverServer(cluster: string, service: string, log: Logger): Promise<void> {
  const pidFile = path.join(cluster, 'postmaster.pid');
  const text = await readFile(pidFile, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (text === undefined) return;
  const pid = Number.parseInt(text, 10);
  if (!hasProcess(pid)) return;
  if (!(await isServerOf(pid, cluster))) {
    log.info({ service, pid }, 'removing the postmaster.pid of a server that has ended');
    await rm(pidFile, { force: true });
    return;
  }
  log.info({ service, pid }, 'stopping the PostgreSQL server that a killed run left behind');
  if (await endsBy(pid, 'SIGINT', fastShutdownMs)) return;
  if (await endsBy(pid, 'SIGQUIT', immediateShutdownMs)) return;
  throw new DatabaseError(
    `The PostgreSQL server of ${service} from an earlier run (process ${pid}) does not stop. ` +
      `End that process and try again; the data in ${cluster} will be kept.`,
  );
}

/** Whether a process is the PostgreSQL server of this data folder. */
async function isServerOf(pid: number, cluster: string): Promise<boolean> {
  try {
    const folder = await realpath(cluster);
    if (process.platform === 'linux') {
      // A server works in its data folder all its life.
      const [cwd, command] = await Promise.all([
        readlink(`/proc/${pid}/cwd`),
        readFile(`/proc/${pid}/comm`, 'utf8'),
      ]);
      return cwd === folder && command.trim() === 'postgres';
    }
    const { stdout } = await promisify(execFile)('ps', ['-ww', '-o', 'command=', '-p', String(pid)]);
    return /postgres\b/.test(stdout) && (stdout.includes(folder) || stdout.includes(cluster));
  } catch {
    return false;
  }
}

async function endsBy(pid: number, signal: NodeJS.Signals, timeoutMs: number): Promise<boolean> {
  try {
    process.kill(pid, signal);
  } catch {
    return !hasProcess(pid);
  }
  // Not our child, so its end can only be looked for.
  for (const deadline = Date.now() + timeoutMs; Date.now() < deadline;) {
    if (!hasProcess(pid)) return true;
    await delay(20);
  }
  return false;
}
