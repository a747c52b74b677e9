import type { Leased, Taken } from "@/lib/broker/broker";
import type { StraightTaker } from "@/lib/broker/requests";
import { TakerPace } from "@/lib/engine/lease/taker-pace";
import type { Look, QueueSignals } from "@/lib/engine/signals";

/** How those who take have kept up, over their calls. */
const paces = new WeakMap<StraightTaker, TakerPace>();

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
  readonly #pace: TakerPace;

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
    this.#pace = paces.get(taker) ?? new TakerPace();
    paces.set(taker, this.#pace);
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

  /** Whether a message may go to it now. */
  get isOpen(): boolean {
    return this.#isFree && this.#taker.room() > 0;
  }

  /**
   * Whether a message that can't go now had better wait: its reader is at it, and faster than the database; or the little
   * that had to be stored is just being fetched.
   */
  isWorthWaiting(now: number): boolean {
    if (!this.#isFree) return this.#signals.isOnlyFor(this.queueId, this.take) && this.#pace.wasOpenLately(now);
    return this.#taker.isBusy() && this.#pace.isFast(now);
  }

  give(message: Taken): void {
    this.#pace.took(message, performance.now());
    this.#taker.take([message]);
  }

  /**
   * Whether of all that this node has stored before nothing is in the queue, or on the way from there to its caller. A look
   * that began when nothing was there, while nothing is told, can only find what others have sent.
   */
  get #isFree(): boolean {
    const look = this.#look;
    if (look === undefined || (look !== null && (look.outdated || !look.wasEmpty))) return false;
    return this.#signals.isEmpty(this.queueId) && this.#signals.isOnlyFor(this.queueId, this.take);
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

  /** Whether one can go to somebody at this queue now, or may wait for one who is busy. */
  isWorthWaiting(queueId: number, now: number): boolean {
    for (const taker of this.#byQueue.get(queueId) ?? []) if (taker.isOpen || taker.isWorthWaiting(now)) return true;
    return false;
  }
}
