import { lstatSync, watch, type FSWatcher } from 'node:fs';
import path from 'node:path';

import type { Logger } from 'pino';

import { readSupergraph } from './read-supergraph.ts';
import type { Supergraph } from './supergraph.ts';

/** What a reload came to. */
export type ReloadOutcome =
  | { readonly kind: 'exchanged'; readonly supergraph: Supergraph }
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'refused'; readonly reason: string };

export interface SupergraphReloaderOptions {
  readonly file: string;
  readonly current: Supergraph;
  /** Puts the next supergraph in place; a rejection refuses it and the current one goes on. */
  readonly exchange: (next: Supergraph) => Promise<void>;
  /** Is told what each reload came to. */
  readonly ended?: (outcome: ReloadOutcome) => void;
  readonly log: Logger;
}

/** Writers often write a file in several steps; a change is read when nothing more came for this long. */
const settleMs = 100;

/** Loads the supergraph again when asked or when its file changes; one reload at a time, the last one wins. */
export class SupergraphReloader {
  readonly #options: SupergraphReloaderOptions;
  #current: Supergraph;
  #queue: Promise<unknown> = Promise.resolve();
  #watcher: FSWatcher | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(options: SupergraphReloaderOptions) {
    this.#options = options;
    this.#current = options.current;
  }

  /** Reads the file now. Never rejects: a supergraph that cannot be used is refused with its reason, and logged. */
  reload(): Promise<ReloadOutcome> {
    const outcome = this.#queue.then(async () => {
      const reached = await this.#reloadOnce();
      this.#options.ended?.(reached);
      return reached;
    });
    this.#queue = outcome;
    return outcome;
  }

  /**
   * Starts to reload on changes. The folder is watched, because editors and deployments replace files by renaming. Where
   * the file is a link, so may be what it leads to: Kubernetes exchanges a ConfigMap by the link `..data` beside it.
   */
  watch(): void {
    const { file } = this.#options;
    const name = path.basename(file);
    const isLink = lstatSync(file, { throwIfNoEntry: false })?.isSymbolicLink() ?? false;
    this.#watcher = watch(path.dirname(path.resolve(file)), (_event, changed) => {
      if (changed !== null && changed !== name && !isLink) return;
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => void this.reload(), settleMs);
    });
    this.#watcher.on('error', (error) => {
      this.#options.log.warn({ err: error }, 'the supergraph file is no longer watched');
    });
    this.#watcher.unref();
  }

  /** Ends the watch, and waits for a reload under way; later ones change nothing. Safe to call twice. */
  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    this.#watcher?.close();
    await this.#queue;
  }

  async #reloadOnce(): Promise<ReloadOutcome> {
    const { file, exchange, log } = this.#options;
    try {
      const next = await readSupergraph(file);
      if (next.id === this.#current.id || this.#isClosed) return { kind: 'unchanged' };
      await exchange(next);
      this.#current = next;
      log.info({ supergraph: next.id.slice(0, 12), file }, 'supergraph exchanged');
      return { kind: 'exchanged', supergraph: next };
    } catch (error) {
      // Whoever closes may give up an exchange that is being made.
      if (this.#isClosed) return { kind: 'unchanged' };
      const reason = error instanceof Error ? error.message : String(error);
      log.error({ file, reason }, 'the new supergraph was refused, the current one goes on');
      return { kind: 'refused', reason };
    }
  }
}
