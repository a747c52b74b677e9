import type { Queryable } from "@/lib/engine/statement";

/**
 * The queues with an expired message at their head. When nothing has expired anywhere this is one look into an index;
 * otherwise one look per queue, however many messages lie in it.
 */
export async function queuesWithExpiredHead(db: Queryable): Promise<number[]> {
  const rows = await db.query<{ queue_id: number }>({ name: "expiry_heads", text: heads });
  return rows.map((row) => row.queue_id);
}

const heads = `
SELECT DISTINCT c.queue_id
FROM warren.cursor c
CROSS JOIN LATERAL (
  (SELECT e.expires_at
   FROM (SELECT rank, seq FROM warren.deferred
         WHERE queue_id = c.queue_id AND rank = c.rank AND state = 'ready' ORDER BY queue_id, rank, seq LIMIT 1) d
   CROSS JOIN LATERAL (SELECT expires_at FROM warren.entry e
                       WHERE e.queue_id = c.queue_id AND e.rank = d.rank AND e.seq = d.seq LIMIT 1) e)
  UNION ALL
  (SELECT e.expires_at FROM warren.entry e
   WHERE e.queue_id = c.queue_id AND e.rank = c.rank AND e.seq > c.seq ORDER BY e.queue_id, e.rank, e.seq LIMIT 1)
  LIMIT 1
) head
WHERE EXISTS (SELECT FROM warren.entry WHERE expires_at <= statement_timestamp())
  AND head.expires_at <= statement_timestamp()`;
