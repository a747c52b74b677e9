import type { QueueRow } from "@/lib/engine/sql/topology";
import type { Queryable } from "@/lib/engine/statement";

/** A queue by its name; undefined when there is none. */
export async function findQueue(db: Queryable, vhostId: number, name: string): Promise<QueueRow | undefined> {
  const [row] = await db.query<QueueRow>(
    {
      name: "queue_find",
      text: `SELECT id, vhost_id, name, type, durable, auto_delete, exclusive, arguments, created_at
             FROM warren.queue WHERE vhost_id = $1 AND name = $2`,
    },
    [vhostId, name],
  );
  return row;
}

/** Makes a queue with its cursors, one for each rank. */
export async function insertQueue(
  tx: Queryable,
  queue: {
    vhostId: number;
    name: string;
    type: "classic" | "quorum";
    durable: boolean;
    autoDelete: boolean;
    exclusive: boolean;
    arguments: Buffer;
    maxRank: number;
  },
): Promise<void> {
  await tx.query(
    {
      name: "queue_insert",
      text: `
        WITH made AS (
          INSERT INTO warren.queue (vhost_id, name, type, durable, auto_delete, exclusive, arguments)
          VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id
        )
        INSERT INTO warren.cursor (queue_id, rank) SELECT made.id, rank FROM made, generate_series(0, $8::int) AS rank`,
    },
    [
      queue.vhostId,
      queue.name,
      queue.type,
      queue.durable,
      queue.autoDelete,
      queue.exclusive,
      queue.arguments,
      queue.maxRank,
    ],
  );
}

/**
 * Deletes queues with their bindings. Nothing can be leased from them any more; what lies in them is cleared away
 * later, and is not to be seen by anybody until then. The transaction must have entered the queues.
 */
export async function deleteQueues(tx: Queryable, ids: readonly number[]): Promise<void> {
  await tx.query(
    {
      name: "queue_delete",
      text: `
        WITH cursors AS (DELETE FROM warren.cursor WHERE queue_id = ANY ($1::int[]))
        DELETE FROM warren.queue WHERE id = ANY ($1::int[])`,
    },
    [ids],
  );
}

/** The numbers of all queues of a vhost. */
export async function queueIdsOfVhost(db: Queryable, vhostId: number): Promise<number[]> {
  const rows = await db.query<{ id: number }>(
    { name: "queue_ids_of_vhost", text: `SELECT id FROM warren.queue WHERE vhost_id = $1 ORDER BY id` },
    [vhostId],
  );
  return rows.map((row) => row.id);
}
