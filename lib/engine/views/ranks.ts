import type { QueueRecord } from "@/lib/engine/topology/records";

/** The highest rank that entries of this queue can have: rank 0 is served first, `x-max-priority` is 0's. */
export function maxRankOf(queue: Pick<QueueRecord, "limits">): number {
  return queue.limits.maxPriority ?? 0;
}
