import { databaseClock } from "@/lib/engine/sql/history";
import type { Queryable } from "@/lib/engine/statement";

/** How often the clock is asked, each time so often in a row, and how many of the answers count. */
const askEveryMs = 15_000;
const atATime = 3;
const remembered = 4 * atATime;

/**
 * Tells moments of this process by the database's clock, so that what nodes note stands in order with what the database notes.
 * An answer can only be late: of the last ones, that counts which was the least so. Taking each moment's distance from the
 * statement that writes it down would add that statement's delay, another one each time, and turn round what is near.
 */
export class DatabaseClock {
  /** What the database's clock said, less when it was asked by `performance.now()`, in ms. */
  #offsets: number[] = [];
  #askedAt = Number.NEGATIVE_INFINITY;

  /** Asks what time it is, if that was long ago. Throws when the database is away. */
  async ask(db: Queryable): Promise<void> {
    if (performance.now() - this.#askedAt < askEveryMs) return;
    for (let i = 0; i < atATime; i++) {
      const asked = performance.now();
      this.#offsets.push((await databaseClock(db)) - asked);
    }
    this.#offsets = this.#offsets.slice(-remembered);
    this.#askedAt = performance.now();
  }

  /**
   * @param moment by `performance.now()`
   * @returns in ms since 1970, by the database's clock. Throws before the database was asked.
   */
  at(moment: number): number {
    if (this.#offsets.length === 0) throw new Error("the database was not asked for its time");
    return Math.min(...this.#offsets) + moment;
  }
}
