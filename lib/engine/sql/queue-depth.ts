import type { Queryable, Statement } from "@/lib/engine/statement";

/** How many messages are where; see `QueueCounts`. */
export interface QueueDepth {
  readonly queue_id: number;
  readonly ready: number;
  readonly ready_bytes: number;
  readonly unacked: number;
  readonly delayed: number;
}

/** Exact depths at this moment, of those of the queues that exist; nothing is counted row by row. */
export async function readQueueDepths(db: Queryable, queueIds: readonly number[]): Promise<QueueDepth[]> {
  return db.query<QueueDepth>(...queueDepths(queueIds));
}

/** The same, to be sent together with other statements. */
export function queueDepths(queueIds: readonly number[]): readonly [Statement, readonly unknown[]] {
  return [{ name: "queue_depths", text: depths }, [queueIds]];
}

/** Those of the queues in which something is ready. */
export async function queuesWithReady(db: Queryable, queueIds: readonly number[]): Promise<number[]> {
  const rows = await db.query<{ queue_id: number }>({ name: "queues_with_ready", text: withReady }, [queueIds]);
  return rows.map(({ queue_id: queueId }) => queueId);
}

const withReady = `
SELECT r.queue_id FROM (
  SELECT queue_id, ready FROM warren.queue_counter WHERE queue_id = ANY ($1::int[])
  UNION ALL
  SELECT queue_id, ready FROM warren.queue_delta WHERE queue_id = ANY ($1::int[])
) r GROUP BY r.queue_id HAVING sum(r.ready) > 0`;

const depths = `
SELECT q.id AS queue_id,
       (coalesce(c.ready, 0) + coalesce(d.ready, 0))::bigint AS ready,
       (coalesce(c.ready_bytes, 0) + coalesce(d.ready_bytes, 0))::bigint AS ready_bytes,
       (coalesce(c.unacked, 0) + coalesce(d.unacked, 0))::bigint AS unacked,
       (coalesce(c.delayed, 0) + coalesce(d.delayed, 0))::bigint AS delayed
FROM warren.queue q
LEFT JOIN warren.queue_counter c ON c.queue_id = q.id
LEFT JOIN (
  SELECT queue_id, sum(ready) AS ready, sum(ready_bytes) AS ready_bytes, sum(unacked) AS unacked,
         sum(delayed) AS delayed
  FROM warren.queue_delta WHERE queue_id = ANY ($1::int[]) GROUP BY queue_id
) d ON d.queue_id = q.id
WHERE q.id = ANY ($1::int[])`;
