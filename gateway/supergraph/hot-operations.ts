import { validate, type GraphQLSchema } from 'graphql';

import type { EngineRequest, PreparedOperation } from '../engine.ts';
import { charactersMax } from '../planning/bounded-cache.ts';

interface Counted {
  readonly operation: PreparedOperation;
  count: number;
}

/** How many operations are remembered; past that, and past `charactersMax` in their texts, all counts are halved and those that reach zero are forgotten. */
const entriesMax = 2000;

/** Counts which operations are sent, so that the engine of the next supergraph can plan the most frequent first. */
export class HotOperations {
  readonly #counted = new Map<string, Counted>();
  #characters = 0;

  note(request: EngineRequest): void {
    const key = `${request.queryHash} ${request.operationName ?? ''}`;
    const known = this.#counted.get(key);
    if (known !== undefined) {
      known.count += 1;
      return;
    }
    const { query, queryHash, document, operation, operationName } = request;
    const isFull = (): boolean =>
      this.#counted.size >= entriesMax || this.#characters + query.length > charactersMax;
    if (isFull()) this.#forgetSome();
    // Nothing but frequent ones: the oldest half goes.
    if (isFull())
      for (const old of [...this.#counted.keys()].slice(0, this.#counted.size / 2)) this.#forget(old);
    if (isFull()) return;
    this.#characters += query.length;
    this.#counted.set(key, { operation: { query, queryHash, document, operation, operationName }, count: 1 });
  }

  /** The most frequent operations that are valid for `schema`, at most `most` of them. */
  listFor(schema: GraphQLSchema, most: number): PreparedOperation[] {
    return [...this.#counted.values()]
      .sort((left, right) => right.count - left.count)
      .slice(0, most)
      .map(({ operation }) => operation)
      .filter(({ document }) => validate(schema, document).length === 0);
  }

  #forgetSome(): void {
    for (const [key, counted] of this.#counted) {
      counted.count = Math.floor(counted.count / 2);
      if (counted.count === 0) this.#forget(key);
    }
  }

  #forget(key: string): void {
    this.#characters -= this.#counted.get(key)?.operation.query.length ?? 0;
    this.#counted.delete(key);
  }
}
