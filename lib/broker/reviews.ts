import type { Actor } from "@/lib/broker/actor";
import type { FailureReason } from "@/lib/broker/failures";
import type { Page } from "@/lib/broker/message";
import type { MessageProperties } from "@/lib/broker/properties/properties";
import type { FailureReport } from "@/lib/broker/requests";

export const reviewStates = ["waiting", "claimed", "decided"] as const;
export type ReviewState = (typeof reviewStates)[number];

export const reviewDecisions = ["retry", "edit", "forward", "discard", "dead_letter"] as const;
export type ReviewDecisionKind = (typeof reviewDecisions)[number];

/** What a person decides about a message. */
export type ReviewDecision =
  /** Back to the end of its queue, with a fresh count of deliveries. */
  | { readonly kind: "retry" }
  /** A new message instead of it: to its queue, or through an exchange. */
  | {
      readonly kind: "edit";
      readonly properties: MessageProperties;
      readonly body: Uint8Array;
      readonly to?: { readonly exchange: string; readonly routingKey: string };
    }
  | { readonly kind: "forward"; readonly to: { readonly exchange: string; readonly routingKey: string } }
  /** Into the trash. */
  | { readonly kind: "discard" }
  /** Through its queue's dead-letter exchange, or another. */
  | { readonly kind: "dead_letter"; readonly to?: { readonly exchange: string; readonly routingKey: string } };

/** A message that waits for a person, or about which one has decided. */
export interface Review {
  readonly id: number;
  readonly vhost: string;
  /** The queue from which it came. */
  readonly queue: string;
  readonly state: ReviewState;
  /** Grows with each change. */
  readonly version: number;
  readonly messageId: number;
  readonly at: Date;
  readonly reason: FailureReason;
  readonly attempts: number;
  readonly error: FailureReport;
  /** The error policy that sent it here, and what that says to whoever decides. */
  readonly policy: string;
  readonly note: string | null;
  readonly exchange: string;
  readonly routingKey: string;
  readonly properties: MessageProperties;
  readonly bodySize: number;
  /** Its first bytes; empty when the message is no longer kept. */
  readonly body: Uint8Array;
  readonly bodyTruncated: boolean;
  readonly claim: { readonly by: string; readonly at: Date } | null;
  /** Oldest first. */
  readonly comments: readonly { readonly at: Date; readonly by: string; readonly text: string }[];
  readonly decision: {
    readonly kind: ReviewDecisionKind;
    readonly by: string;
    readonly at: Date;
    readonly detail: Readonly<Record<string, unknown>>;
  } | null;
}

export interface ReviewQuery {
  /** Omitted: all vhosts. */
  readonly vhost?: string;
  readonly queue?: string;
  readonly states: readonly ReviewState[];
  readonly claimedBy?: string;
  readonly order: "oldest" | "newest";
  readonly limit: number;
  readonly cursor?: string;
  /** How many bytes of each body to bring. */
  readonly bodyLimit: number;
}

/** Messages that wait for a person. `not-found` for a review that isn't there. */
export interface ReviewInbox {
  listReviews(actor: Actor, query: ReviewQuery): Promise<Page<Review>>;
  countReviews(actor: Actor, vhost?: string): Promise<{ readonly waiting: number; readonly claimed: number }>;
  getReview(actor: Actor, id: number, bodyLimit?: number): Promise<Review>;
  /** `conflict` when somebody else has it (unless it is taken over) or it is decided. */
  claimReview(actor: Actor, id: number, options: { readonly takeOver: boolean }): Promise<Review>;
  /** `conflict` when somebody else has it. */
  releaseReview(actor: Actor, id: number): Promise<Review>;
  commentReview(actor: Actor, id: number, text: string): Promise<Review>;
  /**
   * Decides and carries it out, in one transaction: the message is where it goes exactly when it is no longer here.
   * `conflict` when somebody else has claimed it or it is decided; `not-found` for a queue or exchange that isn't there;
   * `precondition-failed` when no queue takes it, and nothing was changed.
   */
  decideReview(actor: Actor, id: number, decision: ReviewDecision, comment?: string): Promise<Review>;
}
