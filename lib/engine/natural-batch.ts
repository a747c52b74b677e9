interface Waiting<T, R> {
  readonly items: readonly T[];
  readonly resolve: (result: R) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Does things together that are asked for one by one: while one batch is under way, what arrives waits for the next,
 * and nothing waits when idle. Every caller gets the result of the batch that its items were in.
 */
export class NaturalBatch<T, R> {
  readonly #run: (items: readonly T[]) => Promise<R>;
  readonly #most: number;
  #waiting: Waiting<T, R>[] = [];
  #running = false;

  /**
   * @param most items in one batch, unless one caller alone brings more
   * @param run does the work; when it throws, all callers of that batch get the error
   */
  constructor(most: number, run: (items: readonly T[]) => Promise<R>) {
    this.#most = most;
    this.#run = run;
  }

  add(items: readonly T[]): Promise<R> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ items, resolve, reject });
      if (this.#running) return;
      this.#running = true;
      setImmediate(() => void this.#work());
    });
  }

  async #work(): Promise<void> {
    while (this.#waiting.length > 0) {
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
