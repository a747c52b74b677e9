import { BrokerError } from "@/lib/broker/errors";
import type { Policy, PolicyDefinition, PolicyKind } from "@/lib/broker/policy";
import { checkName } from "@/lib/broker/rules/names";
import { compilePattern } from "@/lib/broker/rules/pattern";
import { maxCount, maxMs, maxRate, overflowBehaviours } from "@/lib/broker/rules/queue-arguments";

type Problem = (value: unknown) => string | null;

interface Setting {
  readonly problem: Problem;
  /** `lower`: operators may set it too, and of two the lower holds. */
  readonly operators?: "lower";
}

/**
 * What a policy may set: what RabbitMQ knows (settings of its queue storage are taken and have no effect here), and
 * Warren's own, named as the arguments without `x-`.
 */
const settings: Readonly<Record<string, Setting>> = {
  "message-ttl": { problem: integer(0, maxMs), operators: "lower" },
  expires: { problem: integer(1, maxMs), operators: "lower" },
  "max-length": { problem: integer(0, maxCount), operators: "lower" },
  "max-length-bytes": { problem: integer(0, maxCount), operators: "lower" },
  "delivery-limit": { problem: integer(-1, maxCount), operators: "lower" },
  overflow: { problem: oneOf(overflowBehaviours) },
  "dead-letter-exchange": { problem: text },
  "dead-letter-routing-key": { problem: text },
  "consumer-timeout": { problem: integer(1, maxMs) },
  "alternate-exchange": { problem: text },
  "rate-limit": { problem: integer(1, maxRate), operators: "lower" },
  "rate-burst": { problem: integer(1, maxRate), operators: "lower" },
  "deduplication-window": { problem: integer(1, maxMs) },
  retention: { problem: integer(1, maxMs) },
  "queue-mode": { problem: oneOf(["default", "lazy"]) },
  "queue-version": { problem: integer(1, 2) },
  "queue-master-locator": { problem: text },
  "queue-leader-locator": { problem: text },
  "initial-cluster-size": { problem: integer(1, maxCount) },
  "target-group-size": { problem: integer(1, maxCount) },
  "dead-letter-strategy": { problem: oneOf(["at-most-once", "at-least-once"]) },
  "max-in-memory-length": { problem: integer(0, maxCount), operators: "lower" },
  "max-in-memory-bytes": { problem: integer(0, maxCount), operators: "lower" },
  "max-age": { problem: text },
  "stream-max-segment-size-bytes": { problem: integer(1, maxCount) },
  "stream-filter-size-bytes": { problem: integer(16, 255) },
  "ha-mode": { problem: oneOf(["all", "exactly", "nodes"]) },
  "ha-params": { problem: () => null },
  "ha-sync-mode": { problem: oneOf(["automatic", "manual"]) },
  "ha-sync-batch-size": { problem: integer(1, maxCount) },
  "ha-promote-on-shutdown": { problem: oneOf(["always", "when-synced"]) },
  "ha-promote-on-failure": { problem: oneOf(["always", "when-synced"]) },
};

const lowestPriority = -(2 ** 31);
const highestPriority = 2 ** 31 - 1;

/** Throws `bad-request` for a policy that can't be, beginning with RabbitMQ's words `Validation failed`. */
export function checkPolicy(kind: PolicyKind, policy: Policy): void {
  checkName("policy", policy.name);
  const problem = problemOf(kind, policy);
  if (problem) throw new BrokerError("bad-request", `Validation failed\n\n${problem}`, { policy: policy.name });
  compilePattern(policy.pattern);
}

function problemOf(kind: PolicyKind, { priority, definition }: Policy): string | null {
  if (!Number.isInteger(priority) || priority < lowestPriority || priority > highestPriority) {
    return `priority must be an integer of 32 bits, not ${priority}`;
  }
  const names = Object.keys(definition);
  if (names.length === 0) return "no policy provided";
  const unknown = names.filter((name) => {
    const setting = Object.hasOwn(settings, name) ? settings[name] : undefined;
    return setting === undefined || (kind === "operator" && setting.operators === undefined);
  });
  if (unknown.length > 0) {
    return kind === "operator"
      ? `${unknown.join(", ")}: not a setting of operator policies; there are ${operatorSettings.join(", ")}`
      : `${unknown.join(", ")}: not recognised policy settings`;
  }
  for (const name of names) {
    const wrong = settings[name]?.problem(definition[name]);
    if (wrong) return `${name} ${wrong}`;
  }
  if (definition["rate-burst"] !== undefined && definition["rate-limit"] === undefined) {
    return "rate-burst needs rate-limit too";
  }
  return null;
}

const operatorSettings = Object.keys(settings).filter((name) => settings[name]?.operators !== undefined);

/** Both in one: where both set something, the lower value holds. A delivery limit of -1 is no limit at all. */
export function mergedDefinition(user: PolicyDefinition, operator: PolicyDefinition): PolicyDefinition {
  const merged: Record<string, unknown> = { ...user };
  for (const [name, value] of Object.entries(operator)) {
    const theirs = user[name];
    const isLower = typeof theirs === "number" && typeof value === "number" && theirs < value && theirs >= 0;
    merged[name] = isLower || value === -1 ? (theirs ?? value) : value;
  }
  return merged;
}

function integer(least: number, most: number): Problem {
  return (value) =>
    typeof value === "number" && Number.isInteger(value) && value >= least && value <= most
      ? null
      : `must be an integer from ${least} to ${most}, not ${JSON.stringify(value)}`;
}

function oneOf(choices: readonly string[]): Problem {
  return (value) =>
    typeof value === "string" && choices.includes(value)
      ? null
      : `must be one of ${choices.join(", ")}, not ${JSON.stringify(value)}`;
}

function text(value: unknown): string | null {
  if (typeof value !== "string") return `must be a string, not ${JSON.stringify(value)}`;
  return Buffer.byteLength(value) > 255 ? "may have 255 bytes at most" : null;
}
