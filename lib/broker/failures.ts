import type { DeathReason } from "@/lib/broker/message";
import type { FieldTable } from "@/lib/broker/properties/field-value";
import type { FailureReport } from "@/lib/broker/requests";

/** Why the delivery of a message came to nothing. The first four are RabbitMQ's; a worker saw all but `expired` and `maxlen`. */
export const failureReasons = ["rejected", "expired", "maxlen", "delivery_limit", "timeout", "consumer_lost"] as const;
export type FailureReason = (typeof failureReasons)[number];

/** Reasons for which somebody has tried the message, so that trying again can help. */
export function wasTried(reason: FailureReason): boolean {
  return reason !== "expired" && reason !== "maxlen";
}

/** The word for it in `x-death`: RabbitMQ counts a lost or silent consumer towards the delivery limit. */
export function deathReasonOf(reason: FailureReason): DeathReason {
  return reason === "timeout" || reason === "consumer_lost" ? "delivery_limit" : reason;
}

/** All parts that are given must hold. */
export interface PolicyCondition {
  readonly reasons?: readonly FailureReason[];
  /** Patterns (`lib/broker/rules/pattern.ts`): they may match anywhere unless anchored. */
  readonly errorType?: string;
  readonly errorMessage?: string;
  /** Each header must be there, and be equal as text or match, if that is asked. */
  readonly headers?: readonly { readonly name: string; readonly value?: string; readonly pattern?: string }[];
  /** Deliveries so far, with the one that failed: 1 is the first. Both ends included. */
  readonly attempts?: { readonly min?: number; readonly max?: number };
  /** Time since it was published, in ms. */
  readonly ageMs?: { readonly min?: number; readonly max?: number };
}

export interface RetryAction {
  readonly kind: "retry";
  /** The n-th retry waits: fixed, base; linear, n x base; exponential, base x factor^(n-1). */
  readonly backoff: "fixed" | "linear" | "exponential";
  readonly baseMs: number;
  /** Of exponential; 2 if not given. */
  readonly factor?: number;
  /** Never longer than this. */
  readonly capMs?: number;
  /** Up to this part of the wait is taken off at random, 0 to 1, so that what failed together doesn't come back together. */
  readonly jitter?: number;
  /** Deliveries in all, the first included. */
  readonly maxAttempts: number;
  /** What happens when they are used up. */
  readonly afterwards: PolicyNext;
}

export interface IgnoreAction {
  readonly kind: "ignore";
  /** How long it can be restored from the trash, in ms; 7 days if not given. */
  readonly keepMs?: number;
}

export interface NotifyAction {
  readonly kind: "notify";
  /** Names of notification targets. */
  readonly targets: readonly string[];
  readonly afterwards: PolicyNext;
}

export interface ReviewAction {
  readonly kind: "review";
  /** Shown to whoever decides. */
  readonly note?: string;
}

export interface DeadLetterAction {
  readonly kind: "dead_letter";
  readonly exchange: string;
  /** Not given: its own keys. */
  readonly routingKey?: string;
}

export type PolicyAction = RetryAction | IgnoreAction | NotifyAction | ReviewAction | DeadLetterAction;

/** `next`: the next rule that matches, and after the last what RabbitMQ does; `default`: what RabbitMQ does at once. */
export type PolicyNext = "next" | "default" | PolicyAction;

/** What somebody writes of an error policy. */
export interface ErrorPolicyInput {
  readonly name: string;
  readonly enabled: boolean;
  /** For this queue only; null with `pattern` null: for every queue of the vhost. */
  readonly queue: string | null;
  /** For queues whose names match; not both. */
  readonly pattern: string | null;
  readonly when: PolicyCondition;
  readonly action: PolicyAction;
}

/** A rule that says what becomes of failures. Those of a vhost are asked in order; the first that matches decides. */
export interface ErrorPolicy extends ErrorPolicyInput {
  readonly id: number;
  readonly vhost: string;
  /** From 1, without gaps. */
  readonly position: number;
  /** Grows with each change: who changes it says which one they have seen. */
  readonly version: number;
  readonly createdAt: Date;
  readonly createdBy: string;
  readonly changedAt: Date;
  readonly changedBy: string;
}

export interface ErrorPolicyStatus extends ErrorPolicy {
  /** What keeps it from working as it is written, e.g. a notification target that is gone; null for nothing. */
  readonly problem: string | null;
  /** How often it decided, as far as failures are kept: `count` ends at 10,000. */
  readonly uses: { readonly count: number; readonly lastAt: Date | null };
}

/** What became of a failed delivery. `drop`: no queue took it; a rejected one is in the trash. */
const failureOutcomes = ["requeue", "retry", "ignore", "review", "dead_letter", "drop"] as const;
export type FailureOutcome = (typeof failureOutcomes)[number];

/** One delivery that came to nothing, and what was decided. Kept for as long as the message is. */
export interface Attempt {
  readonly at: Date;
  readonly vhost: string;
  readonly queue: string;
  /** The copy's number in that queue. */
  readonly id: number;
  readonly messageId: number;
  /** 1 for the first delivery. */
  readonly number: number;
  readonly reason: FailureReason;
  /** Who had it; null for one that nobody was given. */
  readonly holder: string | null;
  readonly heldSince: Date | null;
  readonly error: FailureReport;
  readonly outcome: FailureOutcome;
  /** The policy that decided; null for RabbitMQ's behaviour. */
  readonly policy: string | null;
  readonly detail: Readonly<Record<string, unknown>>;
}

/** A failure as policies see it. */
export interface FailedDelivery {
  readonly queue: string;
  readonly reason: FailureReason;
  readonly errorType: string | null;
  readonly errorMessage: string | null;
  readonly headers: FieldTable | undefined;
  readonly attempts: number;
  readonly ageMs: number;
}
