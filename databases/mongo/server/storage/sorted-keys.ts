/** An index entry: the key's order string, and the record it leads to. */
export interface IndexEntry {
  readonly key: string;
  readonly id: string;
}

const CHUNK_MAX = 512;

function isBefore(entry: IndexEntry, key: string, id: string): boolean {
  return entry.key < key || (entry.key === key && entry.id < id);
}

/** Entries in order of (key, id), in chunks, so that an insertion moves few of them. */
export class SortedKeys {
  private readonly chunks: IndexEntry[][] = [];
  private count = 0;

  get size(): number {
    return this.count;
  }

  /** Adds an entry; false when it was there. */
  add(key: string, id: string): boolean {
    const chunkIndex = this.chunkFor(key, id);
    const chunk = this.chunks[chunkIndex];
    if (chunk === undefined) {
      this.chunks.push([{ key, id }]);
      this.count += 1;
      return true;
    }
    const place = this.placeIn(chunk, key, id);
    const there = chunk[place];
    if (there !== undefined && there.key === key && there.id === id) return false;
    chunk.splice(place, 0, { key, id });
    this.count += 1;
    if (chunk.length > CHUNK_MAX) {
      this.chunks.splice(chunkIndex + 1, 0, chunk.splice(chunk.length >>> 1));
    }
    return true;
  }

  /** Removes an entry; false when it was not there. */
  remove(key: string, id: string): boolean {
    const chunkIndex = this.chunkFor(key, id);
    const chunk = this.chunks[chunkIndex];
    if (chunk === undefined) return false;
    const place = this.placeIn(chunk, key, id);
    const there = chunk[place];
    if (there === undefined || there.key !== key || there.id !== id) return false;
    chunk.splice(place, 1);
    this.count -= 1;
    if (chunk.length === 0) this.chunks.splice(chunkIndex, 1);
    return true;
  }

  /** The entries with `low <= key < high`, in order. Not to be changed while it is read. */
  *range(low: string, high: string): Generator<IndexEntry> {
    let chunkIndex = this.chunkFor(low, '');
    const first = this.chunks[chunkIndex];
    let place = first === undefined ? 0 : this.placeIn(first, low, '');
    for (; chunkIndex < this.chunks.length; chunkIndex++, place = 0) {
      const chunk = this.chunks[chunkIndex] ?? [];
      for (; place < chunk.length; place++) {
        const entry = chunk[place];
        if (entry === undefined || entry.key >= high) return;
        yield entry;
      }
    }
  }

  /** The same entries from the last to the first. */
  *rangeBackwards(low: string, high: string): Generator<IndexEntry> {
    let chunkIndex = this.chunkFor(high, '');
    const last = this.chunks[chunkIndex];
    let place = last === undefined ? 0 : this.placeIn(last, high, '');
    for (; chunkIndex >= 0; chunkIndex--, place = this.chunks[chunkIndex]?.length ?? 0) {
      const chunk = this.chunks[chunkIndex] ?? [];
      for (; place > 0; place--) {
        const entry = chunk[place - 1];
        if (entry === undefined || entry.key < low) return;
        yield entry;
      }
    }
  }

  // The last chunk whose first entry is not after the wanted one.
  private chunkFor(key: string, id: string): number {
    let low = 0;
    let high = this.chunks.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const first = this.chunks[middle]?.[0];
      if (first !== undefined && (isBefore(first, key, id) || (first.key === key && first.id === id)))
        low = middle + 1;
      else high = middle;
    }
    return Math.max(0, low - 1);
  }

  private placeIn(chunk: readonly IndexEntry[], key: string, id: string): number {
    let low = 0;
    let high = chunk.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const entry = chunk[middle];
      if (entry !== undefined && isBefore(entry, key, id)) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
