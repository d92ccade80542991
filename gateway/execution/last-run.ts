/**
 * What the last run of an operation made of its subgraphs' answers. An answer to the client is a pure function of the
 * operation and the bytes of those answers: when every subgraph answers the same bytes as last time, the same
 * representations are sent and the same bytes are the answer, and nothing has to be parsed, merged or written again.
 * Every subgraph is still asked, with this request's own headers and variables; no data outlives its answer.
 */
export interface LastRun {
  /** By step: the representations that it sent, batch by batch; undefined where it had nothing to ask. */
  readonly lists: readonly (readonly string[] | undefined)[];
  /** By step: its answer. */
  readonly answers: readonly (Buffer | undefined)[];
  /** The whole answer. */
  readonly body: Buffer;
}

/** Where an operation keeps its last run. */
export interface LastRunSlot {
  run: LastRun | undefined;
  /** Requests in a row that were answered otherwise than the run before. */
  misses: number;
}

// After so many misses most runs are not kept: an operation whose answers always differ should not pay for it.
const missesMax = 8;
const keptOfMisses = 32;

/** Keeps the last runs of an engine's operations, up to a number of bytes and of operations in all. */
export class LastRunStore {
  readonly #bytesMax: number;
  readonly #entriesMax: number;
  readonly #sizes = new Map<LastRunSlot, number>();
  #bytes = 0;

  /** `bytesMax` 0 keeps none. `entriesMax` is that of the operations: one that was forgotten has no use for its run. */
  constructor(bytesMax: number, entriesMax: number) {
    this.#bytesMax = bytesMax;
    this.#entriesMax = entriesMax;
  }

  /** Whether a run of this operation should be followed, so that it can be kept. */
  isKept(slot: LastRunSlot): boolean {
    return this.#bytesMax > 0 && (slot.misses < missesMax || slot.misses % keptOfMisses === 0);
  }

  keep(slot: LastRunSlot, run: LastRun): void {
    const size = run.body.length + run.answers.reduce((sum, answer) => sum + (answer?.length ?? 0), 0);
    // One operation may not push out all others.
    if (size > this.#bytesMax / 16) return;
    this.#forget(slot);
    slot.run = run;
    this.#sizes.set(slot, size);
    this.#bytes += size;
    for (const oldest of this.#sizes.keys()) {
      if (this.#bytes <= this.#bytesMax && this.#sizes.size <= this.#entriesMax) break;
      this.#forget(oldest);
    }
  }

  #forget(slot: LastRunSlot): void {
    slot.run = undefined;
    this.#bytes -= this.#sizes.get(slot) ?? 0;
    this.#sizes.delete(slot);
  }
}
