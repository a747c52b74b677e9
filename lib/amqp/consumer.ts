import type { Channel } from "@/lib/amqp/channel";
import type { QueueDispatcher } from "@/lib/amqp/dispatch";
import type { CreditHolder } from "@/lib/amqp/unacknowledged";
import type { Actor } from "@/lib/broker/actor";
import type { Leased } from "@/lib/broker/broker";
import { encodeProperties } from "@/lib/broker/properties/properties";

/** What a consumer without a prefetch limit may be given at once. */
const unlimited = 200;

let count = 0;

export interface ConsumerOptions {
  readonly tag: string;
  readonly noAck: boolean;
  readonly exclusive: boolean;
  readonly priority: number;
  /** How many may be unacknowledged; 0 for no limit. */
  readonly prefetch: number;
}

/** One `basic.consume`. */
export class Consumer implements CreditHolder {
  readonly tag: string;
  readonly noAck: boolean;
  readonly exclusive: boolean;
  readonly priority: number;
  /** Grows with the order of subscription on this node. */
  readonly number = ++count;
  readonly dispatcher: QueueDispatcher;
  readonly #channel: Channel;
  readonly #prefetch: number;
  #held = 0;

  constructor(channel: Channel, dispatcher: QueueDispatcher, options: ConsumerOptions) {
    this.#channel = channel;
    this.dispatcher = dispatcher;
    this.tag = options.tag;
    this.noAck = options.noAck;
    this.exclusive = options.exclusive;
    this.priority = options.priority;
    this.#prefetch = options.prefetch;
  }

  get actor(): Actor {
    return this.#channel.connection.actor;
  }

  /** How many more messages it may be given now. */
  get credit(): number {
    if (!this.#channel.mayDeliver) return 0;
    if (this.noAck) return unlimited;
    const own = this.#prefetch === 0 ? unlimited : this.#prefetch - this.#held;
    return Math.max(0, Math.min(own, this.#channel.credit));
  }

  deliver(message: Leased): void {
    const { noAck } = this;
    const held =
      noAck || message.receipt === null ? null : { receipt: message.receipt, consumer: this, since: Date.now() };
    if (held !== null) {
      this.#held++;
      this.#channel.heldByConsumers++;
    }
    this.#channel.connection.sendContent(
      this.#channel.number,
      "basic.deliver",
      {
        consumerTag: this.tag,
        deliveryTag: this.#channel.unacknowledged.nextTag(held),
        redelivered: message.redelivered,
        exchange: message.exchange,
        routingKey: message.routingKey,
      },
      encodeProperties(message.properties),
      message.body,
    );
    // It was taken for consumers some of which acknowledge.
    if (noAck && message.receipt !== null) this.#channel.connection.settler.add([message.receipt], { kind: "ack" });
  }

  settled(messages: number): void {
    this.#held -= messages;
    this.#channel.heldByConsumers -= messages;
  }

  /** Its queue was deleted: `basic.cancel` to clients that understand it (rabbitmq.com/consumer-cancel). */
  queueGone(): void {
    this.#channel.consumerLost(this);
  }
}
