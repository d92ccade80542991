import { spawn, type ChildProcess } from 'node:child_process';
import path from 'node:path';

import { loadProject } from '../../cli/project.ts';
import { signIn, type CommandCaller } from '../../cli/sign-in.ts';

const command = path.resolve(import.meta.dirname, '../../bin/freehold.js');

/** How a command ended. */
export interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command that runs, as a user would have started it. */
export interface RunningCommand {
  readonly pid: number;
  /** What it says by its channel when it can be used. Rejects with its output when it ends before. */
  readonly ready: Promise<{ readonly url: string; readonly port: number }>;
  readonly ended: Promise<Ending>;
  kill(signal: NodeJS.Signals): void;
  /** Closes the channel, as the end of the parent process does; answers the code with which the command ends then. */
  disconnect(): Promise<number | null>;
  output(): string;
}

/** Starts `freehold` with these arguments, from the build in dist/. */
export function startFreehold(
  args: readonly string[],
  environment: Record<string, string> = {},
): RunningCommand {
  const child = spawn(process.execPath, [command, ...args], {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const output = { stdout: '', stderr: '' };
  child.stdout?.on('data', (chunk: Buffer) => (output.stdout += chunk.toString('utf8')));
  child.stderr?.on('data', (chunk: Buffer) => (output.stderr += chunk.toString('utf8')));
  const ended = new Promise<Ending>((resolve) => {
    child.once('close', (code, signal) => resolve({ code, signal, ...output }));
  });
  const ready = waitForReady(child, ended);
  // A test that only looks at the ending never asks for it.
  ready.catch(() => undefined);
  return {
    pid: child.pid ?? 0,
    ready,
    ended,
    kill: (signal) => void child.kill(signal),
    disconnect: () =>
      new Promise((resolve) => {
        // No `close` comes of a channel that this side has closed.
        child.once('exit', (code) => resolve(code));
        child.disconnect();
      }),
    output: () => output.stdout + output.stderr,
  };
}

/** The header that signs a caller in at a shop that `freehold start` started from this folder. */
export async function signInAs(caller: CommandCaller): Promise<Record<string, string>> {
  return { ...(await signIn(await loadProject(), caller)) };
}

/** Runs `freehold` with these arguments to its end. */
export function runFreehold(
  args: readonly string[],
  environment: Record<string, string> = {},
): Promise<Ending> {
  return startFreehold(args, environment).ended;
}

async function waitForReady(
  child: ChildProcess,
  ended: Promise<Ending>,
): Promise<{ readonly url: string; readonly port: number }> {
  const ready = new Promise<{ url: string; port: number }>((resolve) => {
    child.on('message', (message: { ready?: boolean; url: string; port: number }) => {
      if (message.ready === true) resolve({ url: message.url, port: message.port });
    });
  });
  const first = await Promise.race([ready, ended]);
  if ('url' in first) return first;
  const { code, signal, stdout, stderr } = first;
  throw new Error(`freehold ended with ${signal ?? `code ${code}`} before it was ready:\n${stdout}${stderr}`);
}

/** What a client reads; a test knows the shape of the data that it asked for. */
export interface Answer {
  // oxlint-disable-next-line typescript/no-explicit-any -- as above
  readonly data: any;
  readonly errors?: readonly {
    readonly message: string;
    readonly path?: readonly (string | number)[];
    readonly extensions?: { readonly code?: string; readonly service?: string };
  }[];
  // oxlint-disable-next-line typescript/no-explicit-any -- as above
  readonly extensions?: any;
}

/** Sends an operation by HTTP and reads the answer. */
export async function ask(
  url: string,
  query: string,
  variables: Record<string, unknown> = {},
  headers: Record<string, string> = {},
): Promise<Answer> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ query, variables }),
  });
  return (await response.json()) as Answer;
}
