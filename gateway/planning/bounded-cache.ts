/** How a cache has done. */
export interface CacheStatistics {
  readonly hits: number;
  readonly misses: number;
  readonly entries: number;
  readonly entriesMax: number;
}

interface Entry<Value> {
  readonly value: Value;
  readonly characters: number;
}

/**
 * What the texts of all entries may have together. A client may send a megabyte as one document: a thousand of those
 * would be kept as text, as document and as plan, and end the process. As many documents of 8 kB are far from it.
 */
export const charactersMax = 8 * 1024 * 1024;

/** Keeps the entries that were used last, up to a number of them, and of characters in their texts. */
export class BoundedCache<Value> {
  readonly #entries = new Map<string, Entry<Value>>();
  readonly #entriesMax: number;
  #characters = 0;
  #hits = 0;
  #misses = 0;

  constructor(entriesMax: number) {
    this.#entriesMax = entriesMax;
  }

  get(key: string): Value | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) {
      this.#misses += 1;
      return undefined;
    }
    this.#hits += 1;
    // A map keeps the order of insertion: first is what was unused for longest.
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    return entry.value;
  }

  /** `characters`: how long the text is that the value was made of, where that is not the key. */
  set(key: string, value: Value, characters = key.length): void {
    this.delete(key);
    this.#entries.set(key, { value, characters });
    this.#characters += characters;
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size <= this.#entriesMax && this.#characters <= charactersMax) return;
      this.delete(oldest);
    }
  }

  delete(key: string): void {
    this.#characters -= this.#entries.get(key)?.characters ?? 0;
    this.#entries.delete(key);
  }

  /** The values, last used first. */
  values(): Value[] {
    return [...this.#entries.values()].map(({ value }) => value).reverse();
  }

  get statistics(): CacheStatistics {
    return {
      hits: this.#hits,
      misses: this.#misses,
      entries: this.#entries.size,
      entriesMax: this.#entriesMax,
    };
  }
}
