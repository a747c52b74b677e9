import type { PublishOutcome } from "@/lib/broker/requests";
import type { StandingTaker, StandingTakers } from "@/lib/engine/lease/standing-takers";
import { isPlain } from "@/lib/engine/publish/handover";
import type { InHand } from "@/lib/engine/publish/in-hand";
import { LinePatience } from "@/lib/engine/publish/line-patience";
import { mustSurvive, outcomeOf, type Routed } from "@/lib/engine/publish/store";
import { StraightMessage } from "@/lib/engine/publish/straight-message";
import type { StraightRecord } from "@/lib/engine/publish/straight-record";
import type { QueueSignals } from "@/lib/engine/signals";
import type { QueueRecord } from "@/lib/engine/topology/records";

/**
 * The way of messages to consumers of this node that wait for them: from memory, without waiting for the database. Who calls
 * makes sure that nothing that came before is on its way to the same queues.
 */
export class StraightWay {
  readonly #takers: StandingTakers;
  readonly #signals: QueueSignals;
  readonly #record: StraightRecord;
  readonly #inHand: InHand;
  readonly #patience: LinePatience;
  readonly #storeFirst: boolean;
  /** Queue records never change. */
  readonly #allowing = new WeakMap<QueueRecord, boolean>();

  /** @param storeFirst what has to survive never goes so */
  constructor(
    takers: StandingTakers,
    signals: QueueSignals,
    record: StraightRecord,
    inHand: InHand,
    storeFirst: boolean,
  ) {
    this.#takers = takers;
    this.#signals = signals;
    this.#record = record;
    this.#inHand = inHand;
    this.#storeFirst = storeFirst;
    this.#patience = new LinePatience(takers);
  }

  /** Whether anybody could take a message so. */
  get isWanted(): boolean {
    return !this.#takers.isEmpty;
  }

  /** Its publisher may have published to the same queues over another node before: that must not be passed. */
  heed({ message, queues }: Routed): void {
    for (const { id } of queues) this.#signals.heed(id, message.connectedSince);
  }

  /**
   * Gives the message to one taker in each of its queues; nothing is done unless all of them have one.
   * @returns what its publisher is told, perhaps later; undefined if it was not given
   */
  give(one: Routed): Promise<PublishOutcome> | undefined {
    if (!this.mayGo(one)) return undefined;
    const takers: StandingTaker[] = [];
    for (const queue of one.queues) {
      const taker = this.#takers.open(queue.id);
      if (taker === undefined) return undefined;
      takers.push(taker);
    }
    const [taker] = takers;
    const [queue] = one.queues;
    if (taker?.holding && queue) return takers.length === 1 ? this.#inHand.give(one, queue, taker) : undefined;
    if (takers.some(({ holding }) => holding) || mustSurvive(one)) return undefined;
    const message = new StraightMessage(one.message);
    for (const taker of takers) taker.give(message);
    const passages = takers.map(({ queueId, holder }) => ({ queueId, holder, acknowledgedBy: null }));
    this.#record.passed(one, passages);
    return Promise.resolve(outcomeOf(one));
  }

  /**
   * Whether it had better wait for takers who acknowledge nothing, and are about to have room.
   * @param now of performance.now(), as all times here
   */
  isWorthWaiting(one: Routed, now: number): boolean {
    return this.mayGo(one) && one.queues.every(({ id }) => this.#takers.isWorthWaiting(id, now));
  }

  /** The queue in whose line it may wait for somebody who acknowledges; undefined where it can't. */
  lineOf(one: Routed): number | undefined {
    const [queue] = one.queues;
    const isOne = queue !== undefined && one.queues.length === 1 && this.#takers.holdingAt(queue.id) !== undefined;
    return isOne && this.mayGo(one) ? queue.id : undefined;
  }

  /** Whether so many messages of one queue, each about as large as this one, had better wait there than be stored. */
  isWorthLine(queueId: number, { message: { body } }: Routed, length: number, now: number): boolean {
    const taker = this.#takers.holdingAt(queueId);
    return taker !== undefined && this.#patience.isWorthLine(taker, length, body.length, now);
  }

  /**
   * Whether it is one that may go straight, if there are takers. What has to survive may only go to who acknowledges it: it is
   * stored if he doesn't do so soon.
   */
  mayGo(one: Routed): boolean {
    const { message, queues, exchanges, deduplicationId } = one;
    const [first] = queues;
    if (!message.unnumbered || message.delayMs > 0 || deduplicationId !== null || first === undefined) return false;
    if (mustSurvive(one) && (this.#storeFirst || queues.length > 1 || this.#takers.holdingAt(first.id) === undefined))
      return false;
    return exchanges.every(({ retentionMs }) => retentionMs === null) && queues.every((queue) => this.#allows(queue));
  }

  #allows(queue: QueueRecord): boolean {
    const known = this.#allowing.get(queue);
    if (known !== undefined) return known;
    const { maxLength, maxLengthBytes, overflow, retentionMs } = queue.limits;
    const hasRoom = maxLengthBytes === null && (maxLength === null || (maxLength > 0 && overflow === "drop-head"));
    const allows = isPlain(queue) && hasRoom && retentionMs === null;
    this.#allowing.set(queue, allows);
    return allows;
  }
}
