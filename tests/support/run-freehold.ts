import { spawn, type ChildProcess } from 'node:child_process';
import path from 'node:path';

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
    output: () => output.stdout + output.stderr,
  };
}

/** Runs `freehold` with these arguments to its end. */
export function runFreehold(
  args: readonly string[],
  environment: Record<string, string> = {},
): Promise<Ending> {
  return startFreehold(args, environment).ended;
}

function waitForReady(child: ChildProcess, ended: Promise<Ending>): Promise<{ url: string; port: number }> {
  return new Promise((resolve, reject) => {
    child.on('message', (message: { ready?: boolean; url: string; port: number }) => {
      if (message.ready === true) resolve({ url: message.url, port: message.port });
    });
    void ended.then(({ code, signal, stdout, stderr }) => {
      reject(
        new Error(`freehold ended with ${signal ?? `code ${code}`} before it was ready:\n${stdout}${stderr}`),
      );
    });
  });
}

/** Sends an operation by HTTP and reads the answer. */
export async function ask<Data = Record<string, unknown>>(
  url: string,
  query: string,
  variables: Record<string, unknown> = {},
  headers: Record<string, string> = {},
): Promise<{
  data: Data;
  errors?: { message: string; path?: (string | number)[]; extensions?: { code?: string } }[];
}> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ query, variables }),
  });
  return (await response.json()) as { data: Data };
}
