import type { Queryable } from "@/lib/engine/statement";

/**
 * Takes the claim locks of these queues until the transaction ends (the same as `lockCursor`, for several): nothing
 * can be leased or taken out of them by anybody else. After `enterQueues`, if that is needed at all, and before all
 * other row locks. A statement of its own: what the next one sees is what the holders before have left.
 */
export async function claimLock(tx: Queryable, queueIds: Iterable<number>): Promise<void> {
  const ids = [...new Set(queueIds)];
  await tx.query({ name: "claim_lock", text: lock }, [ids]);
}

const lock = `
SELECT FROM warren.cursor WHERE queue_id = ANY ($1::integer[]) AND rank = 0 ORDER BY queue_id FOR UPDATE`;
