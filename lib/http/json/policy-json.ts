import type { Policy } from "@/lib/broker/policy";

/** A policy as RabbitMQ's API gives it. */
export function policyJson({ vhost, name, pattern, applyTo, definition, priority }: Policy) {
  return { vhost, name, pattern, "apply-to": applyTo, definition, priority };
}
export type PolicyJson = ReturnType<typeof policyJson>;
