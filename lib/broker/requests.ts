import type { Actor } from "@/lib/broker/actor";
import type { Given } from "@/lib/broker/broker";
import type { DeathReason, MessageState } from "@/lib/broker/message";
import type { FieldTable } from "@/lib/broker/properties/field-value";
import type { MessageProperties } from "@/lib/broker/properties/properties";
import type { Binding, Destination, ExchangeType } from "@/lib/broker/topology";

export interface ExchangeDeclaration {
  readonly vhost: string;
  readonly name: string;
  readonly type: ExchangeType;
  readonly durable: boolean;
  readonly autoDelete: boolean;
  readonly internal: boolean;
  readonly arguments: FieldTable;
}

export interface QueueDeclaration {
  readonly vhost: string;
  /** Empty: the broker makes a name (`amq.gen-...`). */
  readonly name: string;
  readonly durable: boolean;
  readonly autoDelete: boolean;
  readonly exclusive: boolean;
  readonly arguments: FieldTable;
}

/** How a queue is deleted. */
export interface QueueDeletion {
  /** Only when it has no consumers. */
  readonly ifUnused: boolean;
  /** Only when nothing lies in it. */
  readonly ifEmpty: boolean;
  /** With its bindings and messages it can be restored from the trash. */
  readonly restorable?: boolean;
}

export interface QueueDeclared {
  readonly name: string;
  readonly created: boolean;
  readonly ready: number;
  readonly consumers: number;
}

export interface BindingRequest {
  readonly vhost: string;
  readonly source: string;
  readonly destination: Destination;
  readonly routingKey: string;
  readonly arguments: FieldTable;
}

export interface PublishRequest {
  readonly vhost: string;
  /** Empty for the default exchange. */
  readonly exchange: string;
  readonly routingKey: string;
  readonly properties: MessageProperties;
  /** The same as AMQP's content header has them, where they are at hand: then they need not be encoded again. */
  readonly encodedProperties?: Buffer;
  readonly body: Uint8Array;
  /** The caller needs no number for it: it may go straight to those who take such (`StraightTaker`), before it is stored. */
  readonly unnumbered?: boolean;
  /**
   * Since when the caller's client has been connected to this process, by `performance.now()`; 0, if omitted, for always. What
   * it published over other processes before comes first, so it has to be looked for since then.
   */
  readonly connectedSince?: number;
}

/**
 * What became of a publish, after commit. `rejected` names the queues that refused it (`x-overflow: reject-publish`):
 * RabbitMQ nacks such a publish.
 */
export interface PublishOutcome {
  readonly messageId: number | null;
  /** True when at least one queue has it: stored now, or before as a message of the same deduplication id. */
  readonly routed: boolean;
  readonly queues: readonly string[];
  readonly rejected: readonly string[];
  /** Queues that have had a message of the same `x-deduplication-id` within their window; absent for none. */
  readonly duplicates?: readonly string[];
}

/** How one binding judged a routing key and headers. */
export interface BindingVerdict {
  readonly binding: Binding;
  readonly matches: boolean;
  /** For a binding that doesn't match: one clause in words, e.g. `word 2 is "placed", this wants "cancelled"`. */
  readonly why: string | null;
  /** Which part decided: index of the word in the binding's pattern, or the header's name. */
  readonly decidedBy: { readonly word: number } | { readonly header: string } | null;
}

/** One exchange that the message passes on its way, with the verdicts of its bindings in the order of declaration. */
export interface RouteStep {
  readonly exchange: string;
  readonly exchangeType: ExchangeType;
  /** How it came here: published, through a binding of another exchange, or as alternate exchange. */
  readonly via: "publish" | "binding" | "alternate";
  readonly verdicts: readonly BindingVerdict[];
}

export interface RoutePreview {
  readonly steps: readonly RouteStep[];
  /** Each queue once, however many bindings match. */
  readonly queues: readonly string[];
  /** The alternate exchange that would take it if nothing matched; null if there is none. */
  readonly alternateExchange: string | null;
}

export interface TakingPace {
  /** In messages per ms; infinite while that isn't known since it has only just begun. */
  readonly perMs: number;
  /** How many messages come before what it would be given. */
  readonly before: number;
}

/** Somebody who takes messages in the moment in which they come, while the call that waits goes on. */
export interface StraightTaker {
  /** How many it would take by now of what was not stored. */
  room(): number;
  /** How fast it takes messages of late; null for who doesn't. What comes may wait for a moment for who does. */
  pace(): TakingPace | null;
  take(messages: readonly Given[]): void;
}

export interface LeaseRequest {
  readonly vhost: string;
  readonly queue: string;
  /** At most this many messages, 1 to 1000. */
  readonly max: number;
  /** For callers in this process: how many they would take by now, when messages come while they wait; `max` if omitted. */
  readonly room?: () => number;
  /**
   * With `room`: how many more they would take for what they are going to need in a moment. Given only where messages go
   * out in the order in which they came, and where none counts that is ready.
   */
  readonly ahead?: () => number;
  /** For callers in this process: is given what comes while the call waits, which then goes on waiting. */
  readonly straight?: StraightTaker | undefined;
  /** How long they are the caller's, in ms, 0 to 12 h; when it runs out they return, flagged redelivered. */
  readonly visibilityTimeoutMs: number;
  /** Long polling: how long to wait for a first message, in ms, 0 to 20 s. */
  readonly waitMs: number;
  /**
   * Since when the caller has been there to take messages, with pauses between its calls, by `performance.now()`; since
   * this call if omitted. A message that may live for 0 ms is for who waits when it comes.
   */
  readonly waitingSince?: number;
  /** Taken is gone: acknowledged in the same transaction. */
  readonly autoAck: boolean;
  /**
   * The caller is connected to this process: when the process dies or can't be seen any more, the messages return within
   * seconds, however long the lease would last.
   */
  readonly boundToNode?: boolean;
  /** Whether it counts as `get` or as `deliver` in the statistics. */
  readonly countAs: "get" | "deliver";
  /** Ends the wait early, e.g. when the caller has gone. */
  readonly signal?: AbortSignal;
}

/** Proof of holding a lease; opaque to callers. Settling with one whose lease has passed on settles nothing. */
export type Receipt = string;

/** What stands for a receipt within this process, of a message that was given to a `StraightTaker` before it was stored. */
export interface InHandReceipt {
  /** Of the message in its queue; 0 until it is stored. */
  readonly id: number;
  /** Acknowledges the message if that can be done at once; if this returns false, it has to be settled as all others are. */
  acknowledge(actor: Actor): boolean;
}

export type AnyReceipt = Receipt | InHandReceipt;

export interface Settlement {
  readonly receipt: AnyReceipt;
  readonly outcome:
    | { readonly kind: "ack" }
    /** Back to its original position; `delayMs` later if given. `counts` (default true): whether this counts towards the delivery limit. */
    | {
        readonly kind: "requeue";
        readonly delayMs?: number;
        readonly counts?: boolean;
        /** The caller has given it to nobody: as if it had never been taken, so that it does not count, nor as redelivered. */
        readonly undelivered?: true;
        /** Given when it is not the consumer that asks: error policies may then decide otherwise. */
        readonly because?: "timeout" | "consumer_lost";
      }
    /** Dead-lettered with reason `rejected`; into the trash where the queue has no dead-letter exchange. */
    | { readonly kind: "reject"; readonly error?: FailureReport };
}

/** What a worker says of why it failed. Kept with the dead letter, in headers `x-error-type`, `x-error-message`, `x-error-stack`. */
export interface FailureReport {
  readonly type?: string;
  readonly message?: string;
  readonly stack?: string;
}

export interface SettlementResult {
  readonly receipt: AnyReceipt;
  /** `gone`: the lease had run out or was settled before; nothing was changed. */
  readonly result: "settled" | "gone";
}

export interface PeekRequest {
  /** Null: of all vhosts. */
  readonly vhost: string | null;
  /** Omitted: all queues of the vhost; of all vhosts every queue of this name. */
  readonly queue?: string;
  readonly states?: readonly MessageState[];
  readonly order: "oldest" | "newest";
  readonly limit: number;
  readonly cursor?: string;
  /** How many bytes of each body to bring. */
  readonly bodyLimit: number;
  readonly filter?: MessageFilter;
}

/** All given parts must match. Text is compared without regard to case, as "contains" unless said otherwise. */
export interface MessageFilter {
  /** In routing key, exchange, message id, correlation id, header names and values, and the body as text. */
  readonly text?: string;
  readonly routingKey?: string;
  readonly exchange?: string;
  readonly reason?: DeathReason;
  /** Exactly this queue, since whole groups are retried by it. */
  readonly originQueue?: string;
  /** Exactly this group of dead letters. */
  readonly group?: string;
  readonly errorType?: string;
  /** Equality with a property by its AMQP name (`message_id`), a header (`headers.tenant`), or a path in a JSON body (`body.order.id`). */
  readonly fields?: readonly { readonly path: string; readonly value: string }[];
}

/** Which messages a bulk operation means. `all` with a filter means what matches when the operation runs. */
export type Selection =
  | { readonly kind: "messages"; readonly refs: readonly { readonly queue: string; readonly id: number }[] }
  | { readonly kind: "all"; readonly queue?: string; readonly filter?: MessageFilter };

/** The numbers of a bulk operation always add up: `matched = done + skipped.length`. */
export interface BulkResult {
  readonly matched: number;
  readonly done: number;
  /** Those that were not touched, each with the reason in words (at most 100 are listed; `skippedCount` has them all). */
  readonly skippedCount: number;
  readonly skipped: readonly { readonly queue: string; readonly id: number; readonly why: string }[];
}

export interface RetryRequest {
  readonly vhost: string;
  readonly selection: Selection;
  /** Omitted: each goes back to the queue it died in (`x-first-death-queue` or the most recent x-death). */
  readonly to?: { readonly exchange: string; readonly routingKey: string };
}

export interface MoveRequest {
  readonly vhost: string;
  readonly from: string;
  readonly to: { readonly exchange: string; readonly routingKey: string };
  readonly selection: Selection;
}

export interface DeadLetterQuery {
  /** Omitted: all vhosts. */
  readonly vhost?: string;
  readonly queue?: string;
  readonly filter?: MessageFilter;
  readonly order: "oldest" | "newest";
  readonly limit: number;
  readonly cursor?: string;
  readonly bodyLimit: number;
}
