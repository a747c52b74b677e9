import { BrokerError } from "@/lib/broker/errors";
import { queueAllowance } from "@/lib/engine/sql/limit";
import type { Queryable } from "@/lib/engine/statement";

/**
 * Throws `precondition-failed` when the vhost may have no more queues, in RabbitMQ's words
 * (https://www.rabbitmq.com/docs/vhosts#limits).
 */
export async function mustHaveRoom(
  tx: Queryable,
  vhostId: number,
  { vhost, name }: { readonly vhost: string; readonly name: string },
): Promise<void> {
  const { most, queues } = await queueAllowance(tx, vhostId);
  if (most === null || queues < most) return;
  const text = `cannot declare queue '${name}': queue limit in vhost '${vhost}' (${most}) is reached`;
  throw new BrokerError("precondition-failed", text, { vhost, limit: most });
}
