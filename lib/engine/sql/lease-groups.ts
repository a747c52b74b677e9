import type { Statement } from "@/lib/engine/statement";

/** So many that the cursor has not reached are looked at, at least, for the first of their groups. */
const groupWindow = 200;

/**
 * Chooses the first of each group: in "deferred" by going from one group to the next by the index, however many of its
 * messages wait again, and beyond the cursor among the next entries, of which those that are not the first are passed.
 * Such queues have no ranks. Delayed ones, which have low numbers, are not in their queue yet.
 * @param isExpired condition on an entry `c`
 * @param allowed how many may be taken
 */
export function choiceByGroup(isExpired: string, allowed: string): string {
  return `
WITH RECURSIVE groups AS (
  (SELECT group_key FROM warren.deferred
   WHERE queue_id = $1 AND state = 'ready' AND group_key IS NOT NULL ORDER BY group_key LIMIT 1)
  UNION ALL
  SELECT n.group_key FROM groups g CROSS JOIN LATERAL (
    SELECT d.group_key FROM warren.deferred d
    WHERE d.queue_id = $1 AND d.state = 'ready' AND d.group_key > g.group_key ORDER BY d.group_key LIMIT 1) n
),
candidates AS MATERIALIZED (
  (SELECT d.rank, d.seq, true AS again, d.redelivered, d.delivery_count, e.message_id, e.bytes, e.has_envelope, e.dead,
          e.expires_at, e.enqueued_at, e.place, d.deferred_place, e.group_key
   FROM groups g
   CROSS JOIN LATERAL (SELECT rank, seq, redelivered, delivery_count, ctid AS deferred_place FROM warren.deferred d
                       WHERE d.queue_id = $1 AND d.state = 'ready' AND d.group_key = g.group_key
                       ORDER BY d.seq LIMIT 1) d
   CROSS JOIN LATERAL (SELECT ctid AS place, * FROM warren.entry e
                       WHERE e.queue_id = $1 AND e.rank = d.rank AND e.seq = d.seq LIMIT 1) e)
  UNION ALL
  (SELECT e.rank, e.seq, false, false, 0, e.message_id, e.bytes, e.has_envelope, e.dead, e.expires_at, e.enqueued_at,
          e.place, NULL::tid, e.group_key
   FROM warren.cursor c
   CROSS JOIN LATERAL (SELECT ctid AS place, * FROM warren.entry e
                       WHERE e.queue_id = c.queue_id AND e.rank = c.rank AND e.seq > c.seq
                       ORDER BY e.queue_id, e.rank, e.seq LIMIT greatest($2, ${groupWindow})) e
   WHERE c.queue_id = $1)
),
judged AS MATERIALIZED (
  SELECT c.*, NOT EXISTS (
    SELECT FROM warren.entry o
    WHERE o.queue_id = $1 AND o.group_key = c.group_key AND o.seq < c.seq AND o.seq >= 4294967296) AS is_first
  FROM candidates c
),
taken AS MATERIALIZED (
  SELECT c.*, ${isExpired} AS expired FROM judged c WHERE c.is_first ORDER BY c.seq LIMIT ${allowed}
),
passed AS MATERIALIZED (
  SELECT CASE WHEN (SELECT count(*) FROM taken) = $2 THEN (SELECT max(seq) FROM taken)
         ELSE (SELECT max(seq) FROM judged WHERE NOT again) END AS seq
),
parked AS (
  INSERT INTO warren.deferred (queue_id, rank, seq, state, group_key)
  SELECT $1, j.rank, j.seq, 'ready', j.group_key FROM judged j, passed p
  WHERE NOT j.again AND j.seq <= p.seq AND NOT EXISTS (SELECT FROM taken t WHERE t.seq = j.seq)
),
moved AS (
  UPDATE warren.cursor c SET seq = p.seq FROM passed p WHERE c.queue_id = $1 AND c.rank = 0 AND p.seq > c.seq
)`;
}

export interface More {
  readonly more: boolean;
}

/** Whether there are messages that the cursor has not reached. */
export function hasMore(queueId: number): readonly [Statement, readonly unknown[]] {
  return [{ name: "claim_has_more", text: more }, [queueId]];
}

const more = `
SELECT EXISTS (
  SELECT FROM warren.cursor c CROSS JOIN LATERAL (
    SELECT FROM warren.entry e WHERE e.queue_id = c.queue_id AND e.rank = c.rank AND e.seq > c.seq LIMIT 1) e
  WHERE c.queue_id = $1) AS more`;
