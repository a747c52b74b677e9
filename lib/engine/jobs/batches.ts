import { BrokerError } from "@/lib/broker/errors";
import type { EngineContext } from "@/lib/engine/context";
import { endJob } from "@/lib/engine/jobs/step";
import { claimLock } from "@/lib/engine/sql/claim-lock";
import { entryPurgeChunk, preferKeys } from "@/lib/engine/sql/entry-take";
import { historyOfRestore } from "@/lib/engine/sql/history";
import { type JobRow, jobGrow, jobLock, jobProgress, jobSelected } from "@/lib/engine/sql/job";
import { enterQueues } from "@/lib/engine/sql/shards";
import {
  trashBatchDropEmpty,
  trashBatchLock,
  trashBatchMarkRestored,
  trashQueues,
  trashRestoreChunk,
} from "@/lib/engine/sql/trash";
import type { Queryable } from "@/lib/engine/statement";
import { maxRankOf } from "@/lib/engine/views/ranks";

/** Puts the next messages of a batch back into their queue, and counts them. @param limit how many at most */
export async function restoreSlice(context: EngineContext, job: JobRow, batch: string, limit: number): Promise<void> {
  const { main } = context.database;
  const topology = await context.topology.fresh();
  const queueIds = await trashQueues(main, batch);
  const queue = queueIds.map((id) => topology.queuesById.get(id)).find((known) => known !== undefined);
  if (!queue) return finishRestore(context, job, batch, queueIds);
  const restored = await main.transaction(async (tx) => {
    if ((await jobLock(tx, job.id))?.state !== "running") return 0;
    const [, entered] = await Promise.all([preferKeys(tx), enterQueues(tx, topology.version, [queue.id])]);
    if (!entered) return 0;
    await claimLock(tx, [queue.id]);
    if (!(await trashBatchLock(tx, batch))) return 0;
    const chunk = { batch, queueId: queue.id, limit };
    await historyOfRestore(tx, chunk, job.started_by);
    const count = await trashRestoreChunk(tx, chunk);
    await jobGrow(tx, job.id, job.done + count);
    await jobProgress(tx, job.id, { done: count, skipped: 0, sent: count });
    return count;
  });
  if (restored > 0) return context.queuesGrew([queue]);
  // Nothing came back though some is there: the topology moved on, or somebody else restored the batch.
  const isOver = await main.transaction(async (tx) => !(await trashBatchLock(tx, batch)));
  if (isOver) await finishRestore(context, job, batch, queueIds);
}

/** What is left belongs to queues that are gone, or was restored by somebody else: it is counted as skipped. */
async function finishRestore(
  context: EngineContext,
  job: JobRow,
  batch: string,
  queueIds: readonly number[],
): Promise<void> {
  await context.database.main.transaction(async (tx) => {
    const now = await jobLock(tx, job.id);
    if (now?.state !== "running") return;
    if (await trashBatchLock(tx, batch)) await trashBatchMarkRestored(tx, batch, queueIds);
    await skipRest(tx, now);
  });
  const left =
    job.start_count > job.done ? "Some were not restored: their queue is gone, or somebody else was first." : null;
  await endJob(context, job.id, "completed", left);
}

/** Puts the next ready messages of a queue into the trash, and counts them. */
export async function purgeSlice(context: EngineContext, job: JobRow, queueName: string, limit: number): Promise<void> {
  const { main } = context.database;
  const queue = (await context.topology.fresh()).vhosts.get(job.vhost)?.queues.get(queueName);
  if (!queue) return endJob(context, job.id, "failed", `The queue '${queueName}' was deleted.`);
  const batch = job.trash;
  if (batch === null) throw new BrokerError("internal", "a job that purges has a batch of the trash");
  const isOver = await main.transaction(async (tx) => {
    const now = await jobLock(tx, job.id);
    if (now?.state !== "running") return false;
    await Promise.all([preferKeys(tx), claimLock(tx, [queue.id])]);
    const { taken, last_rank, last_seq } = await entryPurgeChunk(tx, {
      ...{ queueId: queue.id, maxRank: maxRankOf(queue), after: placeIn(now.scanned), bound: now.bound, batch, limit },
    });
    if (last_rank === null || last_seq === null) {
      await skipRest(tx, now);
      return true;
    }
    await jobGrow(tx, job.id, now.done + taken);
    await jobSelected(tx, job.id, { count: 0, skipped: 0, scanned: `${last_rank}.${last_seq}`, selected: true });
    await jobProgress(tx, job.id, { done: taken, skipped: 0, sent: taken });
    return false;
  });
  if (!isOver) return;
  await trashBatchDropEmpty(main, batch);
  await endJob(context, job.id, "completed");
}

async function skipRest(tx: Queryable, job: JobRow): Promise<void> {
  const skipped = job.start_count - job.done - job.skipped;
  await jobProgress(tx, job.id, { done: 0, skipped, sent: 0 });
}

/** Where the chunk before ended. */
function placeIn(scanned: string | null): { rank: number; seq: number } | null {
  if (scanned === null) return null;
  const [rank = 0, seq = 0] = scanned.split(".").map(Number);
  return { rank, seq };
}
