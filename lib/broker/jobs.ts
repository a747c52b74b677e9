import type { Actor } from "@/lib/broker/actor";
import type { Page, PeekedMessage } from "@/lib/broker/message";
import type { MessageProperties } from "@/lib/broker/properties/properties";
import type { MessageFilter, Selection } from "@/lib/broker/requests";

export const jobKinds = ["retry", "discard", "move", "restore", "purge", "replay"] as const;
export type JobKind = (typeof jobKinds)[number];

/**
 * `preparing`: the selection is being written down. `stopped`: by itself, since messages failed again or their target is
 * gone or full; it can be resumed.
 */
export const jobStates = ["preparing", "running", "paused", "stopped", "completed", "cancelled", "failed"] as const;
export type JobState = (typeof jobStates)[number];

export interface Target {
  readonly exchange: string;
  readonly routingKey: string;
}

/** First a few, and more when those did not fail again. */
export interface Canary {
  /** How many messages each step sends, before the rest. */
  readonly steps: readonly number[];
  /** How long the messages of a step are waited for to be settled, in ms. */
  readonly settleMs: number;
  /** The job stops when so many per cent of a step failed again. */
  readonly stopAtFailedPercent: number;
}

/** What a job is to do. The messages that it means are those that match when it starts. */
export type JobWork =
  | {
      readonly kind: "retry";
      readonly selection: Selection;
      /** Omitted: each goes back to the queue it died in. */
      readonly to?: Target;
      /** Letters whose queue is not there any more: the whole job is refused, or they are skipped. */
      readonly missingOrigin: "refuse" | "skip";
    }
  | { readonly kind: "discard"; readonly selection: Selection }
  | { readonly kind: "move"; readonly from: string; readonly selection: Selection; readonly to: Target }
  | { readonly kind: "restore"; readonly trash: string }
  | { readonly kind: "purge"; readonly queue: string }
  | ReplayWork;

/** Sends messages once more that every queue may have let go of, for as long as they are retained. */
export interface ReplayWork {
  readonly kind: "replay";
  /** Messages that bindings lead to this queue now, or that were published to this exchange; neither: all of the vhost. */
  readonly source: { readonly queue?: string; readonly exchange?: string };
  readonly since?: Date;
  readonly until?: Date;
  readonly filter?: MessageFilter;
  /** Also those that still lie where they were routed. */
  readonly includeWaiting: boolean;
  /** Omitted: each goes where its exchange and key lead now. */
  readonly to?: Target;
  /** Also a header `x-replayed-at`. */
  readonly markTime: boolean;
}

export interface JobRequest {
  readonly vhost: string;
  readonly work: JobWork;
  /** Messages per second; null for as fast as it goes. */
  readonly rate: number | null;
  readonly canary: Canary | null;
  /** As the caller wrote it, to be shown with the job. */
  readonly asked: Readonly<Record<string, unknown>>;
}

/** A retained message that a replay would send. */
export interface RetainedMessage {
  readonly messageId: number;
  readonly exchange: string;
  readonly routingKey: string;
  readonly properties: MessageProperties;
  readonly publishedAt: Date;
  readonly publishedBy: string | null;
  readonly bodySize: number;
  readonly body: Uint8Array;
  readonly bodyTruncated: boolean;
  /** Queues that it would go to. */
  readonly targets: readonly string[];
}

/** What a job would do. */
export interface JobPlan {
  readonly matched: number;
  /** False: at least so many; counting on would have taken too long. */
  readonly exact: boolean;
  readonly sample: readonly PeekedMessage[];
  readonly retained: readonly RetainedMessage[];
  /** Letters that have no queue to go back to. */
  readonly withoutOrigin: number;
  readonly origins: readonly { readonly queue: string; readonly count: number; readonly exists: boolean }[];
}

export interface Job {
  readonly id: string;
  readonly kind: JobKind;
  readonly vhost: string;
  readonly state: JobState;
  readonly reason: string | null;
  readonly asked: Readonly<Record<string, unknown>>;
  readonly startedBy: string;
  readonly createdAt: Date;
  readonly startedAt: Date | null;
  readonly endedAt: Date | null;
  readonly changedBy: string | null;
  readonly rate: number | null;
  readonly canary: Canary | null;
  readonly step: {
    /** From 1. */
    readonly number: number;
    /** All steps, with the rest. */
    readonly of: number;
    /** Null for the rest. */
    readonly size: number | null;
    readonly sent: number;
    readonly failedAgain: number;
    /** Not settled yet, at last sight; null when nobody looks. */
    readonly inFlight: number | null;
    readonly watchingUntil: Date | null;
  } | null;
  /** `start = done + failedAgain + skipped + remaining`, at any moment. */
  readonly counts: {
    readonly start: number;
    readonly done: number;
    readonly failedAgain: number;
    readonly skipped: number;
    readonly remaining: number;
  };
  /** Why messages were skipped, or could not be sent. */
  readonly errors: readonly { readonly why: string; readonly count: number }[];
  readonly trash: string | null;
  readonly perSecond: number | null;
}

export const jobItemStates = ["waiting", "done", "failed_again", "skipped"] as const;
export type JobItemState = (typeof jobItemStates)[number];

export interface JobItem {
  readonly n: number;
  /** Where it lay; null for a retained message, or when the queue is gone. */
  readonly queue: string | null;
  readonly id: number;
  readonly state: JobItemState;
  readonly why: string | null;
  readonly at: Date | null;
}

export interface JobQuery {
  readonly vhost?: string;
  readonly kind?: JobKind;
  readonly states?: readonly JobState[];
  readonly limit: number;
  readonly cursor?: string;
}

/** The part of the contract that is about jobs. `not-found` for an unknown vhost, queue, exchange, batch or job. */
export interface Jobs {
  /** What the job would do; changes nothing. */
  plan(actor: Actor, request: JobRequest): Promise<JobPlan>;
  /** `precondition-failed` when letters have no queue to go back to and nothing is said about them. */
  start(actor: Actor, request: JobRequest): Promise<Job>;
  list(actor: Actor, query: JobQuery): Promise<Page<Job>>;
  get(actor: Actor, id: string): Promise<Job>;
  items(
    actor: Actor,
    id: string,
    query: { readonly state?: JobItemState; readonly limit: number; readonly after?: number },
  ): Promise<{ readonly items: readonly JobItem[]; readonly next: number | null }>;
  /** `conflict` with the job when its state doesn't allow it. */
  pause(actor: Actor, id: string): Promise<Job>;
  /** Also one that stopped: it goes on with the next step. */
  resume(actor: Actor, id: string): Promise<Job>;
  cancel(actor: Actor, id: string): Promise<Job>;
  setRate(actor: Actor, id: string, rate: number | null): Promise<Job>;
}
