/** What a door asks for when somebody begins to consume. */
export interface SubscriptionRequest {
  readonly vhost: string;
  readonly queue: string;
  /** As in the reports of presence, which tell whether it has room. */
  readonly key: string;
  /** Wants the queue for itself. */
  readonly exclusive: boolean;
  readonly priority: number;
}

/** A queue's consumers everywhere, as far as a door has to know them. */
export interface Standing {
  /** The subscription that is served alone where the queue has a single active consumer: the oldest. */
  readonly active: number | null;
  /** This node's subscriptions. */
  readonly own: readonly number[];
  /** The highest priority among other nodes' consumers that have room; null if there is none. */
  readonly elsewhere: number | null;
  /** There are consumers of different priorities. */
  readonly mixed: boolean;
}

export interface Subscription {
  /** Grows with the order of subscription to a queue, on whichever node. */
  readonly id: number;
  readonly queueId: number;
  readonly standing: Standing;
}

/** An answer for `amq.rabbitmq.reply-to`; its properties are encoded. */
export interface DirectReply {
  readonly routingKey: string;
  readonly properties: Uint8Array;
  readonly body: Uint8Array;
}

/** Which queues' consumers may have changed: these, or any. */
export type ChangedQueues = readonly number[] | "any";

/**
 * What the doors of all nodes agree on. Every method may throw a BrokerError `unavailable` when the database is away.
 */
export interface DoorCluster {
  /** Names this node in direct replies; without dots. */
  readonly node: string;
  /**
   * Enters a consumer. Throws BrokerError `not-found` for the queue, and `access-refused` when it wants the queue for
   * itself and is not alone, or another has it for itself.
   */
  subscribe(request: SubscriptionRequest): Promise<Subscription>;
  /** Ends one. Returns how many consumers the queue has left; null when the queue or the subscription was gone. */
  unsubscribe(id: number): Promise<number | null>;
  /** How many consumers a queue has, on all nodes. */
  consumers(vhost: string, queue: string): Promise<number>;
  /** Whether it belongs to one connection alone; false for one that isn't there. */
  isExclusive(vhost: string, queue: string): Promise<boolean>;
  /** By queue; one that is missing has gone. */
  standings(queueIds: readonly number[]): Promise<ReadonlyMap<number, Standing>>;
  /** Calls back when the consumers of queues have changed, or a queue with consumers has gone. May be missed. */
  onChange(listener: (queues: ChangedQueues) => void): void;
  /** Sends an answer to another node; false when that isn't there. */
  sendReply(node: string, reply: DirectReply): Promise<boolean>;
  onReply(listener: (reply: DirectReply) => void): void;
}
