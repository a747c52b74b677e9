import type { EngineContext } from "@/lib/engine/context";
import type { Duty } from "@/lib/engine/duties/duty";
import { findUnusedQueues, untilNextUnused } from "@/lib/engine/sql/queue-use";
import { changeTopology } from "@/lib/engine/topology/change";
import { deleteQueuesAndUnused } from "@/lib/engine/topology/queues";

/** Deletes queues that nobody has used for their `x-expires`. Their messages go with them; none is dead-lettered. */
export const unusedQueues: Duty = {
  name: "unused queues",
  everyMs: 100,
  run: async (context) => {
    const { main } = context.database;
    const queues = await expiringQueues(context);
    if (queues.length === 0) return false;
    if ((await findUnusedQueues(main, queues)).length === 0) return (await untilNextUnused(main, queues)) ?? false;
    const deleted = await changeTopology<number[]>(context, async (tx) => {
      // Somebody may have used one since it was looked at.
      const ids = await findUnusedQueues(tx, queues);
      if (ids.length > 0) await deleteQueuesAndUnused(tx, ids);
      return { changed: ids.length > 0, result: ids };
    });
    for (const id of deleted) context.usage.forget(id);
    context.signals.announce(deleted);
    return false;
  },
};

async function expiringQueues(context: EngineContext) {
  const { queuesById } = await context.topology.fresh();
  return [...queuesById.values()].flatMap(({ id, limits }) =>
    limits.expiresMs === null ? [] : [{ id, expiresMs: limits.expiresMs }],
  );
}
