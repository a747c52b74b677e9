/** Leases that run out are noticed this late at most, in ms, if the duty doesn't do it before. */
const atLeastEveryMs = 50;

/** What is known may be forgotten at any time; it only saves work. */
const mostQueues = 10_000;

/**
 * Knows when it is worth while to look in a queue for leases that have run out: now and then, and when the first of
 * those that were granted here since the last look may have. A waiting consumer asks at each look at its queue.
 */
export class ExpiryLookouts {
  readonly #queues = new Map<number, { lookedAt: number; dueAt: number }>();

  /** A lease was granted or prolonged by this node, for so long, in ms from now. */
  granted(queueId: number, forMs: number): void {
    const queue = this.#queues.get(queueId);
    if (queue) queue.dueAt = Math.min(queue.dueAt, performance.now() + forMs);
  }

  /**
   * Whether to look now; the caller does so if this says yes.
   * @param idle nothing has happened in this queue for a while: only for what was granted here
   */
  isDue(queueId: number, idle = false): boolean {
    const now = performance.now();
    const queue = this.#queues.get(queueId);
    if (idle && (!queue || now < queue.dueAt)) return false;
    if (queue && now < queue.dueAt && now < queue.lookedAt + atLeastEveryMs) return false;
    if (this.#queues.size >= mostQueues) this.#queues.clear();
    const dueAt = queue && queue.dueAt > now ? queue.dueAt : Number.POSITIVE_INFINITY;
    this.#queues.set(queueId, { lookedAt: now, dueAt });
    return true;
  }
}
