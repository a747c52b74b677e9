import type { FieldTable } from "@/lib/broker/properties/field-value";
import type { MessageProperties } from "@/lib/broker/properties/properties";

export const messageStates = ["ready", "unacked", "delayed", "dead"] as const;
/** Where a message of a queue stands. `dead` is a ready message that lies in this queue because it was dead-lettered. */
export type MessageState = (typeof messageStates)[number];

/** RabbitMQ's reasons, as they stand in `x-death`. */
export const deathReasons = ["rejected", "expired", "maxlen", "delivery_limit"] as const;
export type DeathReason = (typeof deathReasons)[number];

/** Names one routed copy of a message for as long as it lies in that queue. */
export interface MessageRef {
  readonly vhost: string;
  readonly queue: string;
  /** The copy's position (sequence number); grows with the order of publishing; a safe integer. */
  readonly id: number;
}

/** What a consumer or a reader is given of a message, without the body. */
export interface Envelope {
  readonly id: number;
  /** The message as published once, however many queues it went to; copies share it. */
  readonly messageId: number;
  readonly exchange: string;
  readonly routingKey: string;
  readonly properties: MessageProperties;
  /** Size of the whole body in bytes. */
  readonly bodySize: number;
  readonly redelivered: boolean;
  /** How often it was delivered and came back (RabbitMQ's `x-delivery-count`). */
  readonly deliveryCount: number;
}

/** A message as it is seen without touching it. */
export interface PeekedMessage extends Envelope {
  readonly vhost: string;
  readonly queue: string;
  readonly state: MessageState;
  readonly priority: number;
  readonly enqueuedAt: Date;
  readonly publishedAt: Date;
  readonly publishedBy: string | null;
  readonly expiresAt: Date | null;
  /** When a delayed message becomes ready. */
  readonly availableAt: Date | null;
  /** Who holds it, until when; only while unacknowledged. */
  readonly lease: { readonly holder: string; readonly since: Date; readonly until: Date | null } | null;
  readonly death: DeathSummary | null;
  /** The body, or its first `bodyLimit` bytes. */
  readonly body: Uint8Array;
  readonly bodyTruncated: boolean;
}

/** Why and from where a message came to its dead-letter queue. */
export interface DeathSummary {
  readonly reason: DeathReason;
  readonly at: Date;
  /** Total of the `count`s in its x-death. */
  readonly count: number;
  readonly originQueue: string;
  readonly originExchange: string;
  readonly originRoutingKey: string;
  readonly errorType: string | null;
  readonly errorMessage: string | null;
  /** The group of its cause; null for a moment in data from before groups were kept. */
  readonly group: string | null;
}

export interface DeadLetter extends PeekedMessage {
  readonly death: DeathSummary;
}

/** A page in a keyset: pass `next` back as `cursor` to go on. `next` is null on the last page. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly next: string | null;
}

/** Something that was discarded, and can still be restored. */
export interface TrashBatch {
  readonly id: string;
  readonly action: "discard" | "purge" | "drop" | "delete";
  readonly vhost: string;
  /** The queue that they were taken from; null when they may have come from several. */
  readonly queue: string | null;
  readonly count: number;
  readonly by: string;
  readonly at: Date;
  readonly expiresAt: Date;
  readonly restoredAt: Date | null;
  /** What comes back with the messages, when it was the queue that was deleted; null once it is back. */
  readonly deletedQueue: {
    readonly arguments: FieldTable;
    readonly bindings: readonly { readonly source: string; readonly routingKey: string }[];
  } | null;
}
