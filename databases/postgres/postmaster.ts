import { spawn, type ChildProcess } from 'node:child_process';
import { constants } from 'node:os';
import { createInterface } from 'node:readline';

import type { Logger } from 'pino';

import type { DatabaseDeath } from '../database.ts';
import type { RunAs } from './run-as.ts';

export interface PostmasterOptions {
  /** The `postgres` program. */
  readonly program: string;
  /** The data folder (PGDATA). */
  readonly cluster: string;
  readonly port: number;
  readonly runAs: RunAs;
  readonly log: Logger;
}

/** A PostgreSQL server of ours that accepts connections. */
export interface Postmaster {
  /** Settles when the server has ended, be it by `stop` or by itself. */
  readonly exited: Promise<DatabaseDeath>;
  /** Ends all sessions and stops within 3 s, by force after that. Safe to call twice. */
  stop(): Promise<void>;
}

/** A server that ended before it accepted connections. */
export class PostmasterStartError extends Error {
  override readonly name = 'PostmasterStartError';
  readonly output: string;
  constructor(death: DatabaseDeath) {
    super(`PostgreSQL ended while starting (exit code ${death.exitCode}, signal ${death.signal})`);
    this.output = death.output;
  }
}

/**
 * The server must not outlive the process that started it, not even when that one is killed by SIGKILL. So it
 * stands under a shell that reads the names of signals for it from a pipe: when this process ends, however it
 * ends, the kernel closes the pipe, and the shell asks the server for a fast shutdown. If the shell is killed
 * too, the next start finds the server and takes over (leftover.ts).
 *
 * The shell gets a session of its own, so that Ctrl-C in a terminal reaches only the supervisor, which stops
 * the services before their databases.
 */
const keeper = `
exec 3<&0
"$@" 3<&- </dev/null &
server=$!
{ while read -r signal; do kill -"$signal" "$server"; done; kill -INT "$server"; } <&3 2>/dev/null &
reader=$!
exec 3<&- </dev/null
wait "$server"
code=$?
exec 2>/dev/null
kill "$reader"
wait "$reader"
exit "$code"
`;

const fastShutdownMs = 3_000;
const immediateShutdownMs = 2_000;
/** Bounds a start that recovers from a crash; recovery of `max_wal_size` takes a few seconds. */
const startMs = 60_000;
const linesKept = 40;

/** Starts the server; settles when it accepts connections. @throws {PostmasterStartError} */
export async function startPostmaster(options: PostmasterOptions): Promise<Postmaster> {
  const { file, args, ids } = options.runAs.wrap('/bin/sh', [
    '-c',
    keeper,
    'freehold-postgres',
    options.program,
    '-D',
    options.cluster,
    ...listSettings(options.port),
  ]);
  const child = spawn(file, args, {
    ...ids,
    cwd: '/',
    detached: true,
    // LC_ALL: this module reads the server's messages. Nothing else of our environment is its business.
    env: { PATH: '/usr/local/bin:/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' },
    stdio: ['pipe', 'ignore', 'pipe'],
  });
  const output: string[] = [];
  const ready = watchOutput(child, output, options.log);
  const exited = watchExit(child, output);
  const stop = stopper(child, exited);
  const timer = setTimeout(() => {
    output.push(`no connections accepted within ${startMs / 1000} s`);
    void stop();
  }, startMs);
  const first = await Promise.race([ready, exited]);
  clearTimeout(timer);
  if (first) throw new PostmasterStartError(await exited);
  return { exited, stop };
}

/** What every start sets anew, so that a folder made by an older release gets today's settings. */
function listSettings(port: number): string[] {
  const settings = {
    port: String(port),
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    // An acknowledged write must survive a power cut, in development too.
    fsync: 'on',
    synchronous_commit: 'on',
    full_page_writes: 'on',
    // Several of these servers share one small machine.
    shared_buffers: '32MB',
    max_connections: '50',
    max_worker_processes: '4',
    // No pool of I/O workers: three more processes for each server.
    io_method: 'sync',
    // Nothing replicates from it, so the log can be the smallest that a crash needs.
    wal_level: 'minimal',
    max_wal_senders: '0',
    max_wal_size: '256MB',
    jit: 'off',
    shared_preload_libraries: 'pg_stat_statements',
    password_encryption: 'scram-sha-256',
    timezone: 'UTC',
    log_timezone: 'UTC',
    log_destination: 'stderr',
    logging_collector: 'off',
    log_line_prefix: '',
    // A failing statement is told to its client; it may hold a person's data and does not belong in a log.
    log_min_error_statement: 'panic',
  };
  return Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

/** Settles when the server says that it accepts connections. */
async function watchOutput(child: ChildProcess, output: string[], log: Logger): Promise<void> {
  await new Promise<void>((resolve) => {
    if (!child.stderr) return;
    createInterface({ input: child.stderr }).on('line', (line) => {
      output.push(line);
      if (output.length > linesKept) output.shift();
      if (/^(FATAL|PANIC):/.test(line)) log.warn({ line }, 'PostgreSQL reports');
      else log.debug({ line }, 'PostgreSQL reports');
      if (line.includes('database system is ready to accept connections')) resolve();
    });
  });
}

async function watchExit(child: ChildProcess, output: string[]): Promise<DatabaseDeath> {
  return await new Promise((resolve) => {
    child.once('error', (error) => {
      output.push(error.message);
      resolve({ exitCode: null, signal: null, output: output.join('\n') });
    });
    child.once('exit', (code, signal) => {
      child.stdin?.destroy();
      // Let the last lines arrive, but do not wait for a session that still holds the other end of the pipe.
      const settle = (): void => resolve({ ...readStatus(code, signal), output: output.join('\n') });
      // On the way to the next `setImmediate` the loop reads what has arrived, which a process that stood still has not.
      const timer = setTimeout(() => setImmediate(settle), 250);
      child.once('close', () => {
        clearTimeout(timer);
        settle();
      });
    });
  });
}

/** The shell reports a server that died by a signal as 128 + its number. */
function readStatus(
  code: number | null,
  signal: NodeJS.Signals | null,
): Pick<DatabaseDeath, 'exitCode' | 'signal'> {
  if (code === null || code <= 128) return { exitCode: code, signal };
  const name = Object.entries(constants.signals).find(([, number]) => number === code - 128)?.[0];
  return name === undefined ? { exitCode: code, signal } : { exitCode: null, signal: name };
}

function stopper(child: ChildProcess, exited: Promise<DatabaseDeath>): () => Promise<void> {
  let stopping: Promise<void> | undefined;
  // An EPIPE here means that the shell has gone, which `exited` tells as well.
  child.stdin?.on('error', () => undefined);
  const send = (signal: string): void => {
    if (child.stdin?.writable) child.stdin.write(`${signal}\n`);
  };
  const stopInSteps = async (): Promise<void> => {
    // INT: roll back and disconnect everyone, write a checkpoint. QUIT: leave at once and recover next time.
    send('INT');
    if (await settlesWithin(exited, fastShutdownMs)) return;
    send('QUIT');
    if (await settlesWithin(exited, immediateShutdownMs)) return;
    send('KILL');
    await exited;
  };
  return async () => await (stopping ??= stopInSteps());
}

/** Whether a promise settles in time. */
export async function settlesWithin(promise: Promise<unknown>, timeoutMs: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), timeoutMs);
  });
  try {
    return await Promise.race([promise.then(() => true), late]);
  } finally {
    clearTimeout(timer);
  }
}
