import { noDeferred } from "@/lib/engine/sql/no-deferred";
import type { Queryable } from "@/lib/engine/statement";

/**
 * Keeps what is needed to bring a queue back, and takes its cursors away, so that they can't move on any more. The
 * caller deletes the queue in the same transaction, which has entered it and holds the topology's lock.
 */
export async function trashQueueKeep(tx: Queryable, batch: string, queueId: number): Promise<void> {
  await tx.query({ name: "trash_queue_keep", text: keep }, [batch, queueId]);
}

/** The number of the queue of a batch, unless it was restored. */
export async function trashQueueGet(db: Queryable, batch: string): Promise<number | undefined> {
  const [row] = await db.query<{ queue_id: number }>(
    { name: "trash_queue_get", text: "SELECT queue_id FROM warren.trash_queue WHERE batch_id = $1::uuid" },
    [batch],
  );
  return row?.queue_id;
}

/**
 * Makes the queue of a batch again, under its number, with its cursors and those of its bindings whose exchanges there
 * are. The transaction must hold the topology's lock and the batch's.
 * @returns how many bindings came back
 */
export async function trashQueueRestore(tx: Queryable, batch: string): Promise<number> {
  const [row] = await tx.query<{ bindings: number }>({ name: "trash_queue_restore", text: restore }, [batch]);
  return row?.bindings ?? 0;
}

/**
 * Counts a queue's messages anew, since nobody kept count while it was deleted. The transaction must hold the counters'
 * lock; whatever is told of the queue after this statement's snapshot is counted on top of it.
 * @returns how many there are in all
 */
export async function queueRecount(tx: Queryable, queueId: number): Promise<number> {
  const [row] = await tx.query<{ messages: number }>({ name: "queue_recount", text: recount }, [queueId]);
  return row?.messages ?? 0;
}

const keep = `
WITH cursors AS (
  DELETE FROM warren.cursor WHERE queue_id = $2 RETURNING rank, seq
)
INSERT INTO warren.trash_queue (batch_id, queue_id, queue, cursors, bindings)
SELECT $1::uuid, q.id, to_jsonb(q), (SELECT jsonb_agg(to_jsonb(cursors)) FROM cursors),
  coalesce((
    SELECT jsonb_agg(jsonb_build_object('source', x.name, 'routing_key', b.routing_key, 'arguments', b.arguments,
      'properties_key', b.properties_key) ORDER BY b.id)
    FROM warren.binding b JOIN warren.exchange x ON x.id = b.source_id WHERE b.queue_id = q.id
  ), '[]')
FROM warren.queue q WHERE q.id = $2`;

const restore = `
WITH kept AS MATERIALIZED (
  DELETE FROM warren.trash_queue WHERE batch_id = $1::uuid RETURNING *
), made AS (
  INSERT INTO warren.queue OVERRIDING SYSTEM VALUE
  SELECT q.* FROM kept k CROSS JOIN LATERAL jsonb_populate_record(NULL::warren.queue, k.queue) q
), cursors AS (
  INSERT INTO warren.cursor (queue_id, rank, seq)
  SELECT k.queue_id, c.rank, c.seq
  FROM kept k CROSS JOIN LATERAL jsonb_to_recordset(k.cursors) AS c (rank smallint, seq bigint)
), bound AS (
  INSERT INTO warren.binding (vhost_id, source_id, queue_id, routing_key, arguments, properties_key)
  SELECT x.vhost_id, x.id, k.queue_id, b.routing_key, b.arguments, b.properties_key
  FROM kept k
  CROSS JOIN LATERAL jsonb_to_recordset(k.bindings)
    AS b (source text, routing_key text, arguments bytea, properties_key text)
  JOIN warren.exchange x ON x.vhost_id = (k.queue ->> 'vhost_id')::integer AND x.name = b.source
  RETURNING 1
)
SELECT count(*)::integer AS bindings FROM bound`;

// Those in consumers' hands are counted by what holds them, which is little, and the rest is ready.
const recount = `
WITH deltas AS (
  DELETE FROM warren.queue_delta WHERE queue_id = $1
), held AS MATERIALIZED (
  SELECT d.state, e.bytes
  FROM warren.deferred d CROSS JOIN LATERAL (
    SELECT e.bytes FROM warren.entry e WHERE e.queue_id = d.queue_id AND e.rank = d.rank AND e.seq = d.seq LIMIT 1) e
  WHERE d.queue_id = $1 AND d.state <> 'ready'
  UNION ALL
  SELECT 'leased', h.bytes
  FROM warren.cursor c
  JOIN warren.entry h ON h.queue_id = c.queue_id AND h.rank = c.rank AND h.seq <= c.seq
  WHERE c.queue_id = $1 AND ${noDeferred("h")}
), there AS (
  SELECT count(*) AS n, coalesce(sum(bytes), 0) AS bytes, count(*) FILTER (WHERE dead) AS dead
  FROM warren.entry WHERE queue_id = $1
), apart AS (
  SELECT count(*) FILTER (WHERE state = 'leased') AS unacked, count(*) FILTER (WHERE state = 'delayed') AS delayed,
    coalesce(sum(bytes) FILTER (WHERE state = 'leased'), 0) AS unacked_bytes, coalesce(sum(bytes), 0) AS bytes
  FROM held
), counted AS (
  INSERT INTO warren.queue_counter AS c (queue_id, ready, unacked, delayed, ready_bytes, unacked_bytes, dead, changed_at)
  SELECT $1, t.n - a.unacked - a.delayed, a.unacked, a.delayed, t.bytes - a.bytes, a.unacked_bytes, t.dead,
    clock_timestamp()
  FROM there t, apart a
  ON CONFLICT (queue_id) DO UPDATE SET ready = excluded.ready, unacked = excluded.unacked, delayed = excluded.delayed,
    ready_bytes = excluded.ready_bytes, unacked_bytes = excluded.unacked_bytes, dead = excluded.dead,
    changed_at = excluded.changed_at
)
SELECT n::float8 AS messages FROM there`;
