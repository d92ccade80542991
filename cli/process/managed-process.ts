import { spawn, type ChildProcess } from 'node:child_process';
import path from 'node:path';

import { findProjectRoot } from '../../gateway/project-root.ts';
import { StartError } from '../start/start-error.ts';
import { LogFile } from './log-file.ts';
import { serverNodeOptions } from './node-options.ts';
import { OutputTail } from './output-tail.ts';
import { readReadyMessage, type ReadyMessage } from './parent-channel.ts';

/** What a managed process is doing. */
export type ProcessState =
  | { readonly kind: 'starting' }
  | { readonly kind: 'ready'; readonly url: string; readonly port: number; readonly pid: number }
  | { readonly kind: 'restarting'; readonly reason: string; readonly delayMs: number }
  | { readonly kind: 'stopped' };

export interface ManagedProcessOptions {
  /** For messages and the log file. */
  readonly name: string;
  /** Arguments of this same command line, made anew for each start; `port` is what an earlier start was given. */
  readonly makeArguments: (port: number) => readonly string[];
  /** The whole environment of the process, made anew for each start: it inherits nothing. */
  readonly makeEnvironment: () => Readonly<Record<string, string>>;
  /** Where its output is appended. */
  readonly logFile: string;
  /** Longest time from the start to the ready message, in milliseconds. Default 60 s. */
  readonly readyTimeoutMs?: number;
  readonly onState?: (state: ProcessState) => void;
}

const backOffMs = { first: 250, most: 10_000 } as const;
/** A process that ran this long starts its back-off anew. */
const healthyMs = 30_000;
/** How long a process that is not ready yet has for its end. */
const giveUpMs = 1_500;

/**
 * A child process that runs this command line. Its first start must succeed; after that it is started again
 * whenever it ends by itself, with a back-off that doubles. It has its own process group, so that Ctrl-C in a
 * terminal reaches the supervisor alone, which stops things in order.
 */
export class ManagedProcess {
  readonly #options: ManagedProcessOptions;
  readonly #log: LogFile;
  #child: ChildProcess | undefined;
  #ended: Promise<void> = Promise.resolve();
  #state: ProcessState = { kind: 'starting' };
  #port = 0;
  #delayMs: number = backOffMs.first;
  #timer: NodeJS.Timeout | undefined;
  #isStopping = false;

  constructor(options: ManagedProcessOptions) {
    this.#options = options;
    this.#log = new LogFile(options.logFile);
  }

  get state(): ProcessState {
    return this.#state;
  }

  /**
   * Starts the process; resolves when it says that it is ready. Rejects with a `StartError` that tells its last lines.
   * `signal` stops it for good where it is not ready yet.
   */
  async start(signal?: AbortSignal): Promise<ReadyMessage> {
    const started = Date.now();
    const { ready, ended } = this.#spawn();
    const giveUp = (): void => void this.stop(giveUpMs);
    if (signal?.aborted) giveUp();
    signal?.addEventListener('abort', giveUp, { once: true });
    const message = await ready.finally(() => signal?.removeEventListener('abort', giveUp));
    this.#port = message.port;
    this.#setState({ kind: 'ready', url: message.url, port: message.port, pid: this.#child?.pid ?? 0 });
    void ended.then((reason) => {
      if (Date.now() - started > healthyMs) this.#delayMs = backOffMs.first;
      this.#restartLater(reason);
    });
    return message;
  }

  /** Ends the process and starts it again, with its environment made anew. */
  restart(): void {
    this.#child?.kill('SIGTERM');
  }

  /** Asks the process to end, and ends it by force after `graceMs`. Safe to call twice. */
  async stop(graceMs: number): Promise<void> {
    this.#isStopping = true;
    clearTimeout(this.#timer);
    this.#child?.kill('SIGTERM');
    const force = setTimeout(() => this.#child?.kill('SIGKILL'), graceMs);
    await this.#ended;
    clearTimeout(force);
    this.#setState({ kind: 'stopped' });
    await this.#log.end();
  }

  /** Ends the process at once, for the case that the supervisor itself must go. */
  kill(): void {
    this.#isStopping = true;
    this.#child?.kill('SIGKILL');
  }

  #spawn(): { ready: Promise<ReadyMessage>; ended: Promise<string> } {
    const { name, makeArguments, makeEnvironment, readyTimeoutMs = 60_000 } = this.#options;
    const tail = new OutputTail();
    const program = path.join(findProjectRoot(), 'bin', 'freehold.js');
    const child = spawn(process.execPath, [...serverNodeOptions, program, ...makeArguments(this.#port)], {
      env: makeEnvironment(),
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      detached: true,
    });
    this.#child = child;
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (chunk: Buffer) => {
        tail.add(chunk);
        this.#log.write(chunk);
      });
    }
    const ended = new Promise<string>((resolve) => {
      child.once('error', (error) => resolve(`could not be started: ${error.message}`));
      child.once('exit', (code, signal) =>
        resolve(signal === null ? `ended with code ${code}` : `was ended by ${signal}`),
      );
    });
    this.#ended = ended.then(() => undefined);
    const ready = new Promise<ReadyMessage>((resolve, reject) => {
      const fail = (reason: string): void => {
        reject(new StartError(`${name} ${reason} before it was ready. Its last lines:\n${tail.toString()}`));
      };
      const timer = setTimeout(() => {
        fail(`said nothing for ${readyTimeoutMs} ms`);
        child.kill('SIGKILL');
      }, readyTimeoutMs);
      child.on('message', (message) => {
        const found = readReadyMessage(message);
        if (found === undefined) return;
        clearTimeout(timer);
        resolve(found);
      });
      void ended.then((reason) => {
        clearTimeout(timer);
        // The streams may hold the reason still when the exit is told.
        setImmediate(() => fail(reason));
      });
    });
    return { ready, ended };
  }

  #restartLater(reason: string): void {
    if (this.#isStopping) return;
    const delayMs = this.#delayMs;
    this.#delayMs = Math.min(delayMs * 2, backOffMs.most);
    this.#setState({ kind: 'restarting', reason, delayMs });
    this.#timer = setTimeout(() => {
      this.#setState({ kind: 'starting' });
      this.start().catch((error: unknown) => this.#restartLater(String(error)));
    }, delayMs);
  }

  #setState(state: ProcessState): void {
    this.#state = state;
    this.#options.onState?.(state);
  }
}
