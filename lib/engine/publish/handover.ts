import type { Leased } from "@/lib/broker/broker";
import { LeasedMessage } from "@/lib/engine/lease/leased-message";
import { newLeaseToken, receiptOf } from "@/lib/engine/lease/receipt";
import type { Outgoing } from "@/lib/engine/publish/outgoing";
import type { ReservedTaker } from "@/lib/engine/signals";
import { claimToken } from "@/lib/engine/sql/lease";
import type { HandoverOffer } from "@/lib/engine/sql/publish";
import type { QueueRecord } from "@/lib/engine/topology/records";

/** Where consumers of this node wait for messages. */
export interface Takers {
  /** Takes those that have room out of the queue's line, until there is room for so many messages. */
  reserve(queueId: number, messages: number): readonly ReservedTaker[];
  /** Whether somebody waits at each of these queues. */
  isWaitedAt(queueIds: Iterable<number>): boolean;
}

interface Offer {
  readonly number: number;
  readonly queue: QueueRecord;
  readonly taker: ReservedTaker;
  /** Of the claim; none for what is acknowledged as it is taken. */
  readonly token: number;
  readonly items: { readonly message: Outgoing; readonly index: number }[];
  bytes: number;
}

/**
 * Messages of one flush that are handed to takers as they are stored: they need not be claimed and read back. It is up
 * to the database whether a queue is in a state that allows it.
 */
export class Handover {
  readonly #open = new Map<number, Offer[]>();
  readonly #offers: Offer[] = [];
  /** How many messages of the flush go to each queue. */
  readonly #wanted = new Map<number, number>();

  private constructor() {}

  /** Null when nobody waits for any of the messages. */
  static of(takers: Takers, messages: readonly { readonly queues: readonly QueueRecord[] }[]): Handover | null {
    const wanted = new Map<QueueRecord, number>();
    for (const { queues } of messages)
      for (const queue of queues) if (isPlain(queue)) wanted.set(queue, (wanted.get(queue) ?? 0) + 1);
    const handover = new Handover();
    for (const [queue, count] of wanted) {
      handover.#wanted.set(queue.id, count);
      handover.#reserve(takers, queue, count);
    }
    return handover.#offers.length === 0 ? null : handover;
  }

  get queueIds(): number[] {
    return [...this.#open.keys()];
  }

  /** To be asked for each message that goes to a queue, in their order: the number of the offer that it goes to; 0 for none. */
  assign(queueId: number, message: Outgoing, index: number): number {
    const offers = this.#open.get(queueId);
    const offer = offers?.find(({ taker, items }) => items.length < taker.room);
    if (!offer) return 0;
    offer.items.push({ message, index });
    offer.bytes += message.body.length;
    return offer.number;
  }

  /** What the statement has to know. */
  get offers(): HandoverOffer[] {
    return this.#offers.map(({ number, queue, taker, token, items, bytes }) => ({
      number,
      queueId: queue.id,
      token,
      holder: taker.terms.holder,
      node: taker.terms.node,
      visibilityTimeoutMs: taker.terms.visibilityTimeoutMs,
      isGet: taker.terms.countAs === "get",
      count: items.length,
      bytes,
    }));
  }

  /**
   * The messages were stored.
   * @param open the queues in which they were handed over
   * @param ids of the stored messages
   * @param at the database's clock, to which the leases are added
   * @param granted is told of each claim
   * @returns the queues of which every message of the flush was handed over
   */
  stored(
    open: readonly number[],
    ids: readonly number[],
    at: Date,
    granted: (claim: { queueId: number; rank: number; token: number; seqs: readonly number[] }) => void,
  ): ReadonlySet<number> {
    const isOpen = new Set(open);
    const whole = new Set<number>();
    for (const offer of this.#offers) {
      const { queue, taker, items, token } = offer;
      if (!isOpen.has(queue.id) || items.length === 0) {
        taker.end([]);
        continue;
      }
      const until = new Date(at.getTime() + taker.terms.visibilityTimeoutMs);
      const seqs = items.map(({ index }) => ids[index] ?? 0);
      if (!taker.terms.autoAck) granted({ queueId: queue.id, rank: 0, token, seqs });
      const left = (this.#wanted.get(queue.id) ?? 0) - items.length;
      this.#wanted.set(queue.id, left);
      if (left === 0) whole.add(queue.id);
      taker.end(
        items.map(({ message }, index) => handed(offer, message, seqs[index] ?? 0, until, items.length - 1 - index)),
      );
    }
    return whole;
  }

  /** Nothing was stored: the takers look for themselves. */
  refused(): void {
    for (const { taker } of this.#offers) taker.end([]);
  }

  /**
   * Whether anything was stored is not known.
   * @param claimed is told which claims there may be, by the tokens of their leases
   */
  lost(claimed: (queueId: number, leaseToken: number) => void): void {
    for (const { taker, queue, token } of this.#offers) {
      if (!taker.terms.autoAck) claimed(queue.id, token + 1);
      taker.end([]);
    }
  }

  #reserve(takers: Takers, queue: QueueRecord, count: number): void {
    for (const taker of takers.reserve(queue.id, count)) {
      const number = (this.#offers.length + 1) * (taker.terms.autoAck ? -1 : 1);
      const offer = { number, queue, taker, token: claimToken(newLeaseToken()), items: [], bytes: 0 };
      this.#offers.push(offer);
      const open = this.#open.get(queue.id);
      if (open) open.push(offer);
      else this.#open.set(queue.id, [offer]);
    }
  }
}

/** Where the order of numbers is the order of service, and whoever waits may have all there is. */
export function isPlain({ limits }: QueueRecord): boolean {
  return limits.maxPriority === null && !limits.orderedGroups && !limits.rateLimit;
}

function handed({ taker, queue, token }: Offer, message: Outgoing, id: number, until: Date, remaining: number): Leased {
  const stored = {
    exchange: message.exchange,
    routingKey: message.routingKey,
    properties: message.encoded,
    body: message.body,
  };
  return new LeasedMessage(stored, {
    id,
    messageId: id,
    redelivered: false,
    deliveryCount: 0,
    receipt: taker.terms.autoAck ? null : receiptOf({ queueId: queue.id, rank: 0, seq: id, token }),
    leasedUntil: taker.terms.autoAck ? null : until,
    remaining,
  });
}
