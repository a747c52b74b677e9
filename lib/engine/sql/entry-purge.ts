import type { Queryable } from "@/lib/engine/statement";

/**
 * Puts the next messages of one rank that nobody has ever taken into the trash, and moves the cursor past them: what lies
 * beyond the cursor and has no row in `deferred`, up to the first that has one. They are one range of the key, so none
 * has to be looked up by itself. The transaction must hold the queue's claim lock.
 * @param chunk.bound messages with greater numbers stay
 * @returns how many; 0 where a message that has such a row comes first, or nothing is left
 */
export async function entryPurgeRange(
  tx: Queryable,
  chunk: { queueId: number; rank: number; bound: number; limit: number; batch: string },
): Promise<number> {
  const [row] = await tx.query<{ taken: number }>({ name: "entry_purge_range", text: purge }, [
    chunk.queueId,
    chunk.rank,
    chunk.bound,
    chunk.limit,
    chunk.batch,
  ]);
  return row?.taken ?? 0;
}

const own = "queue_id = $1::integer AND rank = $2::smallint";

const purge = `
WITH here AS MATERIALIZED (
  SELECT coalesce((SELECT seq FROM warren.cursor WHERE ${own}), 0) AS seq
), there AS MATERIALIZED (
  SELECT least($3::bigint, coalesce((
    SELECT d.seq - 1 FROM warren.deferred d WHERE d.queue_id = $1::integer AND d.rank = $2::smallint AND d.seq > (SELECT seq FROM here)
    ORDER BY d.seq LIMIT 1), $3::bigint)) AS seq
), upto AS MATERIALIZED (
  SELECT max(n.seq) AS seq FROM (
    SELECT e.seq FROM warren.entry e
    WHERE e.queue_id = $1::integer AND e.rank = $2::smallint AND e.seq > (SELECT seq FROM here) AND e.seq <= (SELECT seq FROM there)
    ORDER BY e.seq LIMIT $4::integer) n
), gone AS (
  DELETE FROM warren.entry
  WHERE ${own} AND seq > (SELECT seq FROM here) AND seq <= (SELECT seq FROM upto)
  RETURNING *
), deaths AS (
  DELETE FROM warren.dead_letter l USING gone g WHERE g.dead AND l.queue_id = g.queue_id AND l.seq = g.seq
), trashed AS (
  INSERT INTO warren.trash (batch_id, queue_id, rank, seq, message_id, enqueued_at, expires_at, bytes, has_envelope,
    dead, redelivered, delivery_count, group_key, dead_letter)
  SELECT $5::uuid, g.queue_id, g.rank, g.seq, g.message_id, g.enqueued_at, g.expires_at, g.bytes, g.has_envelope,
    g.dead, false, 0, g.group_key,
    CASE WHEN g.dead THEN (
      SELECT to_jsonb(l) FROM warren.dead_letter l WHERE l.queue_id = g.queue_id AND l.seq = g.seq) END
  FROM gone g
), total AS MATERIALIZED (
  SELECT count(*) AS n, sum(bytes) AS bytes, count(*) FILTER (WHERE dead) AS dead FROM gone
), counted AS (
  UPDATE warren.trash_batch b SET count = b.count + total.n FROM total WHERE b.id = $5::uuid AND total.n > 0
), moved AS (
  UPDATE warren.cursor c SET seq = u.seq FROM upto u
  WHERE c.queue_id = $1::integer AND c.rank = $2::smallint AND u.seq > c.seq
), delta AS (
  INSERT INTO warren.queue_delta (queue_id, ready, ready_bytes, dead)
  SELECT $1::integer, -n, -bytes, -dead FROM total WHERE n > 0
)
SELECT n::integer AS taken FROM total`;
