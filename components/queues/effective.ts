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

/** How often a message may come back. A policy takes the place of a default, and of two limits the lower holds. */
export function effectiveDeliveryLimit(queue: Ruled): Effective<number | null> {
  const [own, policy] = [queue.arguments["x-delivery-limit"], queue.effective_policy_definition["delivery-limit"]];
  const limit = (value: number) => (value < 0 ? null : value);
  const byArgument = typeof own === "number" ? limit(own) : queue.type === "quorum" ? defaultDeliveryLimit : null;
  if (typeof policy !== "number") return { value: byArgument, byPolicy: false };
  const byPolicy = limit(policy);
  const argumentHolds = typeof own === "number" && byArgument !== null && (byPolicy === null || byArgument <= byPolicy);
  return argumentHolds ? { value: byArgument, byPolicy: false } : { value: byPolicy, byPolicy: true };
}
