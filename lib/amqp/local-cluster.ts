import type {
  ChangedQueues,
  DirectReply,
  DoorCluster,
  Standing,
  Subscription,
  SubscriptionRequest,
} from "@/lib/broker/door-cluster";
import { BrokerError } from "@/lib/broker/errors";

interface Queue {
  readonly id: number;
  readonly name: string;
  readonly subscriptions: Map<number, SubscriptionRequest>;
}

/** A door that is the only one agrees with itself. */
export class LocalCluster implements DoorCluster {
  readonly node = "local";
  readonly #queues = new Map<string, Queue>();
  readonly #listeners = new Set<(queues: ChangedQueues) => void>();
  #lastQueue = 0;
  #lastSubscription = 0;

  async subscribe(request: SubscriptionRequest): Promise<Subscription> {
    const queue = this.#queue(request.vhost, request.queue);
    const others = [...queue.subscriptions.values()];
    if (others.some(({ exclusive }) => exclusive) || (request.exclusive && others.length > 0)) {
      throw new BrokerError("access-refused", `queue '${request.queue}' in vhost '${request.vhost}' in exclusive use`);
    }
    const id = ++this.#lastSubscription;
    queue.subscriptions.set(id, request);
    this.#changed(queue.id);
    return { id, queueId: queue.id, standing: standingOf(queue) };
  }

  async unsubscribe(id: number): Promise<number | null> {
    for (const [key, queue] of this.#queues) {
      if (!queue.subscriptions.delete(id)) continue;
      if (queue.subscriptions.size === 0) this.#queues.delete(key);
      else this.#changed(queue.id);
      return queue.subscriptions.size;
    }
    return null;
  }

  async consumers(vhost: string, queue: string): Promise<number> {
    return this.#queues.get(keyOf(vhost, queue))?.subscriptions.size ?? 0;
  }

  /** All owners are connections to this door, which knows them. */
  async isExclusive(): Promise<boolean> {
    return false;
  }

  async standings(queueIds: readonly number[]): Promise<ReadonlyMap<number, Standing>> {
    const found = [...this.#queues.values()].filter(({ id }) => queueIds.includes(id));
    return new Map(found.map((queue) => [queue.id, standingOf(queue)]));
  }

  onChange(listener: (queues: ChangedQueues) => void): void {
    this.#listeners.add(listener);
  }

  async sendReply(): Promise<boolean> {
    return false;
  }

  onReply(_listener: (reply: DirectReply) => void): void {}

  #changed(queueId: number): void {
    for (const listener of this.#listeners) listener([queueId]);
  }

  #queue(vhost: string, name: string): Queue {
    const key = keyOf(vhost, name);
    const known = this.#queues.get(key);
    if (known !== undefined) return known;
    const queue = { id: ++this.#lastQueue, name, subscriptions: new Map() };
    this.#queues.set(key, queue);
    return queue;
  }
}

function standingOf({ subscriptions }: Queue): Standing {
  const own = [...subscriptions.keys()];
  return { active: own[0] ?? null, own, elsewhere: null, mixed: false };
}

function keyOf(vhost: string, queue: string): string {
  return `${vhost}\0${queue}`;
}
