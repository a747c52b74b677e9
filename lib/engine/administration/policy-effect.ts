import type { EngineContext } from "@/lib/engine/context";
import { hasLimit, isOverLimit } from "@/lib/engine/publish/overflow";
import { readQueueDepths } from "@/lib/engine/sql/queue-depth";
import type { QueueRecord } from "@/lib/engine/topology/records";
import type { TopologySnapshot } from "@/lib/engine/topology/snapshot";

/**
 * Carries out what a change of policies means for what is there: who waits for messages of a queue whose limits are
 * others now looks at them again, on every node, and queues that are longer than they may be now are cut.
 * @param before the topology before the change
 */
export async function policyChanged(context: EngineContext, vhost: string, before: TopologySnapshot): Promise<void> {
  const { vhosts } = await context.topology.fresh();
  const queues = [...(vhosts.get(vhost)?.queues.values() ?? [])];
  const changed = queues.filter(({ id, limits }) => !sameLimits(before.queuesById.get(id)?.limits, limits));
  context.signals.announce(changed.map(({ id }) => id));
  await context.queuesGrew(await tooLong(context, changed));
}

async function tooLong(context: EngineContext, queues: readonly QueueRecord[]): Promise<QueueRecord[]> {
  const limited = new Map(queues.filter((queue) => hasLimit(queue, "drops")).map((queue) => [queue.id, queue]));
  if (limited.size === 0) return [];
  const depths = await readQueueDepths(context.database.main, [...limited.keys()]);
  return depths.flatMap((depth) => {
    const queue = limited.get(depth.queue_id);
    return queue && isOverLimit(queue, depth.ready, depth.ready_bytes) ? [queue] : [];
  });
}

function sameLimits(one: QueueRecord["limits"] | undefined, other: QueueRecord["limits"]): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
