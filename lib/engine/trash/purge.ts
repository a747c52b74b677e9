import type { Actor } from "@/lib/broker/actor";
import type { EngineContext } from "@/lib/engine/context";
import { claimLock } from "@/lib/engine/sql/claim-lock";
import { entryPurgeRange } from "@/lib/engine/sql/entry-purge";
import { entryLastSeq } from "@/lib/engine/sql/entry-scan";
import { entryPurgeChunk, type PurgedChunk, preferKeys } from "@/lib/engine/sql/entry-take";
import { trashBatchCreate, trashBatchDropEmpty } from "@/lib/engine/sql/trash";
import { TRASH_KEPT_MS } from "@/lib/engine/trash/kept";
import { maxRankOf } from "@/lib/engine/views/ranks";

/** So many messages go in one transaction: consumers of the queue wait no longer than that takes. */
const CHUNK = 10_000;
/** The same of those that nobody has ever taken, which goes quicker. */
const RANGE = 25_000;

/**
 * Puts all ready messages of a queue into the trash; those in consumers' hands, delayed ones, and what is published
 * after it began stay. `not-found` for the queue.
 * @returns how many, exactly, and the batch to restore them by; null when there were none
 */
export async function purgeQueue(
  context: EngineContext,
  actor: Actor,
  vhost: string,
  name: string,
): Promise<{ messages: number; trash: string | null }> {
  const { main } = context.database;
  const queue = (await context.topology.fresh()).queue(vhost, name);
  const bound = await entryLastSeq(main);
  const batch = await trashBatchCreate(main, {
    vhostId: queue.vhostId,
    action: "purge",
    queueName: queue.name,
    by: actor.user,
    keepMs: TRASH_KEPT_MS,
  });
  const maxRank = maxRankOf(queue);
  let messages = 0;
  try {
    for (let rank = 0; rank <= maxRank; rank++) {
      for (;;) {
        const taken = await purgeRange(context, { queueId: queue.id, rank, bound, batch });
        messages += taken;
        if (taken === 0) break;
      }
    }
    let after: { rank: number; seq: number } | null = null;
    for (;;) {
      const chunk = await purgeChunk(context, { queueId: queue.id, maxRank, after, bound, batch });
      messages += chunk.taken;
      if (chunk.last_rank === null || chunk.last_seq === null) break;
      after = { rank: chunk.last_rank, seq: chunk.last_seq };
    }
  } finally {
    await trashBatchDropEmpty(main, batch);
  }
  return { messages, trash: messages > 0 ? batch : null };
}

async function purgeRange(
  context: EngineContext,
  from: Omit<Parameters<typeof entryPurgeRange>[1], "limit">,
): Promise<number> {
  return context.database.main.transaction(async (tx) => {
    const [, , taken] = await Promise.all([
      preferKeys(tx),
      claimLock(tx, [from.queueId]),
      entryPurgeRange(tx, { ...from, limit: RANGE }),
    ]);
    return taken;
  });
}

async function purgeChunk(
  context: EngineContext,
  from: Omit<Parameters<typeof entryPurgeChunk>[1], "limit">,
): Promise<PurgedChunk> {
  return context.database.main.transaction(async (tx) => {
    const [, , chunk] = await Promise.all([
      preferKeys(tx),
      claimLock(tx, [from.queueId]),
      entryPurgeChunk(tx, { ...from, limit: CHUNK }),
    ]);
    return chunk;
  });
}
