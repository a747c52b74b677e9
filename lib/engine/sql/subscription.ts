import type { ConnectionPool } from "@/lib/engine/connection-pool";
import type { Queryable, Statement } from "@/lib/engine/statement";

export interface NewSubscription {
  readonly vhost: string;
  readonly queue: string;
  readonly nodeId: number;
  readonly key: string;
  readonly exclusive: boolean;
  readonly priority: number;
}

export interface StandingRow {
  readonly queue_id: number;
  readonly active: number | null;
  readonly own: number[];
  readonly elsewhere: number | null;
  readonly mixed: boolean;
}

/**
 * Enters a consumer, under the lock of the queue's row.
 * @returns undefined when there is no such queue; without an id when somebody has the queue, or should have it, alone
 */
export async function subscriptionInsert(
  pool: ConnectionPool,
  { vhost, queue, nodeId, key, exclusive, priority }: NewSubscription,
): Promise<{ id: number | null; queueId: number; standing: StandingRow } | undefined> {
  const [, made, standing] = await pool.pipeline([
    [lockByName, [vhost, queue]],
    [insert, [vhost, queue, nodeId, key, exclusive, priority]],
    [standingByName, [vhost, queue, nodeId]],
  ]);
  const [row] = made as { id: number | null; queue_id: number }[];
  const [stands] = standing as StandingRow[];
  return row && stands && { id: row.id, queueId: row.queue_id, standing: stands };
}

/** Ends a subscription. Returns how many the queue has left; null when it was gone. */
export async function subscriptionDelete(pool: ConnectionPool, id: number): Promise<number | null> {
  const [, rows] = await pool.pipeline([
    [lockBySubscription, [id]],
    [remove, [id]],
  ]);
  const [row] = rows as { n: number }[];
  return row?.n ?? null;
}

/** How queues' consumers stand, as seen from a node; queues that there aren't are missing. */
export async function standingRead(db: Queryable, queueIds: readonly number[], nodeId: number): Promise<StandingRow[]> {
  return db.query(standingById, [queueIds, nodeId]);
}

/** How many consumers a queue has. */
export async function subscriptionCount(db: Queryable, vhost: string, queue: string): Promise<number> {
  const [row] = await db.query<{ n: number }>(count, [vhost, queue]);
  return row?.n ?? 0;
}

/** Locks a queue's row against those who begin or end to consume, until the transaction ends. */
export async function lockSubscriptions(tx: Queryable, queueId: number): Promise<void> {
  await tx.query(lockById, [queueId]);
}

/** Auto-delete queues that nobody consumes from any more, since all consumers were on nodes that have gone. */
export async function queuesOfGoneConsumers(db: Queryable): Promise<{ vhost: string; name: string }[]> {
  return db.query(left);
}

/** Ends the subscriptions of nodes that have gone. */
export async function subscriptionExpire(db: Queryable): Promise<void> {
  await db.query(expire);
}

const named = `
SELECT q.id FROM warren.queue q JOIN warren.vhost v ON v.id = q.vhost_id WHERE v.name = $1 AND q.name = $2`;

/** Consumers of nodes that were not given up. */
const live = "warren.subscription s JOIN warren.node n ON n.id = s.node_id AND n.gone_at IS NULL";

const lockByName: Statement = { name: "subscription_lock_by_name", text: `${named} FOR NO KEY UPDATE OF q` };

const lockById: Statement = {
  name: "subscription_lock_by_id",
  text: "SELECT FROM warren.queue WHERE id = $1 FOR NO KEY UPDATE",
};

const lockBySubscription: Statement = {
  name: "subscription_lock",
  text: `
SELECT FROM warren.queue WHERE id = (SELECT queue_id FROM warren.subscription WHERE id = $1) FOR NO KEY UPDATE`,
};

const insert: Statement = {
  name: "subscription_insert",
  text: `
WITH q AS (${named}), others AS (
  SELECT count(*) AS n, coalesce(bool_or(s.exclusive), false) AS taken FROM ${live} WHERE s.queue_id = (SELECT id FROM q)
), made AS (
  INSERT INTO warren.subscription (queue_id, node_id, key, exclusive, priority)
  SELECT q.id, $3, $4, $5, $6 FROM q, others WHERE NOT taken AND NOT ($5 AND n > 0) RETURNING id
)
SELECT q.id AS queue_id, made.id FROM q LEFT JOIN made ON true`,
};

const remove: Statement = {
  name: "subscription_delete",
  text: `
WITH gone AS (DELETE FROM warren.subscription WHERE id = $1 RETURNING queue_id)
SELECT (SELECT count(*)::integer FROM ${live} WHERE s.queue_id = gone.queue_id AND s.id <> $1) AS n FROM gone`,
};

const count: Statement = {
  name: "subscription_count",
  text: `SELECT count(*)::integer AS n FROM ${live} WHERE s.queue_id = (${named})`,
};

const standingById: Statement = { name: "subscription_standing", text: standing("q.id = ANY ($1::integer[])", "$2") };
const standingByName: Statement = { name: "subscription_standing_by_name", text: standing(`q.id = (${named})`, "$3") };

function standing(condition: string, node: string): string {
  return `
SELECT q.id AS queue_id, min(s.id) AS active,
  coalesce(array_agg(s.id) FILTER (WHERE s.node_id = ${node}::integer), '{}') AS own,
  max(s.priority) FILTER (WHERE s.node_id <> ${node}::integer AND NOT coalesce(c."full", false)) AS elsewhere,
  count(DISTINCT s.priority) > 1 AS mixed
FROM warren.queue q
LEFT JOIN (${live}) ON s.queue_id = q.id
LEFT JOIN warren.consumer c ON c.node_id = s.node_id AND c.key = s.key
WHERE ${condition} GROUP BY q.id`;
}

const left: Statement = {
  name: "subscription_left",
  text: `
SELECT v.name AS vhost, q.name FROM warren.queue q JOIN warren.vhost v ON v.id = q.vhost_id
WHERE q.auto_delete
  AND EXISTS (SELECT FROM warren.subscription s WHERE s.queue_id = q.id)
  AND NOT EXISTS (SELECT FROM ${live} WHERE s.queue_id = q.id)`,
};

const expire: Statement = {
  name: "subscription_expire",
  text: `
DELETE FROM warren.subscription s USING warren.node n WHERE n.id = s.node_id AND n.gone_at IS NOT NULL`,
};
