interface Waiting<T, R> {
  readonly items: readonly T[];
  readonly resolve: (result: R) => void;
  readonly reject: (error: unknown) => void;
}

/** For how long a batch is left open for more; see `NaturalBatch`. */
export interface Gathering {
  /** From the beginning of one batch to that of the next, in ms. */
  readonly ms: number;
  /** So many items are worth a batch at any time. */
  readonly enough: number;
}

/**
 * Does things together that are asked for one by one: while one batch is under way, what arrives waits for the next,
 * and nothing waits when idle. Every caller gets the result of the batch that its items were in.
 */
export class NaturalBatch<T, R> {
  readonly #run: (items: readonly T[]) => Promise<R>;
  readonly #most: number;
  readonly #gathering: Gathering | null;
  #waiting: Waiting<T, R>[] = [];
  #running = false;
  /** When the last batch began, by `performance.now()`. */
  #began = Number.NEGATIVE_INFINITY;
  /** Ends the pause in which a batch is left open. */
  #close: (() => void) | undefined;

  /**
   * @param most items in one batch, unless one caller alone brings more
   * @param run does the work; when it throws, all callers of that batch get the error
   * @param gathering for what is in no hurry: batches don't follow each other sooner than that, unless there is enough
   *   for one. What comes after a longer pause still goes at once
   */
  constructor(most: number, run: (items: readonly T[]) => Promise<R>, gathering: Gathering | null = null) {
    this.#most = most;
    this.#run = run;
    this.#gathering = gathering;
  }

  add(items: readonly T[]): Promise<R> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ items, resolve, reject });
      if (this.#close && this.#isEnough()) this.#close();
      if (this.#running) return;
      this.#running = true;
      setImmediate(() => void this.#work());
    });
  }

  async #work(): Promise<void> {
    while (this.#waiting.length > 0) {
      await this.#gathered();
      this.#began = performance.now();
      const batch = this.#next();
      try {
        const result = await this.#run(batch.flatMap((waiting) => waiting.items));
        for (const { resolve } of batch) resolve(result);
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    this.#running = false;
  }

  async #gathered(): Promise<void> {
    if (!this.#gathering || this.#isEnough()) return;
    const left = this.#began + this.#gathering.ms - performance.now();
    if (left <= 0) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, left);
      this.#close = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#close = undefined;
  }

  #isEnough(): boolean {
    let items = 0;
    for (const waiting of this.#waiting) items += waiting.items.length;
    return items >= (this.#gathering?.enough ?? 0);
  }

  #next(): Waiting<T, R>[] {
    let count = 0;
    let items = 0;
    for (const waiting of this.#waiting) {
      items += waiting.items.length;
      if (count > 0 && items > this.#most) break;
      count++;
    }
    return this.#waiting.splice(0, count);
  }
}
