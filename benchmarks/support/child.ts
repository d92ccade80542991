import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** Core 0 is for load and subgraphs, core 1 for the gateway alone; `any` leaves the choice to the system. */
export type Core = 0 | 1 | 'any';

const hasTaskset = spawnSync('taskset', ['-V']).status === 0;

/** A process of the benchmark, tied to a core where the system has taskset. */
export interface Child {
  readonly process: ChildProcess;
  readonly pid: number;
  /** What it has written to both outputs so far. */
  readonly output: () => string;
  /** Waits until the output matches. Rejects with the output when the process ends or the time is up. */
  waitFor(pattern: RegExp, timeoutMs: number): Promise<RegExpExecArray>;
  /** Settles with its end. */
  readonly ended: Promise<void>;
  /** Ends the process and waits for its end. Safe to call twice. */
  stop(): Promise<void>;
}

/** Starts `node` with these arguments. */
export function startNode(
  core: Core,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Child {
  const command = hasTaskset ? 'taskset' : process.execPath;
  const cores = core === 'any' ? '0,1' : String(core);
  const prefix = hasTaskset ? ['-c', cores, process.execPath] : [];
  // taskset becomes the program that it starts, so the pid is node's own.
  const child = spawn(command, [...prefix, ...args], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: { ...process.env, NODE_ENV: 'production', ...env },
  });
  let output = '';
  const listeners = new Set<() => void>();
  const take = (chunk: Buffer): void => {
    output += chunk.toString('utf8');
    for (const listener of listeners) listener();
  };
  child.stdout?.on('data', take);
  child.stderr?.on('data', take);
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => {
      resolve();
    });
  });
  return {
    process: child,
    pid: child.pid ?? 0,
    output: () => output,
    ended,
    waitFor: (pattern, timeoutMs) =>
      new Promise((resolve, reject) => {
        const fail = (why: string): void => {
          finish();
          reject(new Error(`${args.join(' ')}: expected ${String(pattern)}, but ${why}:\n${output}`));
        };
        const timer = setTimeout(() => {
          fail(`it did not come in ${timeoutMs} ms`);
        }, timeoutMs);
        const look = (): void => {
          const match = pattern.exec(output);
          if (!match) return;
          finish();
          resolve(match);
        };
        const end = (): void => {
          fail('the process ended');
        };
        const finish = (): void => {
          clearTimeout(timer);
          listeners.delete(look);
          child.off('exit', end);
        };
        listeners.add(look);
        child.once('exit', end);
        look();
      }),
    stop: async () => {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
      await ended;
    },
  };
}

/** Ties this process, and those that it starts, to a core. */
export function tieToCore(core: Core): boolean {
  const cores = core === 'any' ? '0,1' : String(core);
  return hasTaskset && spawnSync('taskset', ['-pac', cores, String(process.pid)]).status === 0;
}

/** CPU time of a process in milliseconds, all threads, by the system's clock tick of 10 ms. */
export function readCpuMs(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The second field is the program's name in brackets and may hold spaces.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

/** The most memory that a process has held at once, in MiB. */
export function readPeakMemoryMib(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1] ?? Number.NaN) / 1024;
}
