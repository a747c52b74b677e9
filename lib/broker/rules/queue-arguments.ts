import { BrokerError } from "@/lib/broker/errors";
import { type FieldTable, type FieldValue, integerOf, textOf } from "@/lib/broker/properties/field-value";

export const overflowBehaviours = ["drop-head", "reject-publish", "reject-publish-dlx"] as const;
type Overflow = (typeof overflowBehaviours)[number];

/** What a queue's arguments ask for (https://www.rabbitmq.com/docs/queues#optional-arguments); null: not set. */
export interface QueueLimits {
  readonly type: "classic" | "quorum";
  readonly messageTtlMs: number | null;
  /** The queue itself goes after so long without use. */
  readonly expiresMs: number | null;
  readonly maxLength: number | null;
  readonly maxLengthBytes: number | null;
  readonly overflow: Overflow;
  readonly deadLetterExchange: string | null;
  readonly deadLetterRoutingKey: string | null;
  /** 1 to 255; null in a queue without priorities. */
  readonly maxPriority: number | null;
  /** How often a message may come back before it is dead-lettered. */
  readonly deliveryLimit: number | null;
  readonly singleActiveConsumer: boolean;
  /** Delivery-acknowledgement timeout. */
  readonly consumerTimeoutMs: number | null;
  /** For how long a second message of the same `x-deduplication-id` is not stored; Warren's own. */
  readonly deduplicationWindowMs: number | null;
  /** Of messages of one `x-group-id` only the first is handed out until it is settled; Warren's own. */
  readonly orderedGroups: boolean;
  /** How many messages are handed out a second in the long run, and how many at once at most; Warren's own. */
  readonly rateLimit: { readonly perSecond: number; readonly burst: number } | null;
  /** How long messages stay at least after the last queue has let go of them, to be replayed; Warren's own. */
  readonly retentionMs: number | null;
}

/** RabbitMQ's default for quorum queues since 4.0 (https://www.rabbitmq.com/docs/quorum-queues#poison-message-handling). */
const defaultDeliveryLimit = 20;
/** RabbitMQ's greatest time to live: ten years of 365 days. */
export const maxMs = 315_360_000_000;
export const maxCount = Number.MAX_SAFE_INTEGER;
/** Messages per second. */
export const maxRate = 1_000_000;

type Check = (value: FieldValue) => string | null;

/** Each argument that means something, with what is wrong with a value. Unknown ones are allowed, as in RabbitMQ. */
const checks: Readonly<Record<string, Check>> = {
  "x-message-ttl": integerCheck(0, maxMs),
  "x-expires": integerCheck(1, maxMs),
  "x-max-length": integerCheck(0, maxCount),
  "x-max-length-bytes": integerCheck(0, maxCount),
  "x-overflow": choiceCheck(overflowBehaviours),
  "x-dead-letter-exchange": textCheck,
  "x-dead-letter-routing-key": textCheck,
  "x-max-priority": integerCheck(0, 255),
  "x-delivery-limit": integerCheck(-1, maxCount),
  "x-single-active-consumer": booleanCheck,
  "x-consumer-timeout": integerCheck(1, maxMs),
  "x-deduplication-window": integerCheck(1, maxMs),
  "x-ordered-groups": booleanCheck,
  "x-rate-limit": integerCheck(1, maxRate),
  "x-rate-burst": integerCheck(1, maxRate),
  "x-retention": integerCheck(1, maxMs),
  "x-queue-type": choiceCheck(["classic", "quorum"]),
  "x-queue-mode": choiceCheck(["default", "lazy"]),
};

/**
 * Reads a queue's arguments. Throws `precondition-failed` naming the argument that is out of its limits, in RabbitMQ's
 * form `invalid arg 'x-message-ttl' for queue 'q' in vhost '/': ...`, and `not-implemented` for streams.
 */
export function queueLimits(given: FieldTable, queue: { readonly vhost: string; readonly name: string }): QueueLimits {
  if (textOf(given.get("x-queue-type")) === "stream") {
    throw new BrokerError(
      "not-implemented",
      `Streams are not supported: declare '${queue.name}' as classic or quorum.`,
    );
  }
  for (const [name, check] of Object.entries(checks)) {
    const value = given.get(name);
    const problem = value && check(value);
    if (problem) throw invalidArgument(name, queue, problem);
  }
  if (given.has("x-dead-letter-routing-key") && !given.has("x-dead-letter-exchange")) {
    throw invalidArgument("x-dead-letter-routing-key", queue, "needs x-dead-letter-exchange too");
  }
  if (given.has("x-rate-burst") && !given.has("x-rate-limit")) {
    throw invalidArgument("x-rate-burst", queue, "needs x-rate-limit too");
  }
  if (isTrue(given.get("x-ordered-groups")) && integerIn(given, "x-max-priority")) {
    throw invalidArgument("x-ordered-groups", queue, "can't be had together with x-max-priority");
  }
  const type = textOf(given.get("x-queue-type")) === "quorum" ? "quorum" : "classic";
  return {
    type,
    messageTtlMs: integerIn(given, "x-message-ttl"),
    expiresMs: integerIn(given, "x-expires"),
    maxLength: integerIn(given, "x-max-length"),
    maxLengthBytes: integerIn(given, "x-max-length-bytes"),
    overflow: overflowBehaviours.find((name) => name === textOf(given.get("x-overflow"))) ?? "drop-head",
    deadLetterExchange: textOf(given.get("x-dead-letter-exchange")) ?? null,
    deadLetterRoutingKey: textOf(given.get("x-dead-letter-routing-key")) ?? null,
    maxPriority: integerIn(given, "x-max-priority") || null,
    deliveryLimit: deliveryLimitOf(given, type),
    singleActiveConsumer: isTrue(given.get("x-single-active-consumer")),
    consumerTimeoutMs: integerIn(given, "x-consumer-timeout"),
    deduplicationWindowMs: integerIn(given, "x-deduplication-window"),
    orderedGroups: isTrue(given.get("x-ordered-groups")),
    rateLimit: rateLimitOf(given),
    retentionMs: integerIn(given, "x-retention"),
  };
}

export interface QueueTraits {
  readonly durable: boolean;
  readonly exclusive: boolean;
  readonly autoDelete: boolean;
}

/** Refuses a quorum queue that isn't durable, or is exclusive or auto-delete. Throws `precondition-failed`. */
export function checkQueueTraits(
  limits: QueueLimits,
  traits: QueueTraits,
  queue: { readonly vhost: string; readonly name: string },
): void {
  if (limits.type === "classic") return;
  const wrong = !traits.durable
    ? "non-durable"
    : traits.exclusive
      ? "exclusive-owner"
      : traits.autoDelete
        ? "auto-delete"
        : null;
  if (wrong) throw new BrokerError("precondition-failed", `invalid property '${wrong}' for ${whereIs(queue)}`);
}

/** How many ms a message may live: the lower of the queue's and its own; null: for ever. */
export function messageTtl(limits: Pick<QueueLimits, "messageTtlMs">, expirationMs: number | null): number | null {
  if (limits.messageTtlMs === null) return expirationMs;
  return expirationMs === null ? limits.messageTtlMs : Math.min(limits.messageTtlMs, expirationMs);
}

/**
 * A message's own time to live, in ms, from its `expiration` property: decimal digits, a plus sign allowed. Null when absent. Throws
 * `precondition-failed` for anything else (RabbitMQ closes the channel with 406: "invalid expiration").
 */
export function expirationMs(expiration: string | undefined): number | null {
  if (expiration === undefined) return null;
  const ms = /^\+?\d{1,20}$/.test(expiration) ? Number(expiration) : Number.NaN;
  if (ms <= maxMs) return ms;
  throw new BrokerError(
    "precondition-failed",
    `invalid expiration '${expiration}': it must be a number of milliseconds from 0 to ${maxMs}, as text`,
  );
}

/** The order in which a queue serves: 0 first. `priority` above the queue's maximum counts as the maximum. */
export function rankOf(limits: Pick<QueueLimits, "maxPriority">, priority: number | undefined): number {
  return limits.maxPriority === null ? 0 : limits.maxPriority - Math.min(priority ?? 0, limits.maxPriority);
}

/** Names of the queue arguments that must stay the same when a queue is declared again. */
export const comparedQueueArguments: readonly string[] = Object.keys(checks);

function invalidArgument(
  name: string,
  queue: { readonly vhost: string; readonly name: string },
  problem: string,
): BrokerError {
  return new BrokerError("precondition-failed", `invalid arg '${name}' for ${whereIs(queue)}: ${problem}`, {
    argument: name,
    queue: queue.name,
    vhost: queue.vhost,
  });
}

function whereIs(queue: { readonly vhost: string; readonly name: string }): string {
  return `queue '${queue.name}' in vhost '${queue.vhost}'`;
}

function deliveryLimitOf(given: FieldTable, type: "classic" | "quorum"): number | null {
  const limit = integerIn(given, "x-delivery-limit");
  if (limit === null) return type === "quorum" ? defaultDeliveryLimit : null;
  return limit < 0 ? null : limit;
}

/** Without a burst of its own, that of one second. */
function rateLimitOf(given: FieldTable): QueueLimits["rateLimit"] {
  const perSecond = integerIn(given, "x-rate-limit");
  return perSecond === null ? null : { perSecond, burst: integerIn(given, "x-rate-burst") ?? perSecond };
}

function isTrue(value: FieldValue | undefined): boolean {
  return value?.t === "t" && value.v;
}

function integerIn(given: FieldTable, name: string): number | null {
  const value = integerOf(given.get(name));
  return value === undefined ? null : Number(value);
}

function integerCheck(least: number, most: number): Check {
  return (value) => {
    const given = integerOf(value);
    if (given === undefined) return `must be an integer, not ${described(value)}`;
    return given >= least && given <= most ? null : `must be from ${least} to ${most}, not ${given}`;
  };
}

function choiceCheck(choices: readonly string[]): Check {
  return (value) => {
    const given = textOf(value);
    if (given !== undefined && choices.includes(given)) return null;
    return `must be one of ${choices.join(", ")}, not ${given === undefined ? described(value) : `'${given}'`}`;
  };
}

function booleanCheck(value: FieldValue): string | null {
  return value.t === "t" ? null : `must be true or false, not ${described(value)}`;
}

function textCheck(value: FieldValue): string | null {
  return textOf(value) === undefined ? `must be a string, not ${described(value)}` : null;
}

function described(value: FieldValue): string {
  const names: Partial<Record<FieldValue["t"], string>> = {
    S: "a string",
    x: "bytes",
    t: "a boolean",
    f: "a float",
    d: "a float",
    D: "a decimal",
    T: "a timestamp",
    F: "a table",
    A: "a list",
    V: "void",
  };
  return names[value.t] ?? "an integer";
}
