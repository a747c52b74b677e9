import type { Queryable } from "@/lib/engine/statement";

/** Notes on which node the connection is that an exclusive queue belongs to. */
export async function queueOwnerInsert(tx: Queryable, vhostId: number, queue: string, nodeId: number): Promise<void> {
  await tx.query({ name: "queue_owner_insert", text: insert }, [vhostId, queue, nodeId]);
}

/** Exclusive queues whose connections went with their node. */
export async function orphanedQueues(db: Queryable): Promise<{ vhost: string; name: string }[]> {
  return db.query({ name: "queue_owner_orphans", text: orphans });
}

const insert = `
INSERT INTO warren.queue_owner (queue_id, node_id) SELECT id, $3 FROM warren.queue WHERE vhost_id = $1 AND name = $2`;

const orphans = `
SELECT v.name AS vhost, q.name FROM warren.queue_owner o
JOIN warren.queue q ON q.id = o.queue_id JOIN warren.vhost v ON v.id = q.vhost_id
WHERE NOT EXISTS (SELECT FROM warren.node n WHERE n.id = o.node_id AND n.gone_at IS NULL)`;
