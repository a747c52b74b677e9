import type { Queryable } from "@/lib/engine/statement";

export interface ExpiredHead {
  readonly queueId: number;
  /** Somebody consumes from it, on whichever node. */
  readonly consumed: boolean;
}

/**
 * The queues with an expired message at their head. When nothing has expired anywhere this is one look into an index;
 * otherwise one look per queue, however many messages lie in it.
 */
export async function queuesWithExpiredHead(db: Queryable): Promise<ExpiredHead[]> {
  const rows = await db.query<{ queue_id: number; consumed: boolean }>({ name: "expiry_heads", text: heads });
  return rows.map((row) => ({ queueId: row.queue_id, consumed: row.consumed }));
}

const heads = `
SELECT DISTINCT c.queue_id, EXISTS (SELECT FROM warren.subscription s WHERE s.queue_id = c.queue_id) AS consumed
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

/** How long until a message expires that hasn't yet, in ms, wherever in its queue; null when none will. */
export async function untilNextExpiry(db: Queryable): Promise<number | null> {
  const [row] = await db.query<{ ms: number }>({ name: "expiry_next", text: next });
  return row?.ms ?? null;
}

const next = `
SELECT (1000 * extract(epoch FROM expires_at - clock_timestamp()))::float8 AS ms
FROM warren.entry WHERE expires_at > statement_timestamp() ORDER BY expires_at LIMIT 1`;
