import type { GraphQLSchema } from 'graphql';
import type { Logger } from 'pino';

import type { Engine, EngineAnswer, EngineRequest } from '../engine.ts';
import { HotOperations } from '../supergraph/hot-operations.ts';

/**
 * A request's hold on the engine that was in use when it began, and on those that come after: which one runs it is
 * decided when its body has been read, and others may have been put in place by then.
 */
export interface EngineLease {
  /** Ends the hold. Safe to call twice. */
  release(): void;
}

/** How many operations are planned before an engine is put in place. */
const preparedMax = 100;

/**
 * Holds the engine in use and exchanges it without losing a request: an engine that was replaced is closed when the
 * last request that began before the exchange has ended.
 */
export class EngineSwitch {
  readonly #log: Logger;
  readonly #listeners = new Set<(engine: Engine) => void>();
  readonly #retired = new Set<Promise<void>>();
  // Apollo Server hands the executor the schema that the document was validated against: that schema names the engine.
  readonly #engineOfSchema = new WeakMap<GraphQLSchema, Engine>();
  readonly #hot = new HotOperations();
  #current: Engine;
  #generation = makeGeneration();
  /** Until the requests of all generations before the current one have ended. */
  #emptied: Promise<unknown> = Promise.resolve();
  /** Engines that plan the hottest operations before they are put in place. */
  readonly #preparing = new Set<Engine>();
  #isClosed = false;

  constructor(engine: Engine, log: Logger) {
    this.#current = engine;
    this.#log = log;
    this.#engineOfSchema.set(engine.apiSchema, engine);
  }

  get current(): Engine {
    return this.#current;
  }

  /** Runs an operation on the engine whose schema it was validated against. */
  execute(schema: GraphQLSchema, request: EngineRequest): Promise<EngineAnswer> {
    this.#hot.note(request);
    return (this.#engineOfSchema.get(schema) ?? this.#current).execute(request);
  }

  /** Calls `listener` now and after each exchange; answers how to end that. */
  onChange(listener: (engine: Engine) => void): () => void {
    this.#listeners.add(listener);
    listener(this.#current);
    return () => this.#listeners.delete(listener);
  }

  /** To be taken when a request begins, before its schema is looked up. */
  lease(): EngineLease {
    return this.#generation.enter();
  }

  /**
   * Lets `next` plan the hottest operations and then puts it in the place of the current engine, which is closed when
   * its requests have ended. `next` is the switch's from here on: when the switch is closed meanwhile, so is `next`, and
   * the exchange rejects.
   */
  async exchange(next: Engine): Promise<void> {
    await this.#prepare(next);
    if (this.#isClosed) {
      await next.close();
      throw new Error('The engine came too late: everything is closed.');
    }
    const old = this.#current;
    const oldGeneration = this.#generation;
    this.#current = next;
    this.#generation = makeGeneration();
    this.#engineOfSchema.set(next.apiSchema, next);
    for (const listener of this.#listeners) listener(next);
    this.#emptied = Promise.all([this.#emptied, oldGeneration.whenEmpty()]);
    const retired = this.#emptied
      .then(() => old.close())
      .catch((error: unknown) => this.#log.error({ err: error }, 'a replaced engine did not close'))
      .finally(() => this.#retired.delete(retired));
    this.#retired.add(retired);
  }

  async #prepare(next: Engine): Promise<void> {
    if (this.#isClosed) return;
    this.#preparing.add(next);
    await next.prepare?.(this.#hot.listFor(next.apiSchema, preparedMax));
    this.#preparing.delete(next);
  }

  /** Closes the current engine, and waits for replaced ones whose requests have ended. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all([this.#current, ...this.#preparing].map((engine) => engine.close()));
    await Promise.all(this.#retired);
  }
}

interface Generation {
  enter(): EngineLease;
  whenEmpty(): Promise<void>;
}

function makeGeneration(): Generation {
  let held = 0;
  const empty = makeDeferred();
  let isRetired = false;
  const settle = (): void => {
    if (isRetired && held === 0) empty.resolve();
  };
  return {
    enter() {
      held += 1;
      let isHeld = true;
      return {
        release() {
          if (!isHeld) return;
          isHeld = false;
          held -= 1;
          settle();
        },
      };
    },
    whenEmpty() {
      isRetired = true;
      settle();
      return empty.promise;
    },
  };
}

function makeDeferred(): { promise: Promise<void>; resolve: () => void } {
  let resolve: () => void = () => undefined;
  const promise = new Promise<void>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
