import type { Queryable } from "@/lib/engine/statement";

/** Deletes what is left of deleted exchanges, and counters of queues that a late fold brought back. */
export async function leftoverDelete(db: Queryable): Promise<void> {
  for (const [table, key, owner] of tables) {
    await db.query({
      text: `DELETE FROM warren.${table} t WHERE NOT EXISTS (SELECT FROM warren.${owner} o WHERE o.id = t.${key})`,
    });
  }
}

/** Deletes processes that were last seen a day ago. */
export async function nodeExpire(db: Queryable): Promise<void> {
  await db.query({ text: "DELETE FROM warren.node WHERE last_seen_at < now() - interval '1 day'" });
}

const tables = [
  ["queue_counter", "queue_id", "queue"],
  ["exchange_counter", "exchange_id", "exchange"],
  ["exchange_sample", "exchange_id", "exchange"],
] as const;
