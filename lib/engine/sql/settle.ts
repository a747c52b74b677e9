import { int2Array, int4Array, int8Array } from "@/lib/engine/sql/binary-arrays";
import type { Queryable } from "@/lib/engine/statement";

/** One entry, and the lease under which the caller holds it. */
export interface HeldEntry {
  readonly queueId: number;
  readonly rank: number;
  readonly seq: number;
  readonly token: number;
}

export interface SettledRow {
  readonly queue_id: number;
  readonly seq: number;
  readonly lease_token: number;
}

/** The given ones as $1 to $4. Sorted, so that two transactions lock rows that both want in the same order. */
function heldParameters(held: readonly HeldEntry[]): Buffer[] {
  const sorted = [...held].sort((a, b) => a.queueId - b.queueId || a.rank - b.rank || a.seq - b.seq);
  return [
    int4Array(sorted.map((entry) => entry.queueId)),
    int2Array(sorted.map((entry) => entry.rank)),
    int8Array(sorted.map((entry) => entry.seq)),
    int8Array(sorted.map((entry) => entry.token)),
  ];
}

const heldBy = `unnest($1::int[], $2::smallint[], $3::bigint[], $4::bigint[]) AS h (queue_id, rank, seq, token)`;

// Fencing: the lease must be the caller's, and must not have run out, whether or not somebody noticed yet.
const isHeld = `d.queue_id = h.queue_id AND d.rank = h.rank AND d.seq = h.seq
    AND d.state = 'leased' AND d.lease_token = h.token AND d.leased_until > statement_timestamp()`;

/** Deletes acknowledged messages. Returns those that were still held. */
export async function deleteAcknowledged(db: Queryable, held: readonly HeldEntry[]): Promise<SettledRow[]> {
  return db.query<SettledRow>({ name: "settle_ack", text: acknowledge }, heldParameters(held));
}

/** Deletes messages that leave as dead letters. Returns those that were still held. */
export async function deleteBuried(db: Queryable, held: readonly HeldEntry[]): Promise<SettledRow[]> {
  return db.query<SettledRow>({ name: "settle_bury", text: bury }, heldParameters(held));
}

const acknowledge = deletion("unacked, unacked_bytes, dead, ack", ", count(*)");
const bury = deletion("unacked, unacked_bytes, dead", "");

function deletion(columns: string, alsoCounted: string): string {
  return `
WITH settled AS (
  DELETE FROM warren.deferred d USING ${heldBy} WHERE ${isHeld}
  RETURNING d.queue_id, d.rank, d.seq, d.lease_token
),
entries AS (
  DELETE FROM warren.entry e USING settled s
  WHERE e.queue_id = s.queue_id AND e.rank = s.rank AND e.seq = s.seq
  RETURNING e.queue_id, e.seq, e.bytes, e.has_envelope, e.dead
),
envelopes AS (
  DELETE FROM warren.envelope v USING entries e WHERE e.has_envelope AND v.queue_id = e.queue_id AND v.seq = e.seq
),
deaths AS (
  DELETE FROM warren.dead_letter l USING entries e WHERE e.dead AND l.queue_id = e.queue_id AND l.seq = e.seq
),
counted AS (
  INSERT INTO warren.queue_delta (queue_id, ${columns})
  SELECT queue_id, -count(*), -sum(bytes), -count(*) FILTER (WHERE dead)${alsoCounted} FROM entries GROUP BY queue_id
)
SELECT queue_id, seq, lease_token FROM settled`;
}

export interface Requeue extends HeldEntry {
  /** How long it waits before it is ready again, in ms; 0: not at all. */
  readonly delayMs: number;
  /** Whether this counts towards the delivery limit. */
  readonly counts: boolean;
  /** Its queue's delivery limit; null for none. */
  readonly deliveryLimit: number | null;
}

/**
 * Puts messages back to their places. Returns those that were still held; one that would come back more often than its
 * queue's limit allows is left as it is and not returned.
 */
export async function returnRequeued(db: Queryable, requeues: readonly Requeue[]): Promise<SettledRow[]> {
  const sorted = [...requeues].sort((a, b) => a.queueId - b.queueId || a.rank - b.rank || a.seq - b.seq);
  return db.query<SettledRow>({ name: "settle_requeue", text: requeue }, [
    ...heldParameters(sorted),
    int8Array(sorted.map(({ delayMs }) => Math.round(delayMs))),
    int4Array(sorted.map(({ counts }) => (counts ? 1 : 0))),
    int8Array(sorted.map(({ counts, deliveryLimit }) => (counts ? (deliveryLimit ?? -1) : -1))),
  ]);
}

const requeue = `
WITH settled AS (
  UPDATE warren.deferred d
  SET state = CASE WHEN h.delay > 0 THEN 'delayed' ELSE 'ready' END,
      available_at = CASE WHEN h.delay > 0 THEN statement_timestamp() + h.delay * interval '1 millisecond' END,
      redelivered = true, delivery_count = d.delivery_count + h.counts,
      lease_token = NULL, leased_by = NULL, leased_at = NULL, leased_until = NULL
  FROM unnest($1::int[], $2::smallint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::int[], $7::bigint[])
    AS h (queue_id, rank, seq, token, delay, counts, delivery_limit)
  WHERE ${isHeld} AND (h.delivery_limit < 0 OR d.delivery_count + 1 <= h.delivery_limit)
  RETURNING d.queue_id, d.rank, d.seq, d.state, h.token
),
entries AS MATERIALIZED (
  SELECT s.queue_id, s.state, e.bytes
  FROM settled s CROSS JOIN LATERAL (
    SELECT bytes FROM warren.entry e WHERE e.queue_id = s.queue_id AND e.rank = s.rank AND e.seq = s.seq LIMIT 1) e
),
counted AS (
  INSERT INTO warren.queue_delta (queue_id, unacked, unacked_bytes, ready, ready_bytes, delayed)
  SELECT queue_id, -count(*), -sum(bytes), count(*) FILTER (WHERE state = 'ready'),
         coalesce(sum(bytes) FILTER (WHERE state = 'ready'), 0), count(*) FILTER (WHERE state = 'delayed')
  FROM entries GROUP BY queue_id
)
SELECT queue_id, seq, token AS lease_token FROM settled`;

/** Gives a holder more time, from now. Returns until when; nothing when the lease has passed on. */
export async function prolongLease(db: Queryable, held: HeldEntry, visibilityTimeoutMs: number): Promise<Date | null> {
  const [row] = await db.query<{ leased_until: Date }>({ name: "settle_prolong", text: prolong }, [
    held.queueId,
    held.rank,
    held.seq,
    held.token,
    visibilityTimeoutMs,
  ]);
  return row?.leased_until ?? null;
}

const prolong = `
UPDATE warren.deferred SET leased_until = statement_timestamp() + $5::float8 * interval '1 millisecond'
WHERE queue_id = $1 AND rank = $2 AND seq = $3 AND lease_token = $4 AND state = 'leased'
  AND leased_until > statement_timestamp()
RETURNING leased_until`;
