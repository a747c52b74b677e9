import type { Queryable } from "@/lib/engine/statement";

/** Notes that a queue is in use just now. Nothing happens when it is gone. */
export async function touchQueue(db: Queryable, queueId: number): Promise<void> {
  await db.query({ name: "queue_use_touch", text: touch }, [queueId]);
}

const touch = `
INSERT INTO warren.queue_use (queue_id, used_at)
SELECT id, statement_timestamp() FROM warren.queue WHERE id = $1
ON CONFLICT (queue_id) DO UPDATE SET used_at = excluded.used_at`;

/** Those of the queues that nobody has used for as many ms as are given with each. */
export async function findUnusedQueues(
  db: Queryable,
  queues: readonly { readonly id: number; readonly expiresMs: number }[],
): Promise<number[]> {
  const rows = await db.query<{ id: number }>({ name: "queue_use_expired", text: expired }, [
    queues.map(({ id }) => id),
    queues.map(({ expiresMs }) => expiresMs),
  ]);
  return rows.map((row) => row.id);
}

const expired = `
SELECT q.id
FROM unnest($1::int[], $2::bigint[]) AS given (id, expires)
JOIN warren.queue q ON q.id = given.id
LEFT JOIN warren.queue_use u ON u.queue_id = q.id
WHERE greatest(q.created_at, u.used_at) + given.expires * interval '1 millisecond' <= statement_timestamp()`;
