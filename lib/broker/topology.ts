import type { NodeFacts } from "@/lib/broker/node-facts";
import type { AppliedPolicies } from "@/lib/broker/policy";
import type { Listener } from "@/lib/broker/presence";
import type { FieldTable } from "@/lib/broker/properties/field-value";

/** A virtual host: a namespace of its own for exchanges, queues and bindings. */
export interface Vhost {
  readonly name: string;
  readonly description: string;
  readonly tags: readonly string[];
  readonly createdAt: Date;
}

export const exchangeTypes = ["direct", "topic", "fanout", "headers"] as const;
export type ExchangeType = (typeof exchangeTypes)[number];

export interface Exchange {
  readonly vhost: string;
  /** Empty for the default (nameless) exchange. */
  readonly name: string;
  readonly type: ExchangeType;
  readonly durable: boolean;
  readonly autoDelete: boolean;
  /** An internal exchange can't be published to by clients, only through bindings. */
  readonly internal: boolean;
  readonly arguments: FieldTable;
  readonly createdAt: Date;
}

export interface Queue {
  readonly vhost: string;
  readonly name: string;
  /** `x-queue-type`; quorum is accepted as a durable queue with a delivery limit. */
  readonly type: "classic" | "quorum";
  readonly durable: boolean;
  readonly autoDelete: boolean;
  readonly exclusive: boolean;
  readonly arguments: FieldTable;
  readonly createdAt: Date;
}

/** What a binding leads to. */
export interface Destination {
  readonly kind: "queue" | "exchange";
  readonly name: string;
}

export interface Binding {
  readonly vhost: string;
  /** Exchange name; empty for the default exchange, whose bindings exist by themselves and can't be changed. */
  readonly source: string;
  readonly destination: Destination;
  readonly routingKey: string;
  readonly arguments: FieldTable;
  /** RabbitMQ's `properties_key`: identifies the binding among those of the same pair. */
  readonly propertiesKey: string;
}

/** How many messages are where, exactly, at the moment of the call. Bytes are of bodies only. */
export interface QueueCounts {
  readonly ready: number;
  readonly unacknowledged: number;
  /** Waiting for a time to come: delayed or to be retried. Not part of ready. */
  readonly delayed: number;
  readonly readyBytes: number;
  readonly unacknowledgedBytes: number;
}

/**
 * Counters since the queue or exchange was made; they only grow. Rates are made from them. The names are those of
 * RabbitMQ's `message_stats`.
 */
export interface MessageTotals {
  readonly publish: number;
  /** Delivered to consumers that acknowledge. */
  readonly deliver: number;
  readonly deliverNoAck: number;
  /** Taken one call at a time (basic.get, HTTP get and lease) by callers that acknowledge. */
  readonly get: number;
  readonly getNoAck: number;
  readonly ack: number;
  readonly redeliver: number;
  readonly returnUnroutable: number;
  readonly dropUnroutable: number;
}

/** Events per second over the last seconds, one per counter. */
export type MessageRates = { readonly [K in keyof MessageTotals]: number };

/** One point of a chart: counts at that time and rates over the interval that ended then. */
export interface Sample {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly ready: number;
  readonly unacknowledged: number;
  readonly rates: MessageRates;
}

export type QueueState = "running" | "idle" | "flow" | "down";

export interface QueueStatus extends Queue {
  readonly policies: AppliedPolicies;
  /** How long a consumer may leave a message unacknowledged, in ms, by arguments and policies; null: not set. */
  readonly consumerTimeoutMs: number | null;
  readonly state: QueueState;
  readonly counts: QueueCounts;
  readonly totals: MessageTotals;
  readonly rates: MessageRates;
  readonly consumers: number;
  /** Of these, how many hold all that their prefetch limits allow. */
  readonly fullConsumers: number;
  /** Since when nothing happened here; null while something does. */
  readonly idleSince: Date | null;
  /** When the message at the head was enqueued; null when nothing is ready. Only filled by `getQueue`. */
  readonly headEnqueuedAt: Date | null;
  /** How many dead letters lie here, and how many of other queues came from here. */
  readonly deadLettersHere: number;
  readonly deadLettersFromHere: number;
  /** Ready counts of the last ten minutes, oldest first, for a sparkline; empty when not asked for. */
  readonly trend: readonly number[];
}

export interface ExchangeStatus extends Exchange {
  readonly policies: AppliedPolicies;
  readonly publishIn: number;
  readonly publishOut: number;
  readonly publishInRate: number;
  readonly publishOutRate: number;
}

export interface NodeStatus {
  readonly name: string;
  readonly kind: "web" | "broker" | "postgres";
  readonly running: boolean;
  readonly version: string;
  readonly startedAt: Date;
  readonly lastSeenAt: Date;
  /** Null for the database, and for a process that has told nothing yet. */
  readonly facts: NodeFacts | null;
}

export interface Overview {
  readonly counts: QueueCounts;
  readonly totals: MessageTotals;
  readonly rates: MessageRates;
  readonly objects: {
    readonly queues: number;
    readonly exchanges: number;
    readonly bindings: number;
    readonly connections: number;
    readonly channels: number;
    readonly consumers: number;
    readonly vhosts: number;
  };
  readonly deadLetters: number;
  readonly nodes: readonly NodeStatus[];
  /** Where the nodes that run take connections. */
  readonly listeners: readonly (Listener & { readonly node: string })[];
  readonly samples: readonly Sample[];
}
