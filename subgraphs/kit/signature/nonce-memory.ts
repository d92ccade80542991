/**
 * Remembers nonces for as long as their requests could be replayed, in two generations of a fixed size at most: what
 * is older than one whole period is forgotten together.
 */
export class NonceMemory {
  readonly #periodMs: number;
  readonly #entriesMax: number;
  #current = new Set<string>();
  #previous = new Set<string>();
  #turnsAtMs = 0;

  /** `periodMs` is the time within which one nonce must not come twice, in milliseconds. */
  constructor(periodMs: number, entriesMax: number) {
    this.#periodMs = periodMs;
    this.#entriesMax = entriesMax;
  }

  /**
   * Takes a nonce; false when it was taken before, or when no more can be remembered: a full memory must not forget,
   * because what it forgot could be replayed.
   */
  take(nonce: string, nowMs: number): boolean {
    if (nowMs >= this.#turnsAtMs) {
      // After a quiet time both are old.
      this.#previous = nowMs >= this.#turnsAtMs + this.#periodMs ? new Set() : this.#current;
      this.#current = new Set();
      this.#turnsAtMs = nowMs + this.#periodMs;
    }
    if (this.#current.has(nonce) || this.#previous.has(nonce)) return false;
    if (this.#current.size >= this.#entriesMax) return false;
    this.#current.add(nonce);
    return true;
  }
}
