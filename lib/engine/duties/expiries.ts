import { handoverMs } from "@/lib/engine/sql/lease";

/** A message that lives for less than this, in ms, is told; of all others the duty learns in time by itself. */
const shortMs = 100;
/** Keeps the duty from running all the time where such messages come all the time, in ms. */
const leastMs = 25;

/**
 * Tells this node's duty of expired messages when a short life comes to its end, so that a dead letter is where it
 * belongs within some 30 ms, and not only with the duty's next round. Where another node leads, nobody listens.
 */
export class Expiries {
  #timer: NodeJS.Timeout | undefined;
  #dueAt = 0;
  #isDue = false;
  #listener: (() => void) | undefined;

  /** A message was stored that lives for so many ms; null for one that lives for ever. */
  stored(ttlMs: number | null): void {
    if (ttlMs === null || ttlMs > shortMs) return;
    // One that lives for 0 ms lies there for a moment, for those who wait.
    const waitMs = ttlMs === 0 ? handoverMs + 1 : Math.max(leastMs, ttlMs + 1);
    const dueAt = performance.now() + waitMs;
    if (this.#timer !== undefined) {
      if (this.#dueAt <= dueAt) return;
      clearTimeout(this.#timer);
    }
    this.#dueAt = dueAt;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#isDue = true;
      this.#listener?.();
    }, waitMs).unref();
  }

  /**
   * Calls once, when there is something to do that wasn't asked for yet: perhaps at once.
   * @returns what ends listening
   */
  listen(due: () => void): () => void {
    const once = () => {
      this.#listener = undefined;
      this.#isDue = false;
      due();
    };
    this.#listener = once;
    if (this.#isDue) once();
    return () => {
      if (this.#listener === once) this.#listener = undefined;
    };
  }
}
