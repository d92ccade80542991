import type { Logger } from 'pino';

import type { Subgraph } from './define-subgraph.ts';
import { type RunningSubgraph, type ServeOptions, serveSubgraph } from './serve-subgraph.ts';

/** What a service says to the process that started it. */
export interface ReadyMessage {
  readonly ready: true;
  readonly url: string;
  readonly port: number;
}

/** What of `process` a running service touches. */
export interface ServiceProcess {
  readonly connected: boolean;
  send?(message: ReadyMessage): unknown;
  once(event: 'SIGTERM' | 'SIGINT' | 'disconnect', listener: () => void): unknown;
  exit(code: number): void;
}

/**
 * Runs a service as the work of this process: serves it, tells parent and log when it listens, waits for its database
 * with back-off while /ready says no, and ends on SIGTERM, SIGINT, or when the parent has gone away.
 */
export async function runService<Client>(
  subgraph: Subgraph<Client>,
  options: ServeOptions,
  host: ServiceProcess,
): Promise<RunningSubgraph> {
  const { log } = options;
  const running = await serveSubgraph(subgraph, options);
  const stopped = new AbortController();
  const stop = (reason: string) => {
    if (stopped.signal.aborted) return;
    stopped.abort();
    log.info({ reason }, 'stopping');
    running.close().then(
      () => host.exit(0),
      (error: unknown) => {
        log.error({ err: error }, 'stopping failed');
        host.exit(1);
      },
    );
  };
  host.once('SIGTERM', () => stop('SIGTERM'));
  host.once('SIGINT', () => stop('SIGINT'));
  const parentHasGone = (): void => stop('the parent process has gone');
  if (host.connected) host.once('disconnect', parentHasGone);
  // A parent that went while this process was still coming up: its going was told to nobody.
  else if (host.send !== undefined) parentHasGone();
  log.info({ url: running.url, port: running.port }, 'listening');
  if (host.connected) host.send?.({ ready: true, url: running.url, port: running.port });
  void waitForDatabase(running, log, stopped.signal);
  return running;
}

/** Says once that the database cannot be reached, and once that it can. */
async function waitForDatabase(running: RunningSubgraph, log: Logger, stopped: AbortSignal): Promise<void> {
  let delayMs = 100;
  for (let attempt = 1; !stopped.aborted; attempt++) {
    try {
      await running.checkDatabase();
      log.info({ attempts: attempt }, 'the database answers');
      return;
    } catch (error) {
      if (stopped.aborted) return;
      if (attempt === 1)
        log.warn(
          { error: error instanceof Error ? error.message || error.name : String(error) },
          'the database does not answer yet; trying again until it does',
        );
    }
    await wait(delayMs, stopped);
    delayMs = Math.min(delayMs * 2, 5_000);
  }
}

function wait(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener('abort', end, { once: true });
  });
}
