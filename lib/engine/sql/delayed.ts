import type { Queryable } from "@/lib/engine/statement";

// Two kinds of messages wait for a time: those that were published so, which have numbers below 2^32 and take their
// place when the time comes, and those that somebody gave back, which have kept theirs.
const publishedSo = "state = 'delayed' AND seq < 4294967296 AND NOT redelivered";
const givenBack = "state = 'delayed' AND (seq >= 4294967296 OR redelivered)";

/** The queues in which messages that were published with a delay are due. @param max so many are looked at */
export async function queuesWithDue(db: Queryable, max: number): Promise<number[]> {
  const rows = await db.query<{ queue_id: number }>({ name: "delayed_due", text: due }, [max]);
  return rows.map((row) => row.queue_id);
}

const due = `
SELECT DISTINCT queue_id FROM (
  SELECT queue_id FROM warren.deferred
  WHERE ${publishedSo} AND available_at <= statement_timestamp() ORDER BY available_at LIMIT $1
) first`;

/**
 * Puts messages whose delay is over at the end of their queues, in the order in which they are due. The transaction
 * must have entered the queues.
 * @returns the queues that they lie in, once for each message, and the numbers that they now have
 */
export async function promoteDelayed(
  tx: Queryable,
  queueIds: readonly number[],
  max: number,
): Promise<{ queue_id: number; message_id: number; number: number }[]> {
  return tx.query({ name: "delayed_promote", text: promote }, [max, queueIds]);
}

const promote = `
WITH due AS MATERIALIZED (
  SELECT ctid AS place, queue_id, rank, seq, available_at FROM warren.deferred
  WHERE ${publishedSo} AND available_at <= statement_timestamp() AND queue_id = ANY ($2::int[])
  ORDER BY available_at, seq LIMIT $1 FOR UPDATE SKIP LOCKED
),
waited AS (
  DELETE FROM warren.deferred WHERE ctid = ANY (ARRAY(SELECT place FROM due))
),
found AS MATERIALIZED (
  SELECT d.queue_id, d.rank, d.seq, d.available_at, e.*
  FROM due d CROSS JOIN LATERAL (
    SELECT ctid AS entry_place, message_id, expires_at, bytes, group_key FROM warren.entry e
    WHERE e.queue_id = d.queue_id AND e.rank = d.rank AND e.seq = d.seq LIMIT 1) e
),
numbered AS MATERIALIZED (
  SELECT f.*, nextval('warren.seq') AS number FROM (SELECT * FROM found ORDER BY available_at, seq) f
),
left_behind AS (
  DELETE FROM warren.entry WHERE ctid = ANY (ARRAY(SELECT entry_place FROM found))
),
entries AS (
  INSERT INTO warren.entry (queue_id, rank, seq, message_id, expires_at, bytes, group_key)
  SELECT queue_id, rank, number, message_id, expires_at, bytes, group_key FROM numbered
),
counted AS (
  INSERT INTO warren.queue_delta (queue_id, delayed, ready, ready_bytes)
  SELECT queue_id, -count(*), count(*), sum(bytes) FROM numbered GROUP BY queue_id
)
SELECT queue_id, message_id, number FROM numbered`;

/**
 * Makes messages that were given back with a delay ready where they were, when their time has come.
 * @returns the queues that they lie in, once for each message
 */
export async function releaseDelayed(db: Queryable, max: number): Promise<{ queue_id: number }[]> {
  return db.query({ name: "delayed_release", text: release }, [max]);
}

const release = `
WITH due AS MATERIALIZED (
  SELECT ctid AS place FROM warren.deferred
  WHERE ${givenBack} AND available_at <= statement_timestamp()
  ORDER BY available_at LIMIT $1 FOR UPDATE SKIP LOCKED
),
changed AS (
  UPDATE warren.deferred SET state = 'ready', available_at = NULL
  WHERE ctid = ANY (ARRAY(SELECT place FROM due))
  RETURNING queue_id, rank, seq
),
entries AS MATERIALIZED (
  SELECT c.queue_id, e.bytes
  FROM changed c CROSS JOIN LATERAL (
    SELECT bytes FROM warren.entry e WHERE e.queue_id = c.queue_id AND e.rank = c.rank AND e.seq = c.seq LIMIT 1) e
),
counted AS (
  INSERT INTO warren.queue_delta (queue_id, delayed, ready, ready_bytes)
  SELECT queue_id, -count(*), count(*), sum(bytes) FROM entries GROUP BY queue_id
)
SELECT queue_id FROM changed`;
