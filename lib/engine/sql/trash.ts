import type { TrashBatch } from "@/lib/broker/message";
import type { Queryable } from "@/lib/engine/statement";

export interface TrashBatchRow {
  id: string;
  vhost: string;
  action: TrashBatch["action"];
  queue_name: string | null;
  count: number;
  by: string;
  at: Date;
  expires_at: Date;
  restored_at: Date | null;
  /** Of a deleted queue that can still be restored: its arguments in their wire form, and its bindings. */
  kept_arguments: Buffer | null;
  kept_bindings: readonly { readonly source: string; readonly routing_key: string }[] | null;
}

/** Begins a batch, empty; what is put into it is counted there. Returns its id. */
export async function trashBatchCreate(
  tx: Queryable,
  batch: { vhostId: number; action: TrashBatch["action"]; queueName: string | null; by: string; keepMs: number },
): Promise<string> {
  const [row] = await tx.query<{ id: string }>(
    {
      name: "trash_batch_create",
      text: `INSERT INTO warren.trash_batch (vhost_id, action, queue_name, count, by, expires_at)
             VALUES ($1, $2, $3, 0, $4, now() + $5 * interval '1 ms') RETURNING id`,
    },
    [batch.vhostId, batch.action, batch.queueName, batch.by, batch.keepMs],
  );
  if (!row) throw new Error("no batch was made");
  return row.id;
}

/** Says how many messages a batch stands for that holds none itself. */
export async function trashBatchCount(tx: Queryable, batch: string, count: number): Promise<void> {
  await tx.query({ name: "trash_batch_count", text: "UPDATE warren.trash_batch SET count = $2 WHERE id = $1::uuid" }, [
    batch,
    count,
  ]);
}

/** Removes a batch into which nothing was put. */
export async function trashBatchDropEmpty(db: Queryable, batch: string): Promise<void> {
  await db.query(
    {
      name: "trash_batch_drop_empty",
      text: "DELETE FROM warren.trash_batch WHERE id = $1::uuid AND count = 0",
    },
    [batch],
  );
}

/** Batches that have not expired, newest first, those of one vhost or of all; at most 1,000. */
export async function trashBatchList(db: Queryable, vhostId: number | null): Promise<TrashBatchRow[]> {
  return db.query<TrashBatchRow>(
    {
      name: "trash_batch_list",
      text: `${batches} WHERE (b.count > 0 OR b.action = 'delete') AND b.expires_at > now() AND ($1::integer IS NULL OR b.vhost_id = $1)
             ORDER BY b.at DESC, b.id LIMIT 1000`,
    },
    [vhostId],
  );
}

/** One batch, unless it expired. */
export async function trashBatchGet(db: Queryable, batch: string): Promise<TrashBatchRow | undefined> {
  const [row] = await db.query<TrashBatchRow>(
    { name: "trash_batch_get", text: `${batches} WHERE b.id = $1::uuid AND b.expires_at > now()` },
    [batch],
  );
  return row;
}

/** How many messages of a batch are still in the trash, of queues that exist. */
export async function trashCount(db: Queryable, batch: string): Promise<number> {
  const [row] = await db.query<{ n: number }>(
    {
      name: "trash_count",
      text: `SELECT count(*)::integer AS n FROM warren.trash t WHERE t.batch_id = $1::uuid
               AND EXISTS (SELECT FROM warren.queue q WHERE q.id = t.queue_id)`,
    },
    [batch],
  );
  return row?.n ?? 0;
}

/** The queues from which messages of the batch are still in the trash. */
export async function trashQueues(db: Queryable, batch: string): Promise<number[]> {
  const rows = await db.query<{ queue_id: number }>({ name: "trash_queues", text: queues }, [batch]);
  return rows.map((row) => row.queue_id);
}

/**
 * Puts the next messages of a batch back into a queue, with their numbers: those beyond the cursor are served when it
 * gets there, those behind it wait again. The transaction must have entered the queue and hold its claim lock, so that
 * the cursor can't pass them unseen.
 * @returns how many
 */
export async function trashRestoreChunk(
  tx: Queryable,
  chunk: { batch: string; queueId: number; limit: number },
): Promise<number> {
  const [row] = await tx.query<{ n: number }>({ name: "trash_restore_chunk", text: restore }, [
    chunk.batch,
    chunk.queueId,
    chunk.limit,
  ]);
  return row?.n ?? 0;
}

/** Locks the batch against other restores and against expiry. False when it is gone or was restored. */
export async function trashBatchLock(tx: Queryable, batch: string): Promise<boolean> {
  const rows = await tx.query(
    {
      name: "trash_batch_lock",
      text: `SELECT FROM warren.trash_batch WHERE id = $1::uuid AND restored_at IS NULL AND expires_at > now()
             FOR UPDATE`,
    },
    [batch],
  );
  return rows.length > 0;
}

/**
 * Notes that the batch was restored. False when messages of queues that exist are still in it. The transaction must
 * hold the batch's lock: a batch of dropped messages may still be growing.
 */
export async function trashBatchMarkRestored(
  tx: Queryable,
  batch: string,
  queueIds: readonly number[],
): Promise<boolean> {
  const rows = await tx.query<{ id: string }>(
    {
      name: "trash_batch_mark_restored",
      text: `UPDATE warren.trash_batch SET restored_at = now() WHERE id = $1::uuid AND NOT EXISTS (
               SELECT FROM warren.queue q CROSS JOIN LATERAL (
                 SELECT FROM warren.trash t WHERE t.batch_id = $1::uuid AND t.queue_id = q.id LIMIT 1
               ) left_over WHERE q.id = ANY ($2::integer[])
             ) RETURNING id`,
    },
    [batch, queueIds],
  );
  return rows.length > 0;
}

/** Deletes expired messages of the trash with their envelopes, at most `limit`; returns how many. */
export async function trashExpireChunk(db: Queryable, limit: number): Promise<number> {
  const [row] = await db.query<{ n: number }>({ name: "trash_expire_chunk", text: expire }, [limit]);
  return row?.n ?? 0;
}

/** Deletes messages of the trash whose batch went with its vhost, at most `limit` of each; returns how many. */
export async function trashOrphanChunk(db: Queryable, limit: number): Promise<number> {
  const [row] = await db.query<{ n: number }>({ name: "trash_orphan_chunk", text: orphans }, [limit]);
  return row?.n ?? 0;
}

/** Deletes expired batches of which no message is left. */
export async function trashBatchExpire(db: Queryable): Promise<void> {
  await db.query({
    name: "trash_batch_expire",
    text: `DELETE FROM warren.trash_batch b WHERE b.expires_at <= now()
           AND NOT EXISTS (SELECT FROM warren.trash t WHERE t.batch_id = b.id)`,
  });
}

const batches = `
SELECT b.id, v.name AS vhost, b.action, b.queue_name, b.count, b.by, b.at, b.expires_at, b.restored_at,
  kept.arguments AS kept_arguments, k.bindings AS kept_bindings
FROM warren.trash_batch b JOIN warren.vhost v ON v.id = b.vhost_id
LEFT JOIN warren.trash_queue k ON k.batch_id = b.id
LEFT JOIN LATERAL jsonb_populate_record(NULL::warren.queue, k.queue) kept ON k.batch_id IS NOT NULL`;

/** From one queue to the next by the primary key, however many messages each has. */
const queues = `
WITH RECURSIVE q AS (
  (SELECT queue_id FROM warren.trash WHERE batch_id = $1::uuid ORDER BY queue_id LIMIT 1)
  UNION ALL
  SELECT n.queue_id FROM q CROSS JOIN LATERAL (
    SELECT t.queue_id FROM warren.trash t WHERE t.batch_id = $1::uuid AND t.queue_id > q.queue_id
    ORDER BY t.queue_id LIMIT 1
  ) n
)
SELECT queue_id FROM q ORDER BY queue_id`;

const restore = `
WITH chunk AS MATERIALIZED (
  SELECT batch_id, queue_id, seq FROM warren.trash WHERE batch_id = $1::uuid AND queue_id = $2 ORDER BY seq LIMIT $3
), back AS (
  DELETE FROM warren.trash t USING chunk c
  WHERE t.batch_id = c.batch_id AND t.queue_id = c.queue_id AND t.seq = c.seq
  RETURNING t.*
), entries AS (
  INSERT INTO warren.entry (queue_id, rank, seq, message_id, enqueued_at, expires_at, bytes, has_envelope, dead,
    group_key)
  SELECT queue_id, rank, seq, message_id, enqueued_at, expires_at, bytes, has_envelope, dead, group_key FROM back ORDER BY rank, seq
), again AS (
  INSERT INTO warren.deferred (queue_id, rank, seq, state, redelivered, delivery_count, group_key)
  SELECT b.queue_id, b.rank, b.seq, 'ready', b.redelivered, b.delivery_count, b.group_key
  FROM back b JOIN warren.cursor c ON c.queue_id = b.queue_id AND c.rank = b.rank
  WHERE b.seq <= c.seq ORDER BY b.rank, b.seq
), deaths AS (
  INSERT INTO warren.dead_letter
  SELECT l.* FROM back b CROSS JOIN LATERAL jsonb_populate_record(NULL::warren.dead_letter, b.dead_letter) l
  WHERE b.dead_letter IS NOT NULL
), delta AS (
  INSERT INTO warren.queue_delta (queue_id, ready, ready_bytes, dead)
  SELECT queue_id, count(*), sum(bytes), count(*) FILTER (WHERE dead) FROM back GROUP BY queue_id
)
SELECT count(*)::integer AS n FROM back`;

const expire = `
WITH chunk AS MATERIALIZED (
  SELECT t.batch_id, t.queue_id, t.seq
  FROM (SELECT id FROM warren.trash_batch WHERE expires_at <= now() ORDER BY expires_at FOR UPDATE SKIP LOCKED) b
  CROSS JOIN LATERAL (
    SELECT n.* FROM warren.trash n WHERE n.batch_id = b.id LIMIT $1
  ) t LIMIT $1
), gone AS (
  DELETE FROM warren.trash t USING chunk c
  WHERE t.batch_id = c.batch_id AND t.queue_id = c.queue_id AND t.seq = c.seq
  RETURNING t.queue_id, t.seq, t.has_envelope
), envelopes AS (
  DELETE FROM warren.envelope v USING gone g WHERE g.has_envelope AND v.queue_id = g.queue_id AND v.seq = g.seq
)
SELECT count(*)::integer AS n FROM gone`;

/** From one batch to the next by the primary key. A batch is there before its messages are. */
const orphans = `
WITH RECURSIVE b AS (
  (SELECT batch_id FROM warren.trash ORDER BY batch_id LIMIT 1)
  UNION ALL
  SELECT n.batch_id FROM b CROSS JOIN LATERAL (
    SELECT t.batch_id FROM warren.trash t WHERE t.batch_id > b.batch_id ORDER BY t.batch_id LIMIT 1
  ) n
), gone AS (
  DELETE FROM warren.trash WHERE (batch_id, queue_id, seq) IN (
    SELECT t.batch_id, t.queue_id, t.seq FROM b CROSS JOIN LATERAL (
      SELECT n.* FROM warren.trash n WHERE n.batch_id = b.batch_id LIMIT $1
    ) t WHERE NOT EXISTS (SELECT FROM warren.trash_batch k WHERE k.id = b.batch_id)
  )
  RETURNING 1
)
SELECT count(*)::integer AS n FROM gone`;
