import type { Channel } from "@/lib/amqp/channel";
import { isBrokerError } from "@/lib/broker/errors";

/**
 * Does what destroys something, and has it written down: who did it and what came of it, refused attempts too. That it
 * isn't there to be destroyed is no news.
 * @param facts what is worth knowing of the result
 */
export async function audited<T>(
  { connection: { actor, vhost, door } }: Pick<Channel, "connection">,
  action: string,
  target: string,
  work: Promise<T>,
  facts: (result: T) => Readonly<Record<string, unknown>> = () => ({}),
): Promise<T> {
  const about = { actor, action, vhost, target };
  try {
    const result = await work;
    door.audit({ ...about, detail: facts(result), outcome: "done" });
    return result;
  } catch (error) {
    const code = isBrokerError(error) ? error.code : "internal";
    if (code !== "not-found") {
      door.audit({ ...about, detail: { error: code }, outcome: code === "internal" ? "failed" : "refused" });
    }
    throw error;
  }
}
