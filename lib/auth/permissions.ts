import { BrokerError } from "@/lib/broker/errors";

/**
 * What a call of the API needs:
 * - `public`: nothing, not even a login
 * - `user`: any login
 * - `look`: reading queues, messages, statistics
 * - `change`: declaring, publishing, taking, moving, retrying, discarding
 * - `monitor`: what concerns the whole cluster, such as its nodes
 * - `set-policy`: policies and parameters
 * - `administer`: virtual hosts and users
 */
export type Access = "public" | "user" | "look" | "change" | "monitor" | "set-policy" | "administer";

/** Which of RabbitMQ's user tags open what. One of them is enough. */
const tagsFor: { readonly [A in Access]: readonly string[] | "everybody" } = {
  public: "everybody",
  user: "everybody",
  look: ["administrator", "policymaker", "management", "monitoring"],
  change: ["administrator", "policymaker", "management"],
  monitor: ["administrator", "monitoring"],
  "set-policy": ["administrator", "policymaker"],
  administer: ["administrator"],
};

/** Whether a user with these tags may do it. */
export function mayAccess(tags: readonly string[], access: Access): boolean {
  const needed = tagsFor[access];
  return needed === "everybody" || needed.some((tag) => tags.includes(tag));
}

/** Throws `access-refused`, with the tags that would do, unless a user with these tags may do it. */
export function mustAccess(user: { readonly name: string; readonly tags: readonly string[] }, access: Access): void {
  if (mayAccess(user.tags, access)) return;
  const needed = tagsFor[access];
  const list = needed === "everybody" ? "" : needed.join(", ");
  throw new BrokerError("access-refused", `User '${user.name}' may not do this: it needs one of the tags ${list}.`, {
    needs: needed,
    has: user.tags,
  });
}
