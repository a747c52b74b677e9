import type { Given, Leased } from "@/lib/broker/broker";
import type { StraightTaker, TakingPace } from "@/lib/broker/requests";
import { AcknowledgementPace } from "@/lib/engine/lease/acknowledgement-pace";
import { TakerPace } from "@/lib/engine/lease/taker-pace";
import type { Look, QueueSignals } from "@/lib/engine/signals";

/** How those who take have kept up, over their calls. */
const paces = new WeakMap<StraightTaker, TakerPace>();
const acknowledgementPaces = new WeakMap<StraightTaker, AcknowledgementPace>();

/** So many who have gone may be remembered. */
const mostGone = 100;

/** For whom, and for how long, what he is given and has to acknowledge is held; see `TakerTerms`. */
export interface HoldingTerms {
  node(): number | null;
  readonly visibilityTimeoutMs: number;
}

/**
 * A call that waits at a queue for somebody who takes messages in the moment in which they come. What is given to it is with
 * that somebody before anything else happens, so what is given later can't be before it.
 */
export class StandingTaker {
  readonly queueId: number;
  readonly holder: string;
  /** Null where what is given is done with as it is taken. */
  readonly holding: HoldingTerms | null;
  /** How soon it acknowledges. */
  readonly acknowledgements: AcknowledgementPace;
  /** What is given to it while it waits, of what was just stored. */
  readonly take: (messages: readonly Leased[]) => void;
  readonly #taker: StraightTaker;
  readonly #signals: QueueSignals;
  /** Null while it only waits; undefined while it may have messages in hand that its caller has not. */
  #look: Look | null | undefined;
  readonly #pace: TakerPace;

  constructor(
    signals: QueueSignals,
    { queueId, holder, holding }: Pick<StandingTaker, "queueId" | "holder" | "holding">,
    taker: StraightTaker,
    noted: (messages: readonly Leased[]) => void,
  ) {
    this.#signals = signals;
    this.queueId = queueId;
    this.holder = holder;
    this.holding = holding;
    this.#taker = taker;
    this.#pace = known(paces, taker, () => new TakerPace());
    this.acknowledgements = known(acknowledgementPaces, taker, () => new AcknowledgementPace());
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
    return this.isFree && this.#taker.room() > 0;
  }

  /**
   * Whether a message for somebody who doesn't acknowledge, that can't go now, had better wait: its reader is at it, and faster
   * than the database; or the little that had to be stored is just being fetched.
   */
  isWorthWaiting(now: number): boolean {
    if (!this.isFree) return this.#signals.isOnlyFor(this.queueId, this.take) && this.#pace.wasOpenLately(now);
    return this.#taker.pace() !== null && this.#pace.isFast(now);
  }

  /** About how many messages lie in its queue. */
  get stored(): number {
    return this.#signals.likely(this.queueId);
  }

  /** See `StraightTaker`. */
  pace(): TakingPace | null {
    return this.#taker.pace();
  }

  give(message: Given): void {
    if (!this.holding) this.#pace.took(message, performance.now());
    this.#taker.take([message]);
  }

  /**
   * Whether of all that this node has stored before nothing is in the queue, or on the way from there to its caller. A look
   * that began when nothing was there, while nothing is told, can only find what others have sent.
   */
  get isFree(): boolean {
    const look = this.#look;
    if (look === undefined || (look !== null && (look.outdated || !look.wasEmpty))) return false;
    return this.#signals.isEmpty(this.queueId) && this.#signals.isOnlyFor(this.queueId, this.take);
  }
}

function known<P>(all: WeakMap<StraightTaker, P>, taker: StraightTaker, begin: () => P): P {
  const pace = all.get(taker) ?? begin();
  all.set(taker, pace);
  return pace;
}

/** Those of this node. */
export class StandingTakers {
  readonly #byQueue = new Map<number, Set<StandingTaker>>();
  /** The last of each queue who has to acknowledge, also between two calls. */
  readonly #holding = new Map<number, StandingTaker>();

  get isEmpty(): boolean {
    return this.#byQueue.size === 0 && this.#holding.size === 0;
  }

  enter(taker: StandingTaker): void {
    const takers = this.#byQueue.get(taker.queueId);
    if (takers) takers.add(taker);
    else this.#byQueue.set(taker.queueId, new Set([taker]));
    if (taker.holding) this.#holding.set(taker.queueId, taker);
    else this.#holding.delete(taker.queueId);
    if (this.#holding.size > this.#byQueue.size + mostGone) this.#forgetGone();
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

  /** Who takes messages of this queue, and has to acknowledge them, even if he doesn't wait just now. */
  holdingAt(queueId: number): StandingTaker | undefined {
    return this.#holding.get(queueId);
  }

  /** Those of all queues. */
  holding(): Iterable<StandingTaker> {
    return this.#holding.values();
  }

  /** Whether one that acknowledges nothing can be given something at this queue now, or will soon. */
  isWorthWaiting(queueId: number, now: number): boolean {
    for (const taker of this.#byQueue.get(queueId) ?? [])
      if (taker.holding === null && (taker.isOpen || taker.isWorthWaiting(now))) return true;
    return false;
  }

  #forgetGone(): void {
    for (const [queueId, taker] of this.#holding) {
      if (!this.#byQueue.has(queueId) && taker.pace() === null) this.#holding.delete(queueId);
    }
  }
}
