import { closeSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/** A folder that another server has open. */
export class FolderInUseError extends Error {
  override readonly name = 'FolderInUseError';
}

/** How long a server that was just killed may take to be gone, in ms; a kill takes effect a moment after it is sent. */
const dyingMsMax = 2_000;

/** State (field 3) and start time (field 22) of a process, from Linux's /proc; empty where there is none. */
function readStat(pid: number): { readonly state: string; readonly startTime: string } {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return { state: fields[0] ?? '', startTime: fields[19] ?? '' };
  } catch {
    return { state: '', startTime: '' };
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: alive, but another user's.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** True when the process that wrote the lock still runs. */
function isHeld(content: string): boolean {
  const [pidText = '', startTime = ''] = content.trim().split(' ');
  const pid = Number(pidText);
  if (!Number.isInteger(pid) || pid <= 0 || !isAlive(pid)) return false;
  const { state, startTime: now } = readStat(pid);
  // It has ended, and only its parent has not asked how: it holds no file any more.
  if (state === 'Z' || state === 'X') return false;
  // A pid that was given to another process differs in its start time. In a container every server may be pid 1 of its own namespace, and so may the dead one.
  if (startTime !== '' && now !== '') return startTime === now;
  return true;
}

function tryToCreate(file: string): boolean {
  try {
    const handle = openSync(file, 'wx', 0o600);
    writeSync(handle, `${process.pid} ${readStat(process.pid).startTime}\n`);
    closeSync(handle);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

function readLock(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

/** Answers what the lock says, after its holder had the time to end. */
function waitForDying(file: string): string {
  const giveUpAt = Date.now() + dyingMsMax;
  const sleeper = new Int32Array(new SharedArrayBuffer(4));
  let content = readLock(file);
  while (isHeld(content) && Date.now() < giveUpAt) {
    // The server does nothing else yet, so it may stand still.
    Atomics.wait(sleeper, 0, 0, 20);
    content = readLock(file);
  }
  return content;
}

/**
 * Takes the folder for this process; a lock whose process is dead is taken over. Returns what gives
 * it back. Throws FolderInUseError when another living process has it.
 */
export function lockFolder(folder: string): () => void {
  const file = join(folder, 'lock');
  if (!tryToCreate(file)) {
    const content = waitForDying(file);
    if (isHeld(content)) {
      const pid = content.trim().split(' ')[0];
      throw new FolderInUseError(
        `The folder ${folder} is open in the process ${pid}. Stop that process first; ` +
          `if it is no database server, delete ${file}.`,
      );
    }
    rmSync(file, { force: true });
    if (!tryToCreate(file)) {
      throw new FolderInUseError(
        `The folder ${folder} was just opened by another process. Stop that process first.`,
      );
    }
  }
  let isLocked = true;
  return () => {
    if (!isLocked) return;
    isLocked = false;
    rmSync(file, { force: true });
  };
}
