import type { Actor } from "@/lib/broker/actor";
import { BrokerError } from "@/lib/broker/errors";
import type { EngineContext } from "@/lib/engine/context";
import { counterLock } from "@/lib/engine/sql/counter";
import { findQueue } from "@/lib/engine/sql/queue";
import type { QueueDepth } from "@/lib/engine/sql/queue-depth";
import { touchQueue } from "@/lib/engine/sql/queue-use";
import { bumpTopology, lockTopology, type QueueRow } from "@/lib/engine/sql/topology";
import {
  type TrashBatchRow,
  trashBatchCount,
  trashBatchCreate,
  trashBatchLock,
  trashBatchMarkRestored,
} from "@/lib/engine/sql/trash";
import { queueRecount, trashQueueGet, trashQueueKeep, trashQueueRestore } from "@/lib/engine/sql/trash-queue";
import type { Queryable } from "@/lib/engine/statement";
import { mustFindVhost } from "@/lib/engine/topology/change";
import { mustHaveRoom } from "@/lib/engine/topology/room";
import { TRASH_KEPT_MS } from "@/lib/engine/trash/kept";

/**
 * Keeps a queue that is about to be deleted in the same transaction, with its bindings and all its messages: those lie
 * where they lay, under a number that nobody sees. Returns the batch to restore it by.
 */
export async function keepDeletedQueue(
  tx: Queryable,
  actor: Actor,
  queue: Pick<QueueRow, "id" | "vhost_id" | "name">,
  depth: QueueDepth | undefined,
): Promise<string> {
  const batch = await trashBatchCreate(tx, {
    vhostId: queue.vhost_id,
    action: "delete",
    queueName: queue.name,
    by: actor.user,
    keepMs: TRASH_KEPT_MS,
  });
  await trashBatchCount(tx, batch, depth === undefined ? 0 : depth.ready + depth.unacked + depth.delayed);
  await trashQueueKeep(tx, batch, queue.id);
  return batch;
}

/**
 * Brings a deleted queue back: its messages in their order, with their ids, those that consumers held still held by
 * them, and its bindings from exchanges that are there. `conflict` when there is a queue of its name again, or it was
 * restored before; `precondition-failed` when the vhost has no room for one more.
 * @returns how many messages are in it
 */
export async function restoreDeletedQueue(context: EngineContext, row: TrashBatchRow): Promise<{ restored: number }> {
  const { id: batch, vhost } = row;
  const name = row.queue_name ?? "";
  const { queueId, restored } = await context.database.main.transaction(async (tx) => {
    await lockTopology(tx);
    const vhostId = await mustFindVhost(tx, vhost);
    const queueId = (await trashBatchLock(tx, batch)) ? await trashQueueGet(tx, batch) : undefined;
    if (queueId === undefined) throw new BrokerError("conflict", "This queue was restored before.", { batch });
    if (await findQueue(tx, vhostId, name)) {
      const text = `There is a queue '${name}' again in '${vhost}': delete that one first, or move its messages elsewhere.`;
      throw new BrokerError("conflict", text, { batch, queue: name });
    }
    await mustHaveRoom(tx, vhostId, { vhost, name });
    await trashQueueRestore(tx, batch);
    // Its time to expire begins anew.
    await touchQueue(tx, queueId);
    await counterLock(tx);
    const messages = await queueRecount(tx, queueId);
    await trashBatchMarkRestored(tx, batch, []);
    await bumpTopology(tx);
    return { queueId, restored: messages };
  });
  const queue = (await context.topology.fresh()).queuesById.get(queueId);
  if (queue) await context.queuesGrew([queue]);
  return { restored };
}
