import type { Taken } from "@/lib/broker/broker";
import { decodeProperties, type MessageProperties } from "@/lib/broker/properties/properties";
import type { StandingTaker, StandingTakers } from "@/lib/engine/lease/standing-takers";
import { isPlain } from "@/lib/engine/publish/handover";
import type { Outgoing } from "@/lib/engine/publish/outgoing";
import type { Routed } from "@/lib/engine/publish/store";
import type { StraightRecord } from "@/lib/engine/publish/straight-record";
import type { QueueRecord } from "@/lib/engine/topology/records";

/**
 * The way of transient messages to consumers of this node that take them without acknowledging: from memory, without
 * waiting for the database. Who calls makes sure that nothing that came before is on its way to the same queues.
 */
export class StraightWay {
  readonly #takers: StandingTakers;
  readonly #record: StraightRecord;
  /** Queue records never change. */
  readonly #allowing = new WeakMap<QueueRecord, boolean>();

  constructor(takers: StandingTakers, record: StraightRecord) {
    this.#takers = takers;
    this.#record = record;
  }

  /** Whether anybody could take a message so. */
  get isWanted(): boolean {
    return !this.#takers.isEmpty;
  }

  /** Gives the message to one taker in each of its queues, and notes it; false, and nothing is done, unless all of them have one. */
  give(one: Routed): boolean {
    if (!this.mayGo(one)) return false;
    const takers: StandingTaker[] = [];
    for (const queue of one.queues) {
      const taker = this.#takers.open(queue.id);
      if (taker === undefined) return false;
      takers.push(taker);
    }
    const message = new StraightMessage(one.message);
    for (const taker of takers) taker.give(message);
    this.#record.given(one, takers);
    return true;
  }

  /** Whether it had better wait for takers that are about to have room; `now` is of performance.now(). */
  isWorthWaiting(one: Routed, now: number): boolean {
    return this.mayGo(one) && one.queues.every(({ id }) => this.#takers.isWorthWaiting(id, now));
  }

  /** Whether it is one that may go straight, if there are takers. */
  mayGo({ message, queues, exchanges, deduplicationId }: Routed): boolean {
    if (!message.unnumbered || message.delayMs > 0 || deduplicationId !== null || queues.length === 0) return false;
    if (message.persistent && queues.some(({ durable }) => durable)) return false;
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

/** A message that is given away as it came. Its properties are decoded for whoever looks at them. */
class StraightMessage implements Taken {
  readonly exchange: string;
  readonly routingKey: string;
  readonly encodedProperties: Buffer;
  readonly body: Uint8Array;
  readonly redelivered = false;

  constructor({ exchange, routingKey, encoded, body }: Outgoing) {
    this.exchange = exchange;
    this.routingKey = routingKey;
    this.encodedProperties = encoded;
    this.body = body;
  }

  get properties(): MessageProperties {
    return decodeProperties(this.encodedProperties);
  }
}
