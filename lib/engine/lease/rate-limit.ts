import type { QueueLimits } from "@/lib/broker/rules/queue-arguments";
import type { ClaimedRow } from "@/lib/engine/sql/lease";
import { readRateBucket, writeRateBucket } from "@/lib/engine/sql/rate-bucket";
import type { Queryable } from "@/lib/engine/statement";

/**
 * Claims no more than the queue's token bucket allows, over all nodes. The transaction must hold the queue's claim lock.
 * @param claim claims at most so many; expired ones among them cost nothing
 * @returns the claimed, and in how many ms there is a token again; null when there is one now
 */
export async function withinRate(
  tx: Queryable,
  queueId: number,
  limit: NonNullable<QueueLimits["rateLimit"]>,
  max: number,
  claim: (max: number) => Promise<readonly ClaimedRow[]>,
): Promise<{ rows: readonly ClaimedRow[]; tokenInMs: number | null }> {
  const { tokens, at } = await readRateBucket(tx, queueId, limit);
  const rows = tokens < 1 ? [] : await claim(Math.min(max, Math.floor(tokens)));
  const left = tokens - rows.filter((row) => !row.expired).length;
  if (left < tokens) await writeRateBucket(tx, queueId, { tokens: left, at });
  return { rows, tokenInMs: left < 1 ? Math.ceil(((1 - left) * 1000) / limit.perSecond) : null };
}
