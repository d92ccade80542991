/**
 * What is under way at this moment, for objects that live as long as a request.
 *
 * A Set, Map or WeakMap that outlives them would keep them too long: each time one makes itself a new table, the old
 * table refers to the new one, and once a table is in V8's old generation, a collection of the young one takes all that
 * can be reached from it for alive. What a request allocated was thus moved to the old generation at nearly every
 * collection, at a sixth of a service's CPU. Here a place that becomes free is cleared and used again, and the array
 * grows only when more is under way than ever before.
 */
export class LiveList<Item extends object> implements Iterable<Item> {
  readonly #places: (Item | undefined)[] = [];
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** Adds an item that is not in the list. */
  add(item: Item): this {
    this.#places[this.#size] = item;
    this.#size += 1;
    return this;
  }

  /** Takes an item out, in time that grows with how many there are; false when it is not in the list. */
  delete(item: Item): boolean {
    const place = this.#places.indexOf(item);
    if (place === -1) return false;
    this.#size -= 1;
    this.#places[place] = this.#places[this.#size];
    this.#places[this.#size] = undefined;
    return true;
  }

  clear(): void {
    this.#places.fill(undefined);
    this.#size = 0;
  }

  /** The items as they are now, in no order; they may be taken out meanwhile. */
  [Symbol.iterator](): Iterator<Item> {
    const items = this.#places.slice(0, this.#size).filter((item) => item !== undefined);
    return items.values();
  }
}
