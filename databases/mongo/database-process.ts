import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';

import type { DatabaseDeath } from '../database.ts';

/** How much of the output is kept for the message about a death. */
const OUTPUT_LINES_MAX = 40;

export interface DatabaseProcessOptions {
  readonly command: string;
  readonly args: readonly string[];
  /** Written to its standard input, which then stays open: its end tells the child that we are gone. */
  readonly input: string;
  readonly onLine: (line: string) => void;
  /** How long it may take to stop before it is killed, in ms. */
  readonly stopMs: number;
}

/** A database in a process of its own. */
export interface DatabaseProcess {
  /** Settles with its end, whoever ended it. */
  readonly exited: Promise<DatabaseDeath>;
  /** Asks it to stop, and kills it when it does not. Safe to call twice. */
  stop(): Promise<void>;
}

/** What a child gets of the environment: enough to run, no secret of another service. */
function childEnvironment(): NodeJS.ProcessEnv {
  const names = ['PATH', 'HOME', 'TMPDIR', 'TZ', 'LANG', 'NODE_ENV', 'SYSTEMROOT', 'NODE_V8_COVERAGE'];
  return Object.fromEntries(names.map((name) => [name, process.env[name]]));
}

function forwardLines(child: ChildProcess, take: (line: string) => void): void {
  for (const stream of [child.stdout, child.stderr]) {
    let rest = '';
    stream?.setEncoding('utf8');
    stream?.on('data', (text: string) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) take(line);
    });
    stream?.on('end', () => {
      if (rest !== '') take(rest);
    });
  }
}

/** Starts a database process. It ends with this one: its standard input is its life line. */
export function startDatabaseProcess(options: DatabaseProcessOptions): DatabaseProcess {
  const child = spawn(options.command, [...options.args], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: childEnvironment(),
    // A Ctrl-C goes to this process, which stops the databases last, and not to all at once.
    detached: true,
  });
  const output: string[] = [];
  forwardLines(child, (line) => {
    output.push(line);
    if (output.length > OUTPUT_LINES_MAX) output.shift();
    options.onLine(line);
  });
  const exited = new Promise<DatabaseDeath>((resolve) => {
    child.once('error', (error) => {
      resolve({ exitCode: null, signal: null, output: error.message });
    });
    child.once('close', (exitCode, signal) => {
      resolve({ exitCode, signal, output: output.join('\n') });
    });
  });
  // A child that died before it read its input is told of by `exited`.
  child.stdin.on('error', () => undefined);
  child.stdin.write(options.input);
  let stopping: Promise<void> | null = null;
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    const timer = new AbortController();
    const patience = delay(options.stopMs, 'late', { signal: timer.signal }).catch(() => 'late');
    if ((await Promise.race([exited, patience])) === 'late') child.kill('SIGKILL');
    timer.abort();
    await exited;
  };
  return {
    exited,
    stop() {
      stopping ??= stop();
      return stopping;
    },
  };
}
