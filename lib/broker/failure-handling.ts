import type { Actor } from "@/lib/broker/actor";
import type {
  Attempt,
  ErrorPolicyInput,
  ErrorPolicyStatus,
  FailureOutcome,
  FailureReason,
} from "@/lib/broker/failures";
import type { Notifications } from "@/lib/broker/notifications";
import type { FieldTable } from "@/lib/broker/properties/field-value";
import type { FailureReport } from "@/lib/broker/requests";
import type { ReviewInbox } from "@/lib/broker/reviews";
import type { RuleVerdict } from "@/lib/broker/rules/error-policy";
import type { Timelines } from "@/lib/broker/timeline";

/** Where a policy goes in its order; a number counts from 1. */
export type PolicyPlace = "up" | "down" | "first" | "last" | number;

/** Which failures a simulation is about. */
export type SimulationSubject =
  | { readonly kind: "failure"; readonly failure: MadeUpFailure }
  | {
      readonly kind: "message";
      readonly queue: string;
      readonly id: number;
      readonly failure: Partial<Pick<MadeUpFailure, "reason" | "error" | "attempts">>;
    }
  /** The last failures that are known, in all queues or in one. */
  | { readonly kind: "last"; readonly count: number; readonly queue?: string };

export interface MadeUpFailure {
  readonly queue: string;
  readonly reason: FailureReason;
  readonly error: FailureReport;
  readonly headers: FieldTable;
  readonly attempts: number;
  readonly ageMs: number;
}

export interface SimulationRequest {
  readonly vhost: string;
  /** The rules to try, in order; those in force if not given. */
  readonly policies?: readonly ErrorPolicyInput[];
  readonly of: SimulationSubject;
}

export interface SimulatedFailure {
  /** Null for one that is made up. */
  readonly at: Date | null;
  readonly queue: string;
  readonly messageId: number | null;
  readonly id: number | null;
  readonly reason: FailureReason;
  readonly errorType: string | null;
  readonly errorMessage: string | null;
  readonly attempts: number;
  readonly ageMs: number | null;
  /** What was done; null for one that is made up. */
  readonly was: { readonly outcome: FailureOutcome; readonly policy: string | null } | null;
  /** What would be done; `default` is RabbitMQ's behaviour. */
  readonly would: {
    readonly outcome: Exclude<FailureOutcome, "requeue" | "drop"> | "default";
    readonly policy: string | null;
    readonly notifies: readonly string[];
    readonly detail: Readonly<Record<string, unknown>>;
  };
  readonly changed: boolean;
  /** What each rule said, when only one failure is asked about. */
  readonly rules?: readonly RuleVerdict[];
}

export interface Simulation {
  /** Newest first. */
  readonly items: readonly SimulatedFailure[];
  /** False when there may be more than were looked at. */
  readonly complete: boolean;
}

/** What the contract offers on failures: the rules, what they did, and what they would do. */
export interface FailureHandling extends ReviewInbox, Notifications, Timelines {
  /** In their order, vhost by vhost. */
  listErrorPolicies(actor: Actor, vhost?: string): Promise<readonly ErrorPolicyStatus[]>;
  /** `not-found`. */
  getErrorPolicy(actor: Actor, vhost: string, id: number): Promise<ErrorPolicyStatus>;
  /**
   * @param position from 1; at the end if not given
   * `conflict` when the name is taken.
   */
  createErrorPolicy(
    actor: Actor,
    vhost: string,
    policy: ErrorPolicyInput,
    position?: number,
  ): Promise<ErrorPolicyStatus>;
  /** `conflict` when the version is no longer the one that is given, or the name is taken. */
  updateErrorPolicy(
    actor: Actor,
    vhost: string,
    id: number,
    policy: ErrorPolicyInput,
    version: number,
  ): Promise<ErrorPolicyStatus>;
  /** `conflict` when a version is given and has moved on. */
  enableErrorPolicy(
    actor: Actor,
    vhost: string,
    id: number,
    enabled: boolean,
    version?: number,
  ): Promise<ErrorPolicyStatus>;
  /** The same. */
  deleteErrorPolicy(actor: Actor, vhost: string, id: number, version?: number): Promise<void>;
  /** Returns all of the vhost in their new order. */
  moveErrorPolicy(actor: Actor, vhost: string, id: number, to: PolicyPlace): Promise<readonly ErrorPolicyStatus[]>;
  /** What rules would do with failures. Changes nothing. */
  simulateErrorPolicies(actor: Actor, request: SimulationRequest): Promise<Simulation>;
  /** The failures of one message in all queues, oldest first; at most 1,000. */
  listAttempts(actor: Actor, vhost: string, messageId: number): Promise<readonly Attempt[]>;
}
