import { Activity } from "@/lib/amqp/activity";
import type { Channel } from "@/lib/amqp/channel";
import type { Connection } from "@/lib/amqp/connection";
import type { QueueDispatcher } from "@/lib/amqp/queue-dispatcher";
import type { TokenBucket } from "@/lib/amqp/token-bucket";
import type { CreditHolder, Held } from "@/lib/amqp/unacknowledged";
import type { Actor } from "@/lib/broker/actor";
import type { Given, Taken } from "@/lib/broker/broker";
import type { Subscription } from "@/lib/broker/door-cluster";
import type { FieldTable } from "@/lib/broker/properties/field-value";
import { encodeProperties } from "@/lib/broker/properties/properties";
import type { Settlement } from "@/lib/broker/requests";

/** What a consumer without a prefetch limit may be given at once. */
const unlimited = 200;

export interface ConsumerOptions {
  /** No other consumer of this process has it. */
  readonly number: number;
  readonly tag: string;
  readonly noAck: boolean;
  readonly exclusive: boolean;
  readonly priority: number;
  /** How many may be unacknowledged; 0 for no limit. */
  readonly prefetch: number;
  /** How long each may be unacknowledged, in ms; null for as long as the server allows. */
  readonly timeoutMs: number | null;
  /** How fast it is given messages; null for as fast as it takes them. */
  readonly rate: TokenBucket | null;
  readonly arguments: FieldTable;
}

const outcomes = { ack: "acked", reject: "rejected", requeue: "requeued" } as const;

/** One `basic.consume`. */
export class Consumer implements CreditHolder {
  readonly tag: string;
  readonly noAck: boolean;
  readonly exclusive: boolean;
  readonly priority: number;
  readonly number: number;
  readonly dispatcher: QueueDispatcher;
  /** What all nodes know it by. */
  subscription: Subscription;
  readonly prefetch: number;
  readonly timeoutMs: number | null;
  readonly arguments: FieldTable;
  /** In ms since 1970. */
  readonly since = Date.now();
  readonly activity = new Activity();
  readonly #channel: Channel;
  readonly #rate: TokenBucket | null;
  #held = 0;
  #refill: NodeJS.Timeout | undefined;
  #isRenewing = false;

  constructor(channel: Channel, dispatcher: QueueDispatcher, subscription: Subscription, options: ConsumerOptions) {
    this.#channel = channel;
    this.dispatcher = dispatcher;
    this.subscription = subscription;
    this.number = options.number;
    this.tag = options.tag;
    this.noAck = options.noAck;
    this.exclusive = options.exclusive;
    this.priority = options.priority;
    this.prefetch = options.prefetch;
    this.timeoutMs = options.timeoutMs;
    this.arguments = options.arguments;
    this.#rate = options.rate;
  }

  get connection(): Connection {
    return this.#channel.connection;
  }

  get actor(): Actor {
    return this.connection.actor;
  }

  /** How many more messages it may be given now. */
  get credit(): number {
    if (!this.#channel.mayDeliver) return 0;
    const paced = this.#rate === null ? unlimited : Math.min(unlimited, this.#rate.available);
    // What it is given counts nowhere, and yet it gets nothing while the others of its channel hold all that they may.
    if (this.noAck) return this.#channel.credit > 0 ? Math.max(0, paced) : 0;
    const own = this.prefetch === 0 ? unlimited : this.prefetch - this.#held;
    return Math.max(0, Math.min(paced, own, this.#channel.credit));
  }

  /** How many messages it holds. */
  get held(): number {
    return this.#held;
  }

  /** It holds all that the prefetch limits allow. */
  get isFull(): boolean {
    if (this.noAck) return this.#channel.credit <= 0;
    return (this.prefetch !== 0 && this.#held >= this.prefetch) || this.#channel.credit <= 0;
  }

  deliver(message: Given): void {
    const { noAck } = this;
    const { receipt } = message;
    const now = Date.now();
    if (noAck || receipt === null) this.#send(message, null, now);
    else this.#send(message, { receipt, id: message.id, consumer: this, since: now, timeoutMs: this.timeoutMs }, now);
    // It was taken for consumers some of which acknowledge.
    if (noAck && receipt !== null) {
      this.#channel.connection.settler.add([receipt], { kind: "ack" });
      this.activity.settle(now, now, "acked");
    }
  }

  /** Delivers what was acknowledged as it was taken. */
  give(message: Taken): void {
    this.#send(message, null, Date.now());
  }

  #send(message: Taken, held: Held | null, now: number): void {
    const { noAck } = this;
    this.activity.deliver(now);
    if (this.#rate !== null) this.#pace(this.#rate);
    this.#channel.tally.totals[noAck ? "deliver_no_ack" : "deliver"]++;
    if (message.redelivered) this.#channel.tally.totals.redeliver++;
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
      message.encodedProperties ?? encodeProperties(message.properties),
      message.body,
    );
  }

  /** Under a rate limit, each delivery takes a token; when there is none left, messages are looked for when there is. */
  #pace(rate: TokenBucket): void {
    rate.take();
    if (rate.available === 0 && this.#refill === undefined) this.#lookLater(rate);
  }

  #lookLater(rate: TokenBucket): void {
    const look = () => {
      this.#refill = undefined;
      // Timers may be early by a little.
      if (rate.available === 0) this.#lookLater(rate);
      else this.dispatcher.wake();
    };
    this.#refill = setTimeout(look, Math.max(1, rate.refillMs)).unref();
  }

  settled({ since }: Held, outcome: Settlement["outcome"]["kind"], at: number): void {
    this.#held--;
    this.#channel.heldByConsumers--;
    this.activity.settle(since, at, outcomes[outcome]);
  }

  cameBack(): void {
    void this.dispatcher.giveBack();
  }

  /** The other nodes took this one for dead, and its subscription ended: it begins anew, behind the others. */
  forgotten(): void {
    if (this.#isRenewing) return;
    this.#isRenewing = true;
    void this.#channel.consumers.renew(this).finally(() => {
      this.#isRenewing = false;
    });
  }

  /** Its queue was deleted: `basic.cancel` to clients that understand it (rabbitmq.com/consumer-cancel). */
  queueGone(): void {
    this.#channel.consumers.lost(this);
  }
}
