import type { AmqpLog } from "@/lib/amqp/door";
import { QueueDispatcher, type QueueFacts } from "@/lib/amqp/queue-dispatcher";
import { AmqpError } from "@/lib/amqp/wire/errors";
import type { Broker } from "@/lib/broker/broker";
import type { DoorCluster } from "@/lib/broker/door-cluster";

/** The queues that this node has consumers of, or that belong to one of its connections alone. */
export class QueueDispatchers {
  readonly #broker: Broker;
  readonly #log: AmqpLog;
  readonly #holdMs: number;
  readonly #cluster: DoorCluster;
  readonly #dispatchers = new Map<string, QueueDispatcher>();
  readonly #owners = new Map<string, object>();

  constructor(broker: Broker, log: AmqpLog, holdMs: number, cluster: DoorCluster) {
    this.#cluster = cluster;
    this.#broker = broker;
    this.#log = log;
    this.#holdMs = holdMs;
  }

  /** The dispatcher of a queue, made if there is none. */
  of(queue: QueueFacts): QueueDispatcher {
    const key = keyOf(queue.vhost, queue.name);
    let dispatcher = this.#dispatchers.get(key);
    // One without consumers may be left of a queue of this name that was deleted.
    if (dispatcher === undefined || (dispatcher.consumers.length === 0 && !isOf(dispatcher, queue))) {
      dispatcher = new QueueDispatcher(queue, this.#broker, this.#log, this.#holdMs);
      this.#dispatchers.set(key, dispatcher);
    }
    return dispatcher;
  }

  /**
   * Forgets a dispatcher without consumers, when what it had taken for them is back: until then it is the one of whoever comes, who
   * gets that first.
   */
  async release(dispatcher: QueueDispatcher): Promise<void> {
    const key = keyOf(dispatcher.queue.vhost, dispatcher.queue.name);
    await dispatcher.emptied();
    if (dispatcher.consumers.length === 0 && this.#dispatchers.get(key) === dispatcher) this.#dispatchers.delete(key);
  }

  /** What this node has taken from a queue ahead goes back; see QueueDispatcher.giveBack. */
  async giveBack(vhost: string, queue: string): Promise<void> {
    await this.#dispatchers.get(keyOf(vhost, queue))?.giveBack();
  }

  /** Before a `basic.get`: the consumers of this node come first; see QueueDispatcher.consumersFirst. */
  async consumersFirst(vhost: string, queue: string): Promise<void> {
    const dispatcher = this.#dispatchers.get(keyOf(vhost, queue));
    await dispatcher?.giveBack();
    await dispatcher?.consumersFirst();
  }

  /** A queue was deleted: its consumers are told. */
  queueGone(vhost: string, queue: string): void {
    this.#owners.delete(keyOf(vhost, queue));
    this.#dispatchers.get(keyOf(vhost, queue))?.queueGone();
  }

  /** Notes that an exclusive queue belongs to a connection. */
  own(vhost: string, queue: string, owner: object): void {
    this.#owners.set(keyOf(vhost, queue), owner);
  }

  /** Names of the exclusive queues of a connection. */
  ownedBy(vhost: string, owner: object): string[] {
    const prefix = keyOf(vhost, "");
    return [...this.#owners].filter(([, one]) => one === owner).map(([key]) => key.slice(prefix.length));
  }

  /** Throws AmqpError 405 for a queue that another connection, to whichever node, has for itself. */
  async mustBeOpenTo(vhost: string, queue: string, connection: object): Promise<void> {
    const owner = this.#owners.get(keyOf(vhost, queue));
    if (owner === undefined ? await this.#cluster.isExclusive(vhost, queue) : owner !== connection) {
      throw locked(vhost, queue);
    }
  }

  /** Throws AmqpError 405 for a queue that is there, if its being the connection's alone isn't what is asked for. */
  mustBeOwnedAlike(vhost: string, queue: string, connection: object, exclusive: boolean): void {
    if ((this.#owners.get(keyOf(vhost, queue)) === connection) !== exclusive) throw locked(vhost, queue);
  }
}

function locked(vhost: string, queue: string): AmqpError {
  return new AmqpError(
    "RESOURCE_LOCKED",
    `cannot obtain exclusive access to locked queue '${queue}' in vhost '${vhost}'. It could be originally ` +
      "declared on another connection or the exclusive property value does not match that of the original declaration.",
  );
}

function isOf({ queue }: QueueDispatcher, facts: QueueFacts): boolean {
  return queue.autoDelete === facts.autoDelete && queue.singleActive === facts.singleActive;
}

function keyOf(vhost: string, queue: string): string {
  return `${vhost}\0${queue}`;
}
