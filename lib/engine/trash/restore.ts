import type { Actor } from "@/lib/broker/actor";
import { BrokerError } from "@/lib/broker/errors";
import type { TrashBatch } from "@/lib/broker/message";
import type { EngineContext } from "@/lib/engine/context";
import { claimLock } from "@/lib/engine/sql/claim-lock";
import { preferKeys } from "@/lib/engine/sql/entry-take";
import { historyOfRestore } from "@/lib/engine/sql/history";
import { enterQueues } from "@/lib/engine/sql/shards";
import {
  type TrashBatchRow,
  trashBatchGet,
  trashBatchList,
  trashBatchLock,
  trashBatchMarkRestored,
  trashQueues,
  trashRestoreChunk,
} from "@/lib/engine/sql/trash";
import { decodeArguments } from "@/lib/engine/topology/arguments";
import { restoreDeletedQueue } from "@/lib/engine/trash/deleted-queue";

/** So many messages come back in one transaction. */
const CHUNK = 10_000;

/** What can still be restored, and what was, newest first. `not-found` for an unknown vhost. */
export async function listTrash(context: EngineContext, vhost?: string): Promise<readonly TrashBatch[]> {
  const vhostId = vhost === undefined ? null : (await context.topology.fresh()).vhost(vhost).vhost.id;
  return (await trashBatchList(context.database.main, vhostId)).map(batchOf);
}

/**
 * Puts a batch back: same queues, order and ids. One that was broken off halfway can be called again and goes on.
 * `not-found` when it expired or its queues are gone; `conflict` when it was restored before. A deleted queue
 * comes back as `restoreDeletedQueue` tells.
 */
export async function restoreTrash(context: EngineContext, actor: Actor, batch: string): Promise<{ restored: number }> {
  const row = isUuid(batch) ? await trashBatchGet(context.database.main, batch) : undefined;
  if (!row) throw new BrokerError("not-found", "There is no such batch in the trash; it may have expired.", { batch });
  if (row.restored_at) throw restoredBefore(batch);
  if (row.action === "delete") return restoreDeletedQueue(context, row);
  let restored = 0;
  // What a queue drops meanwhile goes into the same batch, so it is looked at until nothing is left in it.
  for (;;) {
    const queueIds = await trashQueues(context.database.main, batch);
    for (const queueId of queueIds) restored += await restoreQueue(context, actor, batch, queueId);
    if (restored === 0) await mustStillExist(context, queueIds, row);
    const ended = await context.database.main.transaction(async (tx) => {
      if (!(await trashBatchLock(tx, batch))) return "before";
      return (await trashBatchMarkRestored(tx, batch, queueIds)) ? "now" : "not yet";
    });
    if (ended === "not yet") continue;
    if (ended === "before" && restored === 0) throw restoredBefore(batch);
    return { restored };
  }
}

async function restoreQueue(context: EngineContext, actor: Actor, batch: string, queueId: number): Promise<number> {
  let restored = 0;
  for (;;) {
    const topology = await context.topology.fresh();
    const queue = topology.queuesById.get(queueId);
    if (!queue) return restored;
    const count = await context.database.main.transaction(async (tx) => {
      const [, entered] = await Promise.all([preferKeys(tx), enterQueues(tx, topology.version, [queueId])]);
      if (!entered) return null;
      await claimLock(tx, [queueId]);
      if (!(await trashBatchLock(tx, batch))) return 0;
      const chunk = { batch, queueId, limit: CHUNK };
      await historyOfRestore(tx, chunk, actor.user);
      return trashRestoreChunk(tx, chunk);
    });
    // Null: the topology has moved on; it is looked at again.
    if (count === null) continue;
    restored += count;
    if (count > 0) await context.queuesGrew([queue]);
    if (count < CHUNK) return restored;
  }
}

async function mustStillExist(context: EngineContext, queueIds: readonly number[], row: TrashBatchRow): Promise<void> {
  const topology = await context.topology.fresh();
  if (queueIds.length === 0 || queueIds.some((id) => topology.queuesById.has(id))) return;
  const named = row.queue_name === null ? "The queues of this batch are" : `The queue '${row.queue_name}' is`;
  throw new BrokerError("not-found", `${named} gone, so its messages have no place to go back to.`, { batch: row.id });
}

function restoredBefore(batch: string): BrokerError {
  return new BrokerError("conflict", "This batch was restored before.", { batch });
}

function isUuid(text: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);
}

function batchOf(row: TrashBatchRow): TrashBatch {
  return {
    id: row.id,
    action: row.action,
    vhost: row.vhost,
    queue: row.queue_name,
    count: row.count,
    by: row.by,
    at: row.at,
    expiresAt: row.expires_at,
    restoredAt: row.restored_at,
    deletedQueue: row.kept_arguments && {
      arguments: decodeArguments(row.kept_arguments),
      bindings: (row.kept_bindings ?? []).map((binding) => ({
        source: binding.source,
        routingKey: binding.routing_key,
      })),
    },
  };
}
