/** So many failed logins from one address within the window, and further ones are refused until it has passed. */
const MOST_FAILURES = 10;
const WINDOW_MS = 60_000;
/** Addresses that are remembered at most; the oldest are forgotten first. */
const MOST_ADDRESSES = 10_000;

/** Slows down guessing of passwords. Kept per process: each web node counts for itself. */
export class LoginThrottle {
  /** Times of failures, in ms, by address. */
  readonly #failures = new Map<string, number[]>();
  /** The last login of each address that is under way or waits for its turn. */
  readonly #last = new Map<string, Promise<void>>();

  /**
   * Does the logins of one address one after the other: many at once would otherwise all be tried before the first of
   * them has failed.
   */
  async inTurn<T>(address: string, logIn: () => Promise<T>): Promise<T> {
    const mine = (this.#last.get(address) ?? Promise.resolve()).then(logIn);
    const ended = mine.then(
      () => {},
      () => {},
    );
    this.#last.set(address, ended);
    try {
      return await mine;
    } finally {
      if (this.#last.get(address) === ended) this.#last.delete(address);
    }
  }

  /** How many seconds this address has to wait before its next try; 0 if it may try now. */
  secondsToWait(address: string, now = Date.now()): number {
    const recent = this.#recent(address, now);
    const oldest = recent[recent.length - MOST_FAILURES];
    return oldest === undefined ? 0 : Math.ceil((oldest + WINDOW_MS - now) / 1000);
  }

  failed(address: string, now = Date.now()): void {
    const recent = [...this.#recent(address, now), now].slice(-MOST_FAILURES);
    this.#failures.delete(address);
    this.#failures.set(address, recent);
    for (const oldest of this.#failures.keys()) {
      if (this.#failures.size <= MOST_ADDRESSES) break;
      this.#failures.delete(oldest);
    }
  }

  #recent(address: string, now: number): readonly number[] {
    return (this.#failures.get(address) ?? []).filter((at) => at > now - WINDOW_MS);
  }
}
