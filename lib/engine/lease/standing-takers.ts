import type { Leased, Taken } from "@/lib/broker/broker";
import type { StraightTaker } from "@/lib/broker/requests";
import type { Look, QueueSignals } from "@/lib/engine/signals";

/**
 * A call that waits at a queue for somebody who takes messages without acknowledging. What is given to it is with that
 * somebody before anything else happens, so what is given later can't be before it.
 */
export class StandingTaker {
  readonly queueId: number;
  readonly holder: string;
  /** What is given to it while it waits, of what was just stored. */
  readonly take: (messages: readonly Leased[]) => void;
  readonly #taker: StraightTaker;
  readonly #signals: QueueSignals;
  /** Null while it only waits; undefined while it may have messages in hand that its caller has not. */
  #look: Look | null | undefined;

  constructor(
    signals: QueueSignals,
    queueId: number,
    holder: string,
    taker: StraightTaker,
    noted: (messages: readonly Leased[]) => void,
  ) {
    this.#signals = signals;
    this.queueId = queueId;
    this.holder = holder;
    this.#taker = taker;
    this.take = (messages) => {
      noted(messages);
      taker.take(messages);
    };
  }

  /** It looks into its queue, and has what it finds when the caller has its answer. */
  looks(look: Look): void {
    this.#look = look;
  }

  /** It has nothing in hand, and waits. */
  waits(): void {
    this.#look = null;
  }

  /**
   * Whether a message may go to it now: it has room, and of all that this node has stored before nothing is in the queue,
   * or on the way from there to its caller. A look that began when nothing was there, while nothing is told, can only find
   * what others have sent.
   */
  get isOpen(): boolean {
    const look = this.#look;
    if (look === undefined || (look !== null && (look.outdated || !look.wasEmpty))) return false;
    const { queueId } = this;
    return this.#signals.isEmpty(queueId) && this.#signals.isOnlyFor(queueId, this.take) && this.#taker.room() > 0;
  }

  give(message: Taken): void {
    this.#taker.take([message]);
  }
}

/** Those of this node. */
export class StandingTakers {
  readonly #byQueue = new Map<number, Set<StandingTaker>>();

  get isEmpty(): boolean {
    return this.#byQueue.size === 0;
  }

  enter(taker: StandingTaker): void {
    const takers = this.#byQueue.get(taker.queueId);
    if (takers) takers.add(taker);
    else this.#byQueue.set(taker.queueId, new Set([taker]));
  }

  leave(taker: StandingTaker): void {
    const takers = this.#byQueue.get(taker.queueId);
    takers?.delete(taker);
    if (takers?.size === 0) this.#byQueue.delete(taker.queueId);
  }

  /** One at this queue that a message may go to now. */
  open(queueId: number): StandingTaker | undefined {
    for (const taker of this.#byQueue.get(queueId) ?? []) if (taker.isOpen) return taker;
    return undefined;
  }
}
