import { int2Array, int4Array, int8Array } from "@/lib/engine/sql/binary-arrays";
import type { Queryable } from "@/lib/engine/statement";

/** Messages of one claim that are to be acknowledged, by whoever remembers that they are held by it. */
export interface ClaimedAcknowledgement {
  readonly queueId: number;
  readonly rank: number;
  /** The last number of the claim's range. */
  readonly hi: number;
  readonly token: number;
  readonly version: number;
  /** Nothing else of the claim is left, so that it goes, too. */
  readonly isLast: boolean;
  readonly seqs: readonly number[];
}

/**
 * Deletes acknowledged messages by their claims. Fencing: the claim must not have run out, and nothing may have been
 * broken out of it that the caller doesn't know of.
 * @returns true when all of them were held; otherwise the queue and number of each one that was
 */
export async function deleteClaimed(
  db: Queryable,
  claims: readonly ClaimedAcknowledgement[],
): Promise<true | { queue_id: number; seq: number }[]> {
  // Everybody locks claims in this order.
  const sorted = [...claims].sort((a, b) => a.queueId - b.queueId || a.rank - b.rank || a.hi - b.hi);
  const starts: number[] = [];
  const ends: number[] = [];
  let count = 0;
  for (const { seqs } of sorted) {
    starts.push(count + 1);
    count += seqs.length;
    ends.push(count);
  }
  const rows = await db.query<{ count: number; queue_id: number | null; seq: number }>(
    { name: "claim_ack", text: acknowledge },
    [
      int4Array(sorted.map((claim) => claim.queueId)),
      int2Array(sorted.map((claim) => claim.rank)),
      int8Array(sorted.map((claim) => claim.hi)),
      int8Array(sorted.map((claim) => claim.token)),
      int4Array(sorted.map((claim) => claim.version)),
      int4Array(sorted.map((claim) => (claim.isLast ? 1 : 0))),
      int4Array(starts),
      int4Array(ends),
      int8Array(sorted.length === 1 ? (sorted[0]?.seqs ?? []) : sorted.flatMap((claim) => claim.seqs)),
    ],
  );
  if (rows[0]?.count === count) return true;
  return rows.flatMap(({ queue_id, seq }) => (queue_id === null ? [] : [{ queue_id, seq }]));
}

// FOR SHARE, not KEY SHARE: that would take a version of the row that is no longer the last one.
const acknowledge = `
WITH given AS MATERIALIZED (
  SELECT g.*
  FROM unnest($1::int[], $2::smallint[], $3::bigint[], $4::bigint[], $5::int[], $6::int[], $7::int[], $8::int[])
    AS g (queue_id, rank, hi, token, version, last, first_at, last_at)
),
ended AS (
  DELETE FROM warren.claim c USING given g
  WHERE g.last = 1 AND c.queue_id = g.queue_id AND c.rank = g.rank AND c.hi = g.hi AND c.token = g.token
    AND c.version = g.version AND c.leased_until > statement_timestamp()
  RETURNING g.queue_id, g.rank, g.first_at, g.last_at
),
kept AS MATERIALIZED (
  SELECT g.queue_id, g.rank, g.first_at, g.last_at
  FROM given g CROSS JOIN LATERAL (
    SELECT FROM warren.claim c
    WHERE c.queue_id = g.queue_id AND c.rank = g.rank AND c.hi = g.hi AND c.token = g.token
      AND c.version = g.version AND c.leased_until > statement_timestamp()
    LIMIT 1 FOR SHARE) c
  WHERE g.last = 0
),
gone AS (
  DELETE FROM warren.entry e USING (SELECT * FROM ended UNION ALL SELECT * FROM kept) h
  WHERE e.queue_id = h.queue_id AND e.rank = h.rank AND e.seq = ANY (($9::bigint[])[h.first_at:h.last_at])
  RETURNING e.queue_id, e.seq, e.bytes, e.has_envelope, e.dead
),
envelopes AS (
  DELETE FROM warren.envelope WHERE ctid = ANY (ARRAY(
    SELECT v.ctid FROM gone g CROSS JOIN LATERAL (
      SELECT v.ctid FROM warren.envelope v WHERE v.queue_id = g.queue_id AND v.seq = g.seq LIMIT 1) v
    WHERE g.has_envelope))
),
deaths AS (
  DELETE FROM warren.dead_letter WHERE ctid = ANY (ARRAY(
    SELECT l.ctid FROM gone g CROSS JOIN LATERAL (
      SELECT l.ctid FROM warren.dead_letter l WHERE l.queue_id = g.queue_id AND l.seq = g.seq LIMIT 1) l
    WHERE g.dead))
),
counted AS (
  INSERT INTO warren.queue_delta (queue_id, unacked, unacked_bytes, dead, ack)
  SELECT queue_id, -count(*), -sum(bytes), -count(*) FILTER (WHERE dead), count(*) FROM gone GROUP BY queue_id
)
SELECT n.count, g.queue_id, g.seq
FROM (SELECT count(*)::integer FROM gone) n LEFT JOIN gone g ON n.count <> cardinality($9::bigint[])`;
