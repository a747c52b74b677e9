import type { Queryable } from "@/lib/engine/statement";

// A deleted queue that lies in the trash has left nothing behind yet.

/** Tables that may hold many rows of a deleted queue, with the rest of their keys. */
const large = [
  ["entry", "rank, seq"],
  ["deferred", "rank, seq"],
  ["claim", "rank, hi"],
  ["envelope", "seq"],
  ["dead_letter", "seq"],
  ["queue_sample", "at"],
] as const;

/** Tables with few rows per queue or exchange. */
const small = [
  ["cursor", "queue_id", "queue"],
  ["queue_counter", "queue_id", "queue"],
  ["rate_bucket", "queue_id", "queue"],
  ["exchange_counter", "exchange_id", "exchange"],
  ["exchange_sample", "exchange_id", "exchange"],
] as const;

/** Deletes at most `limit` rows of each deleted queue from each large table; returns how many in all. */
export async function leftoverDeleteChunk(db: Queryable, limit: number): Promise<number> {
  let deleted = 0;
  for (const [table, key] of large) {
    for (const { queue_id } of await db.query<{ queue_id: number }>(orphans(table))) {
      const [row] = await db.query<{ n: number }>(deletion(table, key), [queue_id, limit]);
      deleted += row?.n ?? 0;
    }
  }
  return deleted;
}

/** Deletes what is left of deleted queues and exchanges in the tables with few rows each. */
export async function leftoverDeleteSmall(db: Queryable): Promise<void> {
  for (const [table, key, owner] of small) {
    await db.query({
      text: `DELETE FROM warren.${table} t WHERE NOT EXISTS (SELECT FROM warren.${owner} o WHERE o.id = t.${key})
        ${owner === "queue" ? `AND NOT EXISTS (SELECT FROM warren.trash_queue k WHERE k.queue_id = t.${key})` : ""}`,
    });
  }
}

/** Deletes processes that were last seen a day ago. */
export async function nodeExpire(db: Queryable): Promise<void> {
  await db.query({ text: "DELETE FROM warren.node WHERE last_seen_at < now() - interval '1 day'" });
}

/** From one queue to the next by the primary key, however many rows each has. */
function orphans(table: string) {
  return {
    name: `leftover_find_${table}`,
    text: `
WITH RECURSIVE q AS (
  (SELECT queue_id FROM warren.${table} ORDER BY queue_id LIMIT 1)
  UNION ALL
  SELECT n.queue_id FROM q CROSS JOIN LATERAL (
    SELECT t.queue_id FROM warren.${table} t WHERE t.queue_id > q.queue_id ORDER BY t.queue_id LIMIT 1
  ) n
)
SELECT queue_id FROM q WHERE NOT EXISTS (SELECT FROM warren.queue o WHERE o.id = q.queue_id)
  AND NOT EXISTS (SELECT FROM warren.trash_queue k WHERE k.queue_id = q.queue_id)`,
  };
}

function deletion(table: string, key: string) {
  return {
    name: `leftover_delete_${table}`,
    text: `
WITH gone AS (
  DELETE FROM warren.${table} WHERE (queue_id, ${key}) IN (
    SELECT queue_id, ${key} FROM warren.${table} WHERE queue_id = $1 ORDER BY ${key} LIMIT $2
  ) RETURNING 1
)
SELECT count(*)::integer AS n FROM gone`,
  };
}
