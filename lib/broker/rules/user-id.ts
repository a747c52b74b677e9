import type { Actor } from "@/lib/broker/actor";
import { BrokerError } from "@/lib/broker/errors";
import type { MessageProperties } from "@/lib/broker/properties/properties";

/** May sign messages as somebody else: RabbitMQ's tag. */
const impersonator = "impersonator";

/**
 * A message's `user_id`, if it has one, is the publisher's name (rabbitmq.com/validated-user-id). Returns what is wrong,
 * a `precondition-failed`, for another's.
 */
export function forgedUserId(
  { user, tags }: Pick<Actor, "user" | "tags">,
  { userId }: MessageProperties,
): BrokerError | undefined {
  if (userId === undefined || userId === user || tags.includes(impersonator)) return undefined;
  const text = `user_id property set to '${userId}' but authenticated user was '${user}'`;
  return new BrokerError("precondition-failed", text, { user_id: userId });
}
