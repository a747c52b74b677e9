import type { EngineContext } from "@/lib/engine/context";
import { bury } from "@/lib/engine/dead-lettering/bury";
import type { Burial } from "@/lib/engine/dead-lettering/plan";
import { brokerHolder, brokerHoldMs } from "@/lib/engine/lease/hold";
import { newLeaseToken } from "@/lib/engine/lease/receipt";
import { hasLimit, isOverLimit } from "@/lib/engine/publish/overflow";
import { type ClaimedRow, claimMessages, lockCursor } from "@/lib/engine/sql/lease";
import { readQueueDepths } from "@/lib/engine/sql/queue-depth";
import type { QueueRecord } from "@/lib/engine/topology/records";

const maxAtOnce = 500;

/** Cuts queues that drop from their head down to their lengths, dead-lettering what goes (reason `maxlen`). */
export async function enforceLimits(context: EngineContext, queues: Iterable<QueueRecord>): Promise<void> {
  for (const queue of new Set(queues)) {
    if (hasLimit(queue, "drops")) await trim(context, queue);
  }
}

async function trim(context: EngineContext, queue: QueueRecord): Promise<void> {
  for (;;) {
    const excess = await takeExcess(context, queue);
    if (excess.length === 0) return;
    await bury(context, excess);
  }
}

/** Takes what is too much out of the head of the queue, under the lock that keeps others from doing so too. */
async function takeExcess(context: EngineContext, queue: QueueRecord): Promise<Burial[]> {
  const token = newLeaseToken();
  return context.database.relaxed.transaction(async (tx) => {
    const [[locked], [depth]] = await Promise.all([tx.query(lockCursor, [queue.id]), readQueueDepths(tx, [queue.id])]);
    if (!locked || !depth || !isOverLimit(queue, depth.ready, depth.ready_bytes)) return [];
    const { maxLength } = queue.limits;
    const tooMany = maxLength === null ? 0 : depth.ready - maxLength;
    // Of sizes nothing is known before they are looked at: one after the other until the rest fits.
    const max = Math.min(maxAtOnce, Math.max(tooMany, 1));
    const claim = {
      queueId: queue.id,
      max,
      visibilityTimeoutMs: brokerHoldMs,
      token,
      holder: brokerHolder,
      node: null,
      autoAck: false,
      oneByOne: true,
      countAs: "none",
    } as const;
    const rows = await tx.query<ClaimedRow>(...claimMessages(claim));
    return rows.map((row) => ({
      queueId: queue.id,
      rank: row.rank,
      seq: row.seq,
      token,
      reason: row.expired ? ("expired" as const) : ("maxlen" as const),
    }));
  });
}
