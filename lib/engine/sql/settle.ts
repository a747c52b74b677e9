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
export function heldParameters(held: readonly HeldEntry[]): Buffer[] {
  const sorted = [...held].sort((a, b) => a.queueId - b.queueId || a.rank - b.rank || a.seq - b.seq);
  return [
    int4Array(sorted.map((entry) => entry.queueId)),
    int2Array(sorted.map((entry) => entry.rank)),
    int8Array(sorted.map((entry) => entry.seq)),
    int8Array(sorted.map((entry) => entry.token)),
  ];
}

/**
 * The places (ctid) of those of the given that are held. Fencing: the lease must be the caller's, and must not have run
 * out, whether or not somebody noticed yet.
 *
 * These tables go from empty to millions and back, and a plan is made once: what Postgres last thought of their size
 * must not matter. So each row is looked up by itself (LATERAL with LIMIT can't be turned into a join), only the
 * primary key fits (`state = 'leased'` would let it take a partial index; a token implies it), and changes go by place.
 */
export const heldPlaces = `
  SELECT d.place
  FROM unnest($1::int[], $2::smallint[], $3::bigint[], $4::bigint[]) AS h (queue_id, rank, seq, token)
  CROSS JOIN LATERAL (
    SELECT d.ctid AS place FROM warren.deferred d
    WHERE d.queue_id = h.queue_id AND d.rank = h.rank AND d.seq = h.seq
      AND d.lease_token = h.token AND d.leased_until > statement_timestamp()
    LIMIT 1 FOR UPDATE) d`;

/**
 * Asks once more for those that weren't settled: one that was prolonged at the same moment is held, and yet not seen by
 * a statement that began before.
 */
async function twice<T extends HeldEntry>(
  held: readonly T[],
  settle: (held: readonly T[]) => Promise<SettledRow[]>,
): Promise<SettledRow[]> {
  const rows = await settle(held);
  if (rows.length === held.length) return rows;
  const settled = new Set(rows.map((row) => `${row.queue_id}.${row.seq}.${row.lease_token}`));
  const left = held.filter(({ queueId, seq, token }) => !settled.has(`${queueId}.${seq}.${token}`));
  return [...rows, ...(await settle(left))];
}

/** Deletes acknowledged messages. Returns those that were still held. */
export async function deleteAcknowledged(db: Queryable, held: readonly HeldEntry[]): Promise<SettledRow[]> {
  return twice(held, async (some) => {
    const rows = await db.query<Partial<SettledRow> & { count: number }>(
      { name: "settle_ack", text: acknowledge },
      heldParameters(some),
    );
    // All of them, as a rule: then they need not be told one by one.
    if (rows[0]?.count === some.length) return some.map(settledRow);
    return rows.flatMap((row) => (row.queue_id === null ? [] : [row as SettledRow]));
  });
}

function settledRow({ queueId, seq, token }: HeldEntry): SettledRow {
  return { queue_id: queueId, seq, lease_token: token };
}

/** Deletes messages that leave as dead letters. Returns those that were still held. */
export async function deleteBuried(db: Queryable, held: readonly HeldEntry[]): Promise<SettledRow[]> {
  return twice(held, (some) => db.query({ name: "settle_bury", text: bury }, heldParameters(some)));
}

const acknowledge = deletion(
  "unacked, unacked_bytes, dead, ack",
  ", count(*)",
  `SELECT n.count, s.queue_id, s.seq, s.lease_token
FROM (SELECT count(*)::integer FROM settled) n LEFT JOIN settled s ON n.count <> cardinality($3::bigint[])`,
);
const bury = deletion("unacked, unacked_bytes, dead", "", "SELECT queue_id, seq, lease_token FROM settled");

function deletion(columns: string, alsoCounted: string, result: string): string {
  return `
WITH settled AS (
  DELETE FROM warren.deferred WHERE ctid = ANY (ARRAY(${heldPlaces}))
  RETURNING queue_id, rank, seq, lease_token
),
found AS MATERIALIZED (
  SELECT s.queue_id, s.seq, e.*
  FROM settled s CROSS JOIN LATERAL (
    SELECT e.ctid AS place, e.bytes, e.has_envelope, e.dead FROM warren.entry e
    WHERE e.queue_id = s.queue_id AND e.rank = s.rank AND e.seq = s.seq LIMIT 1) e
),
entries AS (
  DELETE FROM warren.entry WHERE ctid = ANY (ARRAY(SELECT place FROM found))
),
envelopes AS (
  DELETE FROM warren.envelope WHERE ctid = ANY (ARRAY(
    SELECT v.ctid FROM found f CROSS JOIN LATERAL (
      SELECT v.ctid FROM warren.envelope v WHERE v.queue_id = f.queue_id AND v.seq = f.seq LIMIT 1) v
    WHERE f.has_envelope))
),
deaths AS (
  DELETE FROM warren.dead_letter WHERE ctid = ANY (ARRAY(
    SELECT l.ctid FROM found f CROSS JOIN LATERAL (
      SELECT l.ctid FROM warren.dead_letter l WHERE l.queue_id = f.queue_id AND l.seq = f.seq LIMIT 1) l
    WHERE f.dead))
),
counted AS (
  INSERT INTO warren.queue_delta (queue_id, ${columns})
  SELECT queue_id, -count(*), -sum(bytes), -count(*) FILTER (WHERE dead)${alsoCounted} FROM found GROUP BY queue_id
)
${result}`;
}

export interface Requeue extends HeldEntry {
  /** How long it waits before it is ready again, in ms; 0: not at all. */
  readonly delayMs: number;
  /** Whether this counts towards the delivery limit. */
  readonly counts: boolean;
  /** Nobody has seen it: it is not redelivered by that. */
  readonly undelivered: boolean;
  /** Its queue's delivery limit; null for none. */
  readonly deliveryLimit: number | null;
}

/**
 * Puts messages back to their places. Returns those that were still held; one that would come back more often than its
 * queue's limit allows is left as it is and not returned.
 */
export async function returnRequeued(db: Queryable, requeues: readonly Requeue[]): Promise<SettledRow[]> {
  const groups = new Map<string, Requeue[]>();
  const occurrences = new Map<string, number>();
  for (const one of requeues) {
    // Two leases of one entry, of which at most one is still valid, go in different statements.
    const entry = `${one.queueId}.${one.seq}`;
    const occurrence = occurrences.get(entry) ?? 0;
    occurrences.set(entry, occurrence + 1);
    const key = `${one.delayMs} ${one.counts} ${one.undelivered} ${one.deliveryLimit} ${occurrence}`;
    const group = groups.get(key);
    if (group) group.push(one);
    else groups.set(key, [one]);
  }
  const settled: SettledRow[] = [];
  for (const group of groups.values()) settled.push(...(await twice(group, (some) => returnAlike(db, some))));
  return settled;
}

/** All with the same delay and limit, and of different entries. */
async function returnAlike(db: Queryable, requeues: readonly Requeue[]): Promise<SettledRow[]> {
  const [first] = requeues;
  if (!first) return [];
  const limit = first.counts ? (first.deliveryLimit ?? -1) : -1;
  const rows = await db.query<{ queue_id: number; seq: number }>({ name: "settle_requeue", text: requeue }, [
    ...heldParameters(requeues),
    Math.round(first.delayMs),
    first.counts ? 1 : 0,
    limit,
    first.undelivered,
  ]);
  // The tokens are gone with the update.
  const tokens = new Map(requeues.map(({ queueId, seq, token }) => [`${queueId}.${seq}`, token]));
  return rows.map((row) => ({ ...row, lease_token: tokens.get(`${row.queue_id}.${row.seq}`) ?? 0 }));
}

const requeue = `
WITH settled AS (
  UPDATE warren.deferred d
  SET state = CASE WHEN $5::bigint > 0 THEN 'delayed' ELSE 'ready' END,
      available_at = CASE WHEN $5::bigint > 0 THEN statement_timestamp() + $5::bigint * interval '1 millisecond' END,
      redelivered = d.redelivered OR NOT $8::boolean, delivery_count = d.delivery_count + $6::int,
      lease_token = NULL, leased_by = NULL, lease_node = NULL, leased_at = NULL, leased_until = NULL
  WHERE ctid = ANY (ARRAY(${heldPlaces})) AND ($7::bigint < 0 OR d.delivery_count + 1 <= $7::bigint)
  RETURNING d.queue_id, d.rank, d.seq
),
found AS MATERIALIZED (
  SELECT s.queue_id, e.bytes
  FROM settled s CROSS JOIN LATERAL (
    SELECT bytes FROM warren.entry e WHERE e.queue_id = s.queue_id AND e.rank = s.rank AND e.seq = s.seq LIMIT 1) e
),
counted AS (
  INSERT INTO warren.queue_delta (queue_id, unacked, unacked_bytes, ready, ready_bytes, delayed)
  SELECT queue_id, -count(*), -sum(bytes), CASE WHEN $5::bigint > 0 THEN 0 ELSE count(*) END,
         CASE WHEN $5::bigint > 0 THEN 0 ELSE sum(bytes) END, CASE WHEN $5::bigint > 0 THEN count(*) ELSE 0 END
  FROM found GROUP BY queue_id
)
SELECT queue_id, seq FROM settled`;

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
WHERE queue_id = $1 AND rank = $2 AND seq = $3 AND lease_token = $4 AND leased_until > statement_timestamp()
RETURNING leased_until`;
