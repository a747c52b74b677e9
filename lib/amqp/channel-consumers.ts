import type { Channel } from "@/lib/amqp/channel";
import type { Consumer } from "@/lib/amqp/consumer";
import { consumerKey } from "@/lib/amqp/presence";
import { untilDone } from "@/lib/amqp/until-done";
import { systemActor } from "@/lib/broker/actor";
import type { Subscription } from "@/lib/broker/door-cluster";
import { isBrokerError } from "@/lib/broker/errors";

/** The consumers of one channel: how they come to be known to all nodes, and how they end. */
export class ChannelConsumers {
  readonly #channel: Channel;
  readonly #byTag = new Map<string, Consumer>();

  constructor(channel: Channel) {
    this.#channel = channel;
  }

  get size(): number {
    return this.#byTag.size;
  }

  has(tag: string): boolean {
    return this.#byTag.has(tag);
  }

  get(tag: string): Consumer | undefined {
    return this.#byTag.get(tag);
  }

  values(): Iterable<Consumer> {
    return this.#byTag.values();
  }

  /** Somebody may have credit now who had none. */
  wake(): void {
    for (const { dispatcher } of this.#byTag.values()) dispatcher.wake();
  }

  /** Enters a consumer among those of all nodes. Throws as DoorCluster.subscribe does. */
  subscribe(vhost: string, queue: string, number: number, exclusive: boolean, priority: number): Promise<Subscription> {
    const key = consumerKey(this.#channel, number);
    return this.#door.cluster.subscribe({ vhost, queue, key, exclusive, priority });
  }

  /** From now on it may be given messages. */
  add(consumer: Consumer): void {
    this.#byTag.set(consumer.tag, consumer);
    consumer.dispatcher.add(consumer);
    this.#door.standings.follow(consumer.subscription.queueId, consumer.dispatcher);
  }

  /** Enters a consumer again that was forgotten. When somebody has its queue alone by now, it ends. */
  async renew(consumer: Consumer): Promise<void> {
    const { number, exclusive, priority, dispatcher } = consumer;
    const { vhost, name } = dispatcher.queue;
    try {
      const subscription = await this.subscribe(vhost, name, number, exclusive, priority);
      if (this.#byTag.get(consumer.tag) === consumer) {
        consumer.subscription = subscription;
        this.#door.standings.follow(subscription.queueId, dispatcher);
        dispatcher.stand(subscription.standing);
      } else await untilDone(() => this.#door.cluster.unsubscribe(subscription.id));
    } catch (error) {
      // While the database is away nothing is decided: it is found forgotten again.
      if (!isBrokerError(error) || error.code !== "unavailable") this.lost(consumer);
    }
  }

  /** A consumer's queue was deleted under it, or was taken from it. */
  lost(consumer: Consumer): void {
    if (this.#byTag.get(consumer.tag) !== consumer) return;
    this.#leave(consumer);
    this.#door.cluster.unsubscribe(consumer.subscription.id).catch((error: unknown) => {
      this.#door.log.error("A consumer could not be taken off the list.", error);
    });
    if (this.#channel.connection.capabilities.has("consumer_cancel_notify")) {
      this.#channel.send("basic.cancel", { consumerTag: consumer.tag, noWait: true });
    }
  }

  /** Ends a consumer; what it holds stays with the channel. Deletes its queue if that is due. */
  async cancel(consumer: Consumer): Promise<void> {
    const { queue } = consumer.dispatcher;
    // What is already taken out for consumers that don't acknowledge still goes to them.
    if (!this.#channel.isClosing || queue.singleActive) await consumer.dispatcher.quiet(consumer);
    this.#leave(consumer);
    if (consumer.dispatcher.consumers.length === 0) await consumer.dispatcher.giveBack();
    const { broker, cluster, dispatchers } = this.#door;
    const remaining = await untilDone(() => cluster.unsubscribe(consumer.subscription.id));
    if (remaining !== 0 || !queue.autoDelete) return;
    const options = { ifUnused: true, ifEmpty: false };
    try {
      await untilDone(() => broker.deleteQueue(systemActor, queue.vhost, queue.name, options));
      dispatchers.queueGone(queue.vhost, queue.name);
    } catch (error) {
      if (!isBrokerError(error)) throw error;
    }
  }

  /** Ends all of them. Never rejects. */
  async cancelAll(): Promise<void> {
    const ended = await Promise.allSettled([...this.#byTag.values()].map((consumer) => this.cancel(consumer)));
    for (const one of ended) {
      if (one.status === "rejected") this.#door.log.error("A consumer could not be ended.", one.reason);
    }
  }

  get #door() {
    return this.#channel.connection.door;
  }

  #leave(consumer: Consumer): void {
    this.#byTag.delete(consumer.tag);
    const { dispatcher, subscription } = consumer;
    const { registry, dispatchers, standings } = this.#door;
    registry.changed(this.#channel.connection);
    if (!dispatcher.remove(consumer)) return;
    standings.leave(subscription.queueId, dispatcher);
    void dispatchers.release(dispatcher);
  }
}
