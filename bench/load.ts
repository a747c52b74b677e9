/** Runs `once` again and again in so many chains at a time until the time is over; returns the sum of what they did. */
export async function repeat(callers: number, seconds: number, once: () => Promise<number>): Promise<number> {
  const end = performance.now() + seconds * 1000;
  let total = 0;
  await Promise.all(
    Array.from({ length: callers }, async () => {
      while (performance.now() < end) {
        const done = await once();
        total += done;
      }
    }),
  );
  return total;
}

/** Does a number of things with a few of them under way at a time. */
export async function each(count: number, atOnce: number, act: (index: number) => Promise<unknown>): Promise<void> {
  let next = 0;
  await Promise.all(
    Array.from({ length: Math.min(atOnce, count) }, async () => {
      while (next < count) await act(next++);
    }),
  );
}

/** Waits until a condition holds; throws after so many seconds, with what was waited for. */
export async function until(what: string, seconds: number, holds: () => boolean): Promise<void> {
  const end = performance.now() + seconds * 1000;
  while (!holds()) {
    if (performance.now() > end) throw new Error(`Waited ${seconds} s in vain until ${what}.`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

/** A ring of texts to publish, made beforehand. */
export function ring(texts: readonly string[]): () => string {
  let at = 0;
  return () => texts[at++ % texts.length] as string;
}

/** Lets a few things be under way at a time; a failure of one comes out at the next `add` or `end`. */
export class Window {
  readonly #most: number;
  readonly #running = new Set<Promise<void>>();

  constructor(most: number) {
    this.#most = most;
  }

  /** Waits until there is room. */
  async add(work: Promise<void>): Promise<void> {
    const running = work.finally(() => this.#running.delete(running));
    this.#running.add(running);
    if (this.#running.size >= this.#most) await Promise.race(this.#running);
  }

  async end(): Promise<void> {
    await Promise.all(this.#running);
  }
}
