import { isRunning } from "@/lib/engine/sql/presence";
import type { Queryable } from "@/lib/engine/statement";

/** Notes that a queue is in use just now. Returns false, without an error, for one that is gone or goes at this moment. */
export async function touchQueue(db: Queryable, queueId: number): Promise<boolean> {
  return (await db.query({ name: "queue_use_touch", text: touch }, [queueId])).length > 0;
}

const touch = `
INSERT INTO warren.queue_use (queue_id, used_at)
SELECT id, statement_timestamp() FROM (SELECT id FROM warren.queue WHERE id = $1 FOR KEY SHARE) q
ON CONFLICT (queue_id) DO UPDATE SET used_at = excluded.used_at
RETURNING queue_id`;

/**
 * All queues of a vhost with policies that set `expires` count as used just now: their time begins when they come
 * under a policy, not before.
 */
export async function touchQueuesUnderPolicies(tx: Queryable, vhostId: number): Promise<void> {
  await tx.query({ name: "queue_use_touch_policies", text: touchAll }, [vhostId]);
}

const touchAll = `
INSERT INTO warren.queue_use (queue_id, used_at)
SELECT id, statement_timestamp() FROM warren.queue
WHERE vhost_id = $1 AND EXISTS (SELECT FROM warren.policy WHERE vhost_id = $1 AND definition ? 'expires')
ON CONFLICT (queue_id) DO UPDATE SET used_at = excluded.used_at`;

/** Those of the queues without consumers that nobody has used for as many ms as are given with each. */
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

/** How long until the next of these queues will have been unused for so long, in ms; null when none will. */
export async function untilNextUnused(
  db: Queryable,
  queues: readonly { readonly id: number; readonly expiresMs: number }[],
): Promise<number | null> {
  const [row] = await db.query<{ ms: number | null }>({ name: "queue_use_next", text: next }, [
    queues.map(({ id }) => id),
    queues.map(({ expiresMs }) => expiresMs),
  ]);
  return row?.ms ?? null;
}

const unused = `
FROM unnest($1::int[], $2::bigint[]) AS given (id, expires)
JOIN warren.queue q ON q.id = given.id
LEFT JOIN warren.queue_use u ON u.queue_id = q.id
CROSS JOIN LATERAL (SELECT greatest(q.created_at, u.used_at) + given.expires * interval '1 millisecond' AS ends_at) e
WHERE NOT EXISTS (
  SELECT FROM warren.consumer c JOIN warren.node n ON n.id = c.node_id AND ${isRunning}
  JOIN warren.vhost v ON v.id = q.vhost_id WHERE c.vhost = v.name AND c.queue = q.name)`;

const expired = `SELECT q.id ${unused} AND e.ends_at <= statement_timestamp()`;

const next = `
SELECT (1000 * extract(epoch FROM min(e.ends_at) - clock_timestamp()))::float8 AS ms ${unused}
AND e.ends_at > statement_timestamp()`;
