import { type HeldEntry, heldParameters, heldPlaces, type SettledRow } from "@/lib/engine/sql/settle";
import type { Queryable } from "@/lib/engine/statement";

/** One batch of the trash collects what a queue drops within this time. */
const batchMinutes = 10;

/**
 * Moves messages of one queue that nobody takes as dead letters into the trash, where they can be found and restored.
 * @param keepMs how long they stay there, in ms
 * @param by who dropped them: batches are of one
 * @returns those that were still held, and the batch that they are in
 */
export async function dropHeld(
  tx: Queryable,
  queue: { readonly id: number; readonly name: string; readonly vhostId: number },
  held: readonly HeldEntry[],
  keepMs: number,
  by = "system",
): Promise<{ readonly batch: string; readonly dropped: readonly SettledRow[] }> {
  const batch = await openBatch(tx, queue, keepMs, by);
  const dropped = await tx.query<SettledRow>({ name: "drop_held", text: drop }, [...heldParameters(held), batch]);
  await tx.query({ name: "drop_count", text: count }, [batch, dropped.length]);
  return { batch, dropped };
}

/** The batch that is being filled, locked until the transaction ends; begins a new one when there is none. */
async function openBatch(
  tx: Queryable,
  queue: { name: string; vhostId: number },
  keepMs: number,
  by: string,
): Promise<string> {
  const [open] = await tx.query<{ id: string }>({ name: "drop_batch_find", text: find }, [
    queue.vhostId,
    queue.name,
    by,
    keepMs,
  ]);
  if (open) return open.id;
  const [begun] = await tx.query<{ id: string }>({ name: "drop_batch_begin", text: begin }, [
    queue.vhostId,
    queue.name,
    keepMs,
    by,
  ]);
  if (!begun) throw new Error("no batch of the trash could be begun");
  return begun.id;
}

// One that somebody is filling or restoring just now is passed over: nobody waits for it.
const find = `
SELECT id FROM warren.trash_batch
WHERE vhost_id = $1 AND queue_name = $2 AND by = $3 AND action = 'drop' AND restored_at IS NULL
  AND at > now() - interval '${batchMinutes} minutes' AND expires_at > now() + ($4::float8 * interval '1 millisecond') - interval '${batchMinutes} minutes'
ORDER BY at DESC LIMIT 1 FOR UPDATE SKIP LOCKED`;

const begin = `
INSERT INTO warren.trash_batch (vhost_id, action, queue_name, count, by, expires_at)
VALUES ($1, 'drop', $2, 0, $4, now() + $3::float8 * interval '1 millisecond') RETURNING id`;

const count = `
WITH gone AS (DELETE FROM warren.trash_batch WHERE id = $1 AND count + $2::int = 0)
UPDATE warren.trash_batch SET count = count + $2::int WHERE id = $1 AND count + $2::int > 0`;

const drop = `
WITH settled AS (
  DELETE FROM warren.deferred WHERE ctid = ANY (ARRAY(${heldPlaces}))
  RETURNING queue_id, rank, seq, lease_token, redelivered, delivery_count
),
found AS MATERIALIZED (
  SELECT s.redelivered, s.delivery_count, e.*
  FROM settled s CROSS JOIN LATERAL (
    SELECT e.ctid AS place, e.* FROM warren.entry e
    WHERE e.queue_id = s.queue_id AND e.rank = s.rank AND e.seq = s.seq LIMIT 1) e
),
entries AS (
  DELETE FROM warren.entry WHERE ctid = ANY (ARRAY(SELECT place FROM found))
),
deaths AS (
  DELETE FROM warren.dead_letter WHERE ctid = ANY (ARRAY(
    SELECT l.ctid FROM found f CROSS JOIN LATERAL (
      SELECT l.ctid FROM warren.dead_letter l WHERE l.queue_id = f.queue_id AND l.seq = f.seq LIMIT 1) l
    WHERE f.dead))
  RETURNING *
),
trashed AS (
  INSERT INTO warren.trash (batch_id, queue_id, rank, seq, message_id, enqueued_at, expires_at, bytes, has_envelope,
                            dead, redelivered, delivery_count, dead_letter, group_key)
  SELECT $5::uuid, e.queue_id, e.rank, e.seq, e.message_id, e.enqueued_at, e.expires_at, e.bytes, e.has_envelope,
         e.dead, e.redelivered, e.delivery_count, to_jsonb(l), e.group_key
  FROM found e LEFT JOIN deaths l ON l.queue_id = e.queue_id AND l.seq = e.seq
),
counted AS (
  INSERT INTO warren.queue_delta (queue_id, unacked, unacked_bytes, dead)
  SELECT queue_id, -count(*), -sum(bytes), -count(*) FILTER (WHERE dead) FROM found GROUP BY queue_id
)
SELECT queue_id, seq, lease_token FROM settled`;
