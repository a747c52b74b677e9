import type { PolicyDefinition } from "@/lib/broker/policy";
import type { FieldTable } from "@/lib/broker/properties/field-value";
import { overflowBehaviours, type QueueLimits } from "@/lib/broker/rules/queue-arguments";

/**
 * What holds for a queue: its arguments, with what policies set. Of two limits (times to live, lengths, delivery limit,
 * rate) the lower holds, as in RabbitMQ; of two settings that are no limits the argument does
 * (https://www.rabbitmq.com/docs/policies, "resolution of arguments").
 * @param own what the arguments ask for
 * @param given the arguments
 */
export function effectiveLimits(own: QueueLimits, given: FieldTable, policy: PolicyDefinition): QueueLimits {
  if (Object.keys(policy).length === 0) return own;
  const overflow = overflowBehaviours.find((name) => name === policy.overflow);
  return {
    ...own,
    messageTtlMs: lower(own.messageTtlMs, number(policy["message-ttl"])),
    expiresMs: lower(own.expiresMs, number(policy.expires)),
    maxLength: lower(own.maxLength, number(policy["max-length"])),
    maxLengthBytes: lower(own.maxLengthBytes, number(policy["max-length-bytes"])),
    overflow: given.has("x-overflow") ? own.overflow : (overflow ?? own.overflow),
    deadLetterExchange: own.deadLetterExchange ?? string(policy["dead-letter-exchange"]),
    deadLetterRoutingKey: own.deadLetterRoutingKey ?? string(policy["dead-letter-routing-key"]),
    deliveryLimit: deliveryLimit(own, given, number(policy["delivery-limit"])),
    consumerTimeoutMs: own.consumerTimeoutMs ?? number(policy["consumer-timeout"]),
    deduplicationWindowMs: own.deduplicationWindowMs ?? number(policy["deduplication-window"]),
    retentionMs: own.retentionMs ?? number(policy.retention),
    rateLimit: rateLimit(own.rateLimit, number(policy["rate-limit"]), number(policy["rate-burst"])),
  };
}

/** A policy takes the place of a default; -1 is no limit. */
function deliveryLimit(own: QueueLimits, given: FieldTable, policy: number | null): number | null {
  if (policy === null) return own.deliveryLimit;
  const limit = policy < 0 ? null : policy;
  return given.has("x-delivery-limit") ? lower(own.deliveryLimit, limit) : limit;
}

function rateLimit(own: QueueLimits["rateLimit"], perSecond: number | null, burst: number | null) {
  if (perSecond === null || (own !== null && own.perSecond <= perSecond)) return own;
  return { perSecond, burst: burst ?? perSecond };
}

function lower(one: number | null, other: number | null): number | null {
  if (one === null || other === null) return one ?? other;
  return Math.min(one, other);
}

function number(value: unknown): number | null {
  return typeof value === "number" ? value : null;
}

function string(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}
