import type { Outgoing } from "@/lib/engine/publish/outgoing";
import { readQueueDepths } from "@/lib/engine/sql/queue-depth";
import type { Queryable } from "@/lib/engine/statement";
import type { QueueRecord } from "@/lib/engine/topology/records";

/**
 * Whether the queue has a length limit, and what it does at that length: refuse what comes, or drop from its head
 * (https://www.rabbitmq.com/docs/maxlength).
 */
export function hasLimit({ limits }: QueueRecord, behaviour: "refuses" | "drops"): boolean {
  if (limits.maxLength === null && limits.maxLengthBytes === null) return false;
  return (limits.overflow === "drop-head") === (behaviour === "drops");
}

/** Whether a queue with so much ready is over its limits. */
export function isOverLimit({ limits }: QueueRecord, ready: number, readyBytes: number): boolean {
  return (
    (limits.maxLength !== null && ready > limits.maxLength) ||
    (limits.maxLengthBytes !== null && readyBytes > limits.maxLengthBytes)
  );
}

/**
 * Finds the queues that have no room for each of the messages, in their order: what an earlier one takes, a later one
 * has not. The transaction must have entered the queues, so that nobody else adds to them meanwhile.
 * @param limited the queues that refuse
 * @returns for each message the queues that refuse it
 */
export async function refusals(
  tx: Queryable,
  limited: readonly QueueRecord[],
  messages: readonly { readonly message: Outgoing; readonly queues: readonly QueueRecord[] }[],
): Promise<QueueRecord[][]> {
  const depths = await readQueueDepths(
    tx,
    limited.map((queue) => queue.id),
  );
  const room = new Map(depths.map((depth) => [depth.queue_id, { ready: depth.ready, bytes: depth.ready_bytes }]));
  return messages.map(({ message, queues }) =>
    queues.filter((queue) => {
      const depth = room.get(queue.id);
      // Limits are about what is ready: a delayed message takes no room yet.
      if (!depth || message.delayMs > 0 || !hasLimit(queue, "refuses")) return false;
      if (isOverLimit(queue, depth.ready + 1, depth.bytes + message.body.length)) return true;
      depth.ready++;
      depth.bytes += message.body.length;
      return false;
    }),
  );
}
