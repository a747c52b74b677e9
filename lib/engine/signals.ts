import type { Leased } from "@/lib/broker/broker";

/** What somebody who waits at a queue would take, at once when it is stored. */
export interface TakerTerms {
  /** How many it would take now. */
  room(): number;
  readonly autoAck: boolean;
  readonly visibilityTimeoutMs: number;
  readonly holder: string;
  /** The node whose end is to end the lease; null for none. */
  readonly node: number | null;
  readonly countAs: "get" | "deliver";
  /** Has them before the wait ends, so that nothing that comes later can be before them. */
  readonly take?: ((messages: readonly Leased[]) => void) | undefined;
}

/** A look into a queue that is under way. */
export interface Look {
  readonly queueId: number;
  /** By `performance.now()`. */
  readonly began: number;
  /** Nothing was known to be ready when it began. */
  readonly wasEmpty: boolean;
  /** Something may have become ready since. */
  outdated: boolean;
}

/** What is known of a queue in which nothing is ready; moments by `performance.now()`. */
export interface Emptiness {
  /** When it was found out first; it was never otherwise since, as far as is known here. */
  readonly since: number;
  /** When it was found out last. */
  readonly at: number;
}

/** A waiter that goes on waiting until it is told to end, with messages or without. */
export interface ReservedTaker {
  readonly terms: TakerTerms;
  /** How many it takes. */
  readonly room: number;
  end(messages: readonly Leased[]): void;
}

interface Waiter {
  readonly terms: TakerTerms | undefined;
  /** Ends the wait; the reason is not told: whoever waited looks for itself. */
  wake(): void;
  /** From now on nothing ends the wait but `end`. */
  reserve(): void;
  end(messages: readonly Leased[]): void;
}

const nothing: readonly Leased[] = [];

/** What is known may be forgotten at any time. */
const mostEmpty = 10_000;

/**
 * Lets leases wait for messages. A signal is only a hint: it may come for nothing, and it may be missed, so waiting
 * always has an end. Waiters of one queue are woken one at a time, in the order in which they came; one that found
 * something passes the hint on (`wake` again), so that a single message does not set all of them running.
 */
export class QueueSignals {
  readonly #waiting = new Map<number, Set<Waiter>>();
  /** Queues of which something was told when nobody waited: whoever is only just going to wait looks again at once. */
  readonly #missed = new Set<number>();
  /**
   * Queues in which nothing was ready when somebody here last knew, and of which nothing was told since. What other nodes do is
   * told late, or never: see `heed`.
   */
  readonly #empty = new Map<number, Emptiness>();
  /** About how many messages are ready, as far as this node has stored and fetched them since a queue was known to be empty. */
  readonly #likely = new Map<number, number>();
  /** Queues in which something is about to become ready, and how often that was said. */
  readonly #doubts = new Map<number, number>();
  /** Looks that are under way. */
  readonly #looks = new Map<number, Set<Look>>();
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
      this.#empty.delete(id);
      for (const look of this.#looks.get(id) ?? []) look.outdated = true;
      const first = this.#waiting.get(id)?.values().next().value;
      if (first) first.wake();
      else this.#missed.add(id);
    }
  }

  /** To be called before somebody looks into a queue; and `looked` when it is known what was found. */
  look(queueId: number): Look {
    const look = { queueId, began: performance.now(), wasEmpty: this.#empty.has(queueId), outdated: false };
    const looks = this.#looks.get(queueId);
    if (looks) looks.add(look);
    else this.#looks.set(queueId, new Set([look]));
    return look;
  }

  looked(look: Look): void {
    const looks = this.#looks.get(look.queueId);
    looks?.delete(look);
    if (looks?.size === 0) this.#looks.delete(look.queueId);
  }

  /**
   * Nothing is ready in this queue, as far as a look into it, or what became of its last messages, tells.
   * @param at when that was so, by `performance.now()`
   */
  noteEmpty(queueId: number, at: number): void {
    if (this.#missed.has(queueId) || this.#doubts.has(queueId)) return;
    this.#likely.delete(queueId);
    if (this.#empty.size >= mostEmpty) this.#empty.clear();
    this.#empty.set(queueId, { since: this.#empty.get(queueId)?.since ?? at, at });
  }

  /** A look has found nothing: that was so when it began, if nothing was told since. */
  foundEmpty({ queueId, began, outdated }: Look): void {
    if (!outdated) this.noteEmpty(queueId, began);
  }

  /**
   * Somebody has come who may have published to this queue over another node, or given something back to it there, before: that
   * it is empty is to be found out anew, unless it was known later.
   * @param since when he came, by `performance.now()`
   */
  heed(queueId: number, since: number): void {
    const known = this.#empty.get(queueId);
    if (known !== undefined && known.at < since) this.wake([queueId]);
  }

  /** So many became ready in this queue, or were fetched from it (below 0). */
  count(queueId: number, messages: number): void {
    if (this.#likely.size >= mostEmpty) this.#likely.clear();
    this.#likely.set(queueId, Math.max(0, this.likely(queueId) + messages));
  }

  /** About how many are ready; only a hint. */
  likely(queueId: number): number {
    return this.#likely.get(queueId) ?? 0;
  }

  /**
   * Something is about to become ready in these queues: until then they don't count as empty, whatever a look finds, and nothing
   * is handed to those who wait there.
   * @returns to be called when it is ready, or isn't going to be
   */
  doubt(queueIds: ReadonlySet<number>): () => void {
    for (const id of queueIds) {
      this.#empty.delete(id);
      this.#doubts.set(id, (this.#doubts.get(id) ?? 0) + 1);
    }
    return () => {
      for (const id of queueIds) {
        const left = (this.#doubts.get(id) ?? 0) - 1;
        if (left > 0) this.#doubts.set(id, left);
        else this.#doubts.delete(id);
        for (const look of this.#looks.get(id) ?? []) look.outdated = true;
      }
    };
  }

  /** Whether it is not worth while to look before waiting. Like a signal this is only a hint. */
  isEmpty(queueId: number): boolean {
    return this.#empty.has(queueId);
  }

  /** What is known of that; undefined where it isn't. */
  emptiness(queueId: number): Emptiness | undefined {
    return this.#empty.get(queueId);
  }

  /** Calls back for everything that is announced here. */
  onAnnounce(listener: (queueIds: readonly number[]) => void): void {
    this.#listeners.add(listener);
  }

  /** Whether all who wait at this queue take messages before their wait ends: nobody else's turn is passed over. */
  isOnlyFor(queueId: number, take: unknown): boolean {
    for (const { terms } of this.#waiting.get(queueId) ?? []) if (terms?.take !== take) return false;
    return true;
  }

  /** Wakes everybody, e.g. when signals may have been missed, or at the end. */
  wakeAll(): void {
    this.#empty.clear();
    for (const looks of this.#looks.values()) for (const look of looks) look.outdated = true;
    for (const waiters of [...this.#waiting.values()]) for (const waiter of [...waiters]) waiter.wake();
  }

  /** Whether somebody waits at each of these queues. */
  isWaitedAt(queueIds: Iterable<number>): boolean {
    for (const id of queueIds) if (!this.#waiting.has(id)) return false;
    return true;
  }

  /**
   * Takes waiters that have room out of the queue's line, until there is room for so many messages. They have to be ended. None
   * while something that comes before these messages is about to become ready.
   */
  reserve(queueId: number, messages: number): readonly ReservedTaker[] {
    const reserved: ReservedTaker[] = [];
    if (this.#doubts.has(queueId)) return reserved;
    let left = messages;
    for (const waiter of this.#waiting.get(queueId) ?? []) {
      if (left <= 0) break;
      const room = waiter.terms?.room() ?? 0;
      if (!waiter.terms || room <= 0) continue;
      waiter.reserve();
      const { take } = waiter.terms;
      const end = (given: readonly Leased[]) => {
        if (given.length > 0) take?.(given);
        waiter.end(given);
      };
      reserved.push({ terms: waiter.terms, room, end: take ? end : waiter.end });
      left -= room;
    }
    return reserved;
  }

  /**
   * Waits for a hint.
   * @param timeoutMs how long at most, in ms
   * @param abort ends the wait early
   * @param terms on which messages may be given right away
   * @returns messages that it was given; none for a hint
   */
  wait(queueId: number, timeoutMs: number, abort?: AbortSignal, terms?: TakerTerms): Promise<readonly Leased[]> {
    if (abort?.aborted || this.#missed.delete(queueId)) return Promise.resolve(nothing);
    return new Promise((resolve) => {
      const waiters = this.#waiting.get(queueId) ?? new Set<Waiter>();
      this.#waiting.set(queueId, waiters);
      const reserve = () => {
        clearTimeout(timer);
        abort?.removeEventListener("abort", wake);
        waiters.delete(waiter);
        if (waiters.size === 0 && this.#waiting.get(queueId) === waiters) this.#waiting.delete(queueId);
      };
      const wake = () => {
        reserve();
        resolve(nothing);
      };
      const timer = setTimeout(wake, timeoutMs);
      abort?.addEventListener("abort", wake);
      const waiter: Waiter = { terms, wake, reserve, end: resolve };
      waiters.add(waiter);
    });
  }
}
