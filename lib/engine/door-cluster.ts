import type {
  ChangedQueues,
  DirectReply,
  DoorCluster,
  Standing,
  Subscription,
  SubscriptionRequest,
} from "@/lib/broker/door-cluster";
import { BrokerError, isBrokerError, notFound } from "@/lib/broker/errors";
import type { Database } from "@/lib/engine/database";
import type { NodeSelf } from "@/lib/engine/node-self";
import { directReplyInsert, directReplyTake } from "@/lib/engine/sql/direct-reply";
import {
  type StandingRow,
  standingRead,
  subscriptionCount,
  subscriptionDelete,
  subscriptionInsert,
} from "@/lib/engine/sql/subscription";
import type { TopologyCache } from "@/lib/engine/topology/cache";
import type { TopologySnapshot } from "@/lib/engine/topology/snapshot";

/** Has the database decide: each decision is one transaction under the lock of the queue's row. */
export class PostgresDoorCluster implements DoorCluster {
  readonly #database: Database;
  readonly #topology: TopologyCache;
  readonly #self: NodeSelf;
  readonly #changeListeners = new Set<(queues: ChangedQueues) => void>();
  readonly #replyListeners = new Set<(reply: DirectReply) => void>();

  constructor(database: Database, topology: TopologyCache, self: NodeSelf) {
    this.#database = database;
    this.#topology = topology;
    this.#self = self;
  }

  get node(): string {
    return String(this.#nodeId);
  }

  async subscribe(request: SubscriptionRequest): Promise<Subscription> {
    const { vhost, queue } = request;
    const made = await subscriptionInsert(this.#database.main, { ...request, nodeId: this.#nodeId });
    if (made === undefined) throw notFound("queue", queue, vhost);
    if (made.id === null) {
      throw new BrokerError("access-refused", `queue '${queue}' in vhost '${vhost}' in exclusive use`);
    }
    return { id: made.id, queueId: made.queueId, standing: standingOf(made.standing) };
  }

  unsubscribe(id: number): Promise<number | null> {
    return subscriptionDelete(this.#database.main, id);
  }

  consumers(vhost: string, queue: string): Promise<number> {
    return subscriptionCount(this.#database.main, vhost, queue);
  }

  async isExclusive(vhost: string, queue: string): Promise<boolean> {
    if (exclusiveIn(await this.#topology.current(), vhost, queue) === false) return false;
    // One that isn't known may just have come, and one that is known as locked may just have gone.
    return exclusiveIn(await this.#topology.fresh(), vhost, queue) ?? false;
  }

  async standings(queueIds: readonly number[]): Promise<ReadonlyMap<number, Standing>> {
    const rows = await standingRead(this.#database.main, queueIds, this.#nodeId);
    return new Map(rows.map((row) => [row.queue_id, standingOf(row)]));
  }

  onChange(listener: (queues: ChangedQueues) => void): void {
    this.#changeListeners.add(listener);
  }

  sendReply(node: string, { routingKey, properties, body }: DirectReply): Promise<boolean> {
    const id = /^\d{1,9}$/.test(node) ? Number(node) : 0;
    return directReplyInsert(this.#database.main, id, routingKey, properties, body);
  }

  onReply(listener: (reply: DirectReply) => void): void {
    this.#replyListeners.add(listener);
  }

  /** Another node, or this one, has told of a change. */
  changed(queues: ChangedQueues): void {
    for (const listener of this.#changeListeners) listener(queues);
  }

  /** Hands out the answers that came for this node. */
  async takeReplies(): Promise<void> {
    if (this.#self.isEntering || this.#self.id === null || this.#replyListeners.size === 0) return;
    for (const row of await directReplyTake(this.#database.main, this.#self.id)) {
      const reply = { routingKey: row.routing_key, properties: row.properties, body: row.body };
      for (const listener of this.#replyListeners) listener(reply);
    }
  }

  get #nodeId(): number {
    const { id } = this.#self;
    if (id === null) throw new Error("only a node has doors");
    return id;
  }
}

function standingOf({ active, own, elsewhere, mixed }: StandingRow): Standing {
  return { active, own, elsewhere, mixed };
}

/** Undefined when the queue isn't known. */
function exclusiveIn(topology: TopologySnapshot, vhost: string, queue: string): boolean | undefined {
  try {
    return topology.queue(vhost, queue).exclusive;
  } catch (error) {
    if (isBrokerError(error) && error.code === "not-found") return undefined;
    throw error;
  }
}
