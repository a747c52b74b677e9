import type { Action, ErrorPolicy, NextAction, SimulatedFailure } from "@/lib/api-client/error-policies";
import { formatNoun } from "@/lib/format/numbers";
import { formatDuration } from "@/lib/format/times";

export const reasonWords: Readonly<Record<string, string>> = {
  rejected: "rejected",
  timeout: "held too long",
  consumer_lost: "consumer lost",
  delivery_limit: "delivered too often",
  expired: "expired",
  maxlen: "queue full",
};

export const actionWords: Readonly<Record<Action["kind"], string>> = {
  retry: "Retry",
  ignore: "Ignore",
  notify: "Tell somebody",
  review: "A person decides",
  dead_letter: "Dead-letter",
};

type Outcome = SimulatedFailure["would"]["outcome"] | NonNullable<SimulatedFailure["was"]>["outcome"];

export const outcomeWords: Readonly<Record<Outcome, string>> = {
  requeue: "requeued",
  retry: "retried",
  ignore: "ignored",
  review: "kept for a person",
  dead_letter: "dead-lettered",
  drop: "dropped",
  default: "as without rules",
};

/** When a rule matches, as a sentence without its subject. */
export function whenWords({ when }: Pick<ErrorPolicy, "when">): string {
  const parts = [
    when.reasons?.map((reason) => reasonWords[reason]).join(" or "),
    when.error_type && `type ${when.error_type}`,
    when.error_message && `message ${when.error_message}`,
    ...(when.headers ?? []).map(({ name, value, pattern }) =>
      value !== undefined ? `${name} is ${value}` : pattern !== undefined ? `${name} like ${pattern}` : `has ${name}`,
    ),
    rangeWords(when.attempts, (count) => formatNoun(count, "delivery", "deliveries")),
    rangeWords(when.age_ms, (age) => `${formatDuration(age)} old`),
  ];
  return parts.filter(Boolean).join(", ") || "every failure";
}

function rangeWords(range: { min?: number; max?: number } | undefined, say: (value: number) => string) {
  if (range?.min !== undefined && range.max !== undefined) return `${range.min} to ${say(range.max)}`;
  if (range?.min !== undefined) return `at least ${say(range.min)}`;
  return range?.max === undefined ? undefined : `at most ${say(range.max)}`;
}

/** What a rule does, as a sentence. */
export function doesWords(action: Action): string {
  switch (action.kind) {
    case "retry": {
      const grows = action.backoff === "fixed" ? "every" : `${action.backoff}ly from`;
      return `retry ${grows} ${formatDuration(action.base_ms)}, ${formatNoun(action.max_attempts, "delivery", "deliveries")} at most${nextWords(action.afterwards)}`;
    }
    case "ignore":
      return "ignore: to the trash";
    case "notify":
      return `tell ${action.targets.join(", ")}${nextWords(action.afterwards)}`;
    case "review":
      return "keep it until a person decides";
    case "dead_letter":
      return `dead-letter to ${action.exchange || action.routing_key || "(AMQP default)"}`;
  }
}

function nextWords(next: NextAction): string {
  if (next === "next") return ", then the next rule";
  return next === "default" ? ", then as without rules" : `, then ${doesWords(next)}`;
}

/** Which queues a rule is for. */
export function scopeWords({ queue, pattern }: Pick<ErrorPolicy, "queue" | "pattern">): string {
  return queue ?? (pattern === null ? "every queue" : `queues like ${pattern}`);
}
