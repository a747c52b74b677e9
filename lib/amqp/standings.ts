import type { Consumer } from "@/lib/amqp/consumer";
import type { AmqpLog } from "@/lib/amqp/door";
import type { QueueDispatcher } from "@/lib/amqp/queue-dispatcher";
import type { DoorCluster, Standing, Subscription } from "@/lib/broker/door-cluster";

/** Changes of so long, in ms, are looked at together. */
const gatherMs = 10;
/** Where it matters who else consumes, it is looked at this often, in ms, for a change may not have been heard. */
const watchMs = 1000;
/** So many of those rounds lie between two looks at all queues. */
const roundsBetweenAll = 5;

interface Asked {
  readonly consumer: Consumer;
  readonly subscription: Subscription;
}

/**
 * Keeps the dispatchers of this node up to date about the consumers of other nodes: who is the single active one, who of
 * higher priority has room elsewhere, and which queues have gone.
 */
export class Standings {
  readonly #cluster: DoorCluster;
  readonly #log: AmqpLog;
  readonly #onActiveChanged: (consumer: Consumer) => void;
  readonly #dispatchers = new Map<number, QueueDispatcher>();
  readonly #due = new Set<number>();
  readonly #watch: NodeJS.Timeout;
  #soon: NodeJS.Timeout | undefined;
  #looking: Promise<void> | undefined;
  #round = 0;
  #failed = false;

  /** @param onActiveChanged told of each consumer whose queue has another active one now */
  constructor(cluster: DoorCluster, log: AmqpLog, onActiveChanged: (consumer: Consumer) => void) {
    this.#cluster = cluster;
    this.#log = log;
    this.#onActiveChanged = onActiveChanged;
    cluster.onChange((queues) => this.#lookSoon(queues === "any" ? this.#dispatchers.keys() : queues));
    this.#watch = setInterval(() => {
      const all = this.#round++ % roundsBetweenAll === 0;
      const watched = [...this.#dispatchers].filter(([, dispatcher]) => all || dispatcher.dependsOnOthers);
      this.#lookSoon(watched.map(([id]) => id));
    }, watchMs);
    this.#watch.unref();
  }

  /** From now on the dispatcher is kept up to date. */
  follow(queueId: number, dispatcher: QueueDispatcher): void {
    this.#dispatchers.set(queueId, dispatcher);
  }

  leave(queueId: number, dispatcher: QueueDispatcher): void {
    if (this.#dispatchers.get(queueId) === dispatcher) this.#dispatchers.delete(queueId);
  }

  close(): void {
    clearInterval(this.#watch);
    clearTimeout(this.#soon);
    this.#dispatchers.clear();
  }

  #lookSoon(queueIds: Iterable<number>): void {
    for (const id of queueIds) if (this.#dispatchers.has(id)) this.#due.add(id);
    if (this.#due.size > 0) this.#soon ??= setTimeout(() => this.#look(), this.#failed ? watchMs : gatherMs);
  }

  #look(): void {
    this.#soon = undefined;
    // What changes while it is looked at is looked at again.
    this.#looking ??= this.#lookNow().finally(() => {
      this.#looking = undefined;
      this.#lookSoon([]);
    });
  }

  async #lookNow(): Promise<void> {
    const followed = [...this.#due].flatMap((id) => {
      const dispatcher = this.#dispatchers.get(id);
      if (dispatcher === undefined) return [];
      // As they are entered now: one may be renewed while it is looked.
      const consumers = dispatcher.consumers.map((consumer) => ({ consumer, subscription: consumer.subscription }));
      return [{ id, dispatcher, asked: consumers.filter(({ subscription }) => subscription.queueId === id) }];
    });
    this.#due.clear();
    if (followed.length === 0) return;
    try {
      const standings = await this.#cluster.standings(followed.map(({ id }) => id));
      for (const { id, dispatcher, asked } of followed) {
        const standing = standings.get(id);
        if (standing === undefined) {
          this.#dispatchers.delete(id);
          for (const { consumer } of asked) consumer.queueGone();
        } else this.#onStanding(dispatcher, standing, asked);
      }
      this.#failed = false;
    } catch (error) {
      this.#failed = true;
      for (const { id } of followed) this.#due.add(id);
      this.#log.error("Could not see who consumes on other nodes; it is tried again.", error);
    }
  }

  /** @param asked those who were there before it was looked, as they were entered then */
  #onStanding(dispatcher: QueueDispatcher, standing: Standing, asked: readonly Asked[]): void {
    const own = new Set(standing.own);
    for (const { consumer, subscription } of asked) {
      if (consumer.subscription === subscription && !own.has(subscription.id)) consumer.forgotten();
    }
    if (dispatcher.stand(standing)) for (const consumer of dispatcher.consumers) this.#onActiveChanged(consumer);
  }
}
