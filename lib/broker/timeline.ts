import type { Actor } from "@/lib/broker/actor";
import type { MessageState } from "@/lib/broker/message";
import type { MessageProperties } from "@/lib/broker/properties/properties";

const eventKinds = [
  "published",
  "delivered",
  "acknowledged",
  "requeued",
  "returned",
  "failed",
  "expired",
  "dropped",
  "dead_lettered",
  "notified",
  "retried",
  "moved",
  "replayed",
  "edited",
  "discarded",
  "purged",
  "restored",
  "review_claimed",
  "commented",
  "reviewed",
  "delayed_ready",
] as const;
export type EventKind = (typeof eventKinds)[number];

/** One thing that happened to a message, or to one of its copies. */
export interface MessageEvent {
  readonly at: Date;
  readonly kind: EventKind;
  /** The queue in which it happened, or to which it led. */
  readonly queue: string | null;
  /** The copy's number in that queue. */
  readonly id: number | null;
  readonly by: string | null;
  readonly detail: Readonly<Record<string, unknown>>;
}

/** A message with all that is known of its life. */
export interface Life {
  readonly messageId: number;
  readonly exchange: string;
  readonly routingKey: string;
  readonly publishedAt: Date;
  readonly publishedBy: string | null;
  readonly properties: MessageProperties;
  readonly bodySize: number;
  /** Where copies of it lie now. */
  readonly present: readonly { readonly queue: string; readonly id: number; readonly state: MessageState }[];
  /** Oldest first. */
  readonly events: readonly MessageEvent[];
  /** False when there are more events than are shown. */
  readonly complete: boolean;
}

/** Which message: by Warren's number, or by a property of its publisher's. */
export type TimelineQuery =
  | { readonly vhost: string; readonly messageId: number }
  | { readonly vhost: string; readonly property: "message_id" | "correlation_id"; readonly value: string };

export interface Timeline {
  /** Newest first; at most 20. */
  readonly lives: readonly Life[];
  /** False when the search ended before all messages that are retained were looked at. */
  readonly complete: boolean;
  /** Everything that was published since then was looked at. */
  readonly searchedBackTo: Date | null;
}

export interface Timelines {
  /** What happened to messages that are still retained. `not-found` for the vhost, and for a number that is unknown. */
  timeline(actor: Actor, query: TimelineQuery): Promise<Timeline>;
}
