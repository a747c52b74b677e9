import type { Queue } from "@/lib/api-client/queues";

/** RabbitMQ's default for quorum queues. */
const defaultDeliveryLimit = 20;

/** What holds for a queue, and whether a policy has set it. */
export interface Effective<T> {
  readonly value: T;
  readonly byPolicy: boolean;
}

type Ruled = Pick<Queue, "type" | "arguments" | "effective_policy_definition">;

/** A text such as `dead-letter-exchange`: the argument goes before the policy. Null: not set. */
export function effectiveText(queue: Ruled, setting: string): Effective<string | null> {
  const own = queue.arguments[`x-${setting}`];
  if (typeof own === "string") return { value: own, byPolicy: false };
  const policy = queue.effective_policy_definition[setting];
  return typeof policy === "string" ? { value: policy, byPolicy: true } : { value: null, byPolicy: false };
}

/** Limits: of an argument and a policy the lower holds. Of other settings the argument does. */
const limits = new Set(["message-ttl", "expires", "max-length", "max-length-bytes", "delivery-limit", "rate-limit"]);

/** Whether it is the queue's own argument that holds, where a policy sets the same. */
export function argumentHolds(queue: Ruled, setting: string): boolean {
  // A burst belongs to its rate.
  const name = setting === "rate-burst" ? "rate-limit" : setting;
  const [own, policy] = [queue.arguments[`x-${name}`], queue.effective_policy_definition[name]];
  if (typeof own !== "number" || typeof policy !== "number" || !limits.has(name)) {
    return own !== undefined;
  }
  return own >= 0 && (policy < 0 || own <= policy);
}

/** How often a message may come back. A policy takes the place of a default. */
export function effectiveDeliveryLimit(queue: Ruled): Effective<number | null> {
  const [own, policy] = [queue.arguments["x-delivery-limit"], queue.effective_policy_definition["delivery-limit"]];
  const limit = (value: number) => (value < 0 ? null : value);
  if (typeof policy === "number" && !argumentHolds(queue, "delivery-limit")) {
    return { value: limit(policy), byPolicy: true };
  }
  const byArgument = typeof own === "number" ? limit(own) : queue.type === "quorum" ? defaultDeliveryLimit : null;
  return { value: byArgument, byPolicy: false };
}
