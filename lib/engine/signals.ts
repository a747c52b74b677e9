/** Ends a wait; the reason is not told: whoever waited looks for itself. */
type Wake = () => void;

/**
 * Lets leases wait for messages. A signal is only a hint: it may come for nothing, and it may be missed, so waiting
 * always has an end. Waiters of one queue are woken one at a time, in the order in which they came; one that found
 * something passes the hint on (`wake` again), so that a single message does not set all of them running.
 */
export class QueueSignals {
  readonly #waiting = new Map<number, Set<Wake>>();
  /** Queues of which something was told when nobody waited: whoever is only just going to wait looks again at once. */
  readonly #missed = new Set<number>();
  readonly #listeners = new Set<(queueIds: readonly number[]) => void>();

  /** Something may have become ready in these queues, by this node's own doing: tells the other nodes, too. */
  announce(queueIds: Iterable<number>): void {
    const ids = [...queueIds];
    if (ids.length === 0) return;
    this.wake(ids);
    for (const listener of this.#listeners) listener(ids);
  }

  /** Something may have become ready in these queues. */
  wake(queueIds: Iterable<number>): void {
    for (const id of queueIds) {
      const first = this.#waiting.get(id)?.values().next().value;
      if (first) first();
      else this.#missed.add(id);
    }
  }

  /** Calls back for everything that is announced here. */
  onAnnounce(listener: (queueIds: readonly number[]) => void): void {
    this.#listeners.add(listener);
  }

  /** Wakes everybody, e.g. when signals may have been missed, or at the end. */
  wakeAll(): void {
    for (const waiters of [...this.#waiting.values()]) for (const wake of [...waiters]) wake();
  }

  /**
   * Waits for a hint.
   * @param timeoutMs how long at most, in ms
   * @param abort ends the wait early
   */
  wait(queueId: number, timeoutMs: number, abort?: AbortSignal): Promise<void> {
    if (abort?.aborted || this.#missed.delete(queueId)) return Promise.resolve();
    return new Promise((resolve) => {
      const waiters = this.#waiting.get(queueId) ?? new Set<Wake>();
      this.#waiting.set(queueId, waiters);
      const end: Wake = () => {
        clearTimeout(timer);
        abort?.removeEventListener("abort", end);
        waiters.delete(end);
        if (waiters.size === 0 && this.#waiting.get(queueId) === waiters) this.#waiting.delete(queueId);
        resolve();
      };
      const timer = setTimeout(end, timeoutMs);
      abort?.addEventListener("abort", end);
      waiters.add(end);
    });
  }
}
