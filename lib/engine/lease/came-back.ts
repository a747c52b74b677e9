import type { EngineContext } from "@/lib/engine/context";

/**
 * Messages are ready again in these queues: tells whoever waits, and cuts the queues that drop from their head to their
 * lengths, as RabbitMQ does after a requeue.
 */
export async function cameBack(context: EngineContext, queueIds: Iterable<number>): Promise<void> {
  const ids = [...new Set(queueIds)];
  if (ids.length === 0) return;
  const known = await context.topology.current();
  const { queuesById } = ids.every((id) => known.queuesById.has(id)) ? known : await context.topology.fresh();
  await context.queuesGrew(ids.flatMap((id) => queuesById.get(id) ?? []));
}
