import { isClaimed, type Position } from "@/lib/engine/sql/entry-scan";
import { noDeferred } from "@/lib/engine/sql/no-deferred";
import type { Queryable } from "@/lib/engine/statement";

/** The planner must use the keys, however small it believes the tables to be. */
export async function preferKeys(tx: Queryable): Promise<void> {
  await tx.query({ text: "SET LOCAL enable_seqscan = off" });
  await tx.query({ text: "SET LOCAL enable_mergejoin = off" });
}

/**
 * Takes entries out of their queues, with all that belongs to them, and counts them off. Those that a consumer holds,
 * and those that are gone, stay out of it. The transaction must hold the claim locks of the queues.
 * @returns those that were taken
 */
export async function entryTakeAway(tx: Queryable, keys: readonly Position[]): Promise<Position[]> {
  return tx.query<Position>({ name: "entry_take_away", text: take(byKeys, away) }, keyArrays(keys));
}

/** The same, but into a batch of the trash, from which they can be restored. */
export async function entryTakeToTrash(tx: Queryable, keys: readonly Position[], batch: string): Promise<Position[]> {
  return tx.query<Position>({ name: "entry_take_to_trash", text: take(byKeys, toTrash("$4")) }, [
    ...keyArrays(keys),
    batch,
  ]);
}

export interface PurgedChunk {
  readonly taken: number;
  /** The last one in the order of service; null when nothing was left. */
  readonly last_rank: number | null;
  readonly last_seq: number | null;
}

/**
 * Puts the next ready messages of a queue into the trash, and moves the cursor past them, so that nobody has to walk
 * over their remains. The transaction must hold the queue's claim lock.
 * @param after the last one that the chunk before took
 * @param bound messages with greater numbers stay
 */
export async function entryPurgeChunk(
  tx: Queryable,
  chunk: {
    queueId: number;
    maxRank: number;
    after: { rank: number; seq: number } | null;
    bound: number;
    limit: number;
    batch: string;
  },
): Promise<PurgedChunk> {
  const after = chunk.after ?? { rank: -1, seq: -1 };
  const [row] = await tx.query<PurgedChunk>({ name: "entry_purge_chunk", text: purge }, [
    chunk.queueId,
    after.rank,
    after.seq,
    chunk.limit,
    chunk.maxRank,
    chunk.bound,
    chunk.batch,
  ]);
  if (!row) throw new Error("a purged chunk has no count");
  return row;
}

/** Which of the entries still lie there. */
export async function entryStillThere(db: Queryable, keys: readonly Position[]): Promise<Position[]> {
  return db.query<Position>({ name: "entry_still_there", text: stillThere }, keyArrays(keys));
}

function keyArrays(keys: readonly Position[]): unknown[] {
  return [keys.map((key) => key.queue_id), keys.map((key) => key.rank), keys.map((key) => key.seq)];
}

const byKeys = `
  SELECT k.queue_id, k.rank, k.seq
  FROM unnest($1::integer[], $2::smallint[], $3::bigint[]) AS k (queue_id, rank, seq)`;

const stillThere = `
SELECT e.queue_id, e.rank, e.seq
FROM unnest($1::integer[], $2::smallint[], $3::bigint[]) AS k (queue_id, rank, seq)
CROSS JOIN LATERAL (
  SELECT n.* FROM warren.entry n WHERE n.queue_id = k.queue_id AND n.rank = k.rank AND n.seq = k.seq LIMIT 1
) e`;

const waiting = `
  SELECT w.queue_id, w.rank, w.seq
  FROM generate_series(0, $5::integer) AS r (rank)
  CROSS JOIN LATERAL (
    (SELECT d.queue_id, d.rank, d.seq FROM warren.deferred d
     WHERE d.queue_id = $1::integer AND d.rank = r.rank AND d.state = 'ready' AND d.seq <= $6::bigint
       AND (d.rank, d.seq) > ($2::smallint, $3::bigint)
     ORDER BY d.seq LIMIT $4::integer)
    UNION ALL
    (SELECT n.queue_id, n.rank, n.seq FROM warren.entry n
     WHERE n.queue_id = $1::integer AND n.rank = r.rank AND n.seq <= $6::bigint
       AND (n.rank, n.seq) > ($2::smallint, $3::bigint)
       AND n.seq > coalesce((SELECT k.seq FROM warren.cursor k WHERE k.queue_id = $1::integer AND k.rank = r.rank), 0)
       AND ${noDeferred("n")}
     ORDER BY n.seq LIMIT $4::integer)
  ) w
  ORDER BY w.rank, w.seq LIMIT $4::integer`;

/** Where the taken ones go. Their envelopes stay when they may come back. */
const away = `, envelopes AS (
  DELETE FROM warren.envelope v USING gone g WHERE g.has_envelope AND v.queue_id = g.queue_id AND v.seq = g.seq
)`;

const toTrash = (batch: string) => `, trashed AS (
  INSERT INTO warren.trash (batch_id, queue_id, rank, seq, message_id, enqueued_at, expires_at, bytes, has_envelope,
    dead, redelivered, delivery_count, group_key, dead_letter)
  SELECT ${batch}::uuid, g.queue_id, g.rank, g.seq, g.message_id, g.enqueued_at, g.expires_at, g.bytes, g.has_envelope,
    g.dead, coalesce(g.redelivered, false), coalesce(g.delivery_count, 0), g.group_key,
    CASE WHEN g.dead THEN (
      SELECT to_jsonb(l) FROM warren.dead_letter l WHERE l.queue_id = g.queue_id AND l.seq = g.seq) END
  FROM gone g
), counted AS (
  UPDATE warren.trash_batch b SET count = b.count + (SELECT count(*) FROM gone) WHERE b.id = ${batch}::uuid
)`;

/**
 * What belongs to an entry is looked up by its key, row by row. The planner takes what a DELETE returns for one row,
 * so it would join two of those by comparing each with each: minutes for ten thousand.
 */
function take(input: string, destination: string, result = "SELECT queue_id, rank, seq FROM gone"): string {
  return `
WITH input AS MATERIALIZED (${input}
), free AS MATERIALIZED (
  SELECT i.queue_id, i.rank, i.seq, d.state, d.redelivered, d.delivery_count
  FROM input i LEFT JOIN LATERAL (
    SELECT n.state, n.redelivered, n.delivery_count FROM warren.deferred n
    WHERE n.queue_id = i.queue_id AND n.rank = i.rank AND n.seq = i.seq LIMIT 1 FOR UPDATE
  ) d ON true
  WHERE d.state IS DISTINCT FROM 'leased' AND (${isClaimed("i", "d.state")}) IS NOT TRUE
), again AS (
  DELETE FROM warren.deferred d USING free f
  WHERE f.state IS NOT NULL AND d.queue_id = f.queue_id AND d.rank = f.rank AND d.seq = f.seq
), gone AS (
  DELETE FROM warren.entry e USING free f
  WHERE e.queue_id = f.queue_id AND e.rank = f.rank AND e.seq = f.seq
  RETURNING e.*, f.state, f.redelivered, f.delivery_count
), deaths AS (
  DELETE FROM warren.dead_letter l USING gone g WHERE g.dead AND l.queue_id = g.queue_id AND l.seq = g.seq
)${destination}, delta AS (
  INSERT INTO warren.queue_delta (queue_id, ready, delayed, ready_bytes, dead)
  SELECT g.queue_id, -count(*) FILTER (WHERE g.state IS DISTINCT FROM 'delayed'),
    -count(*) FILTER (WHERE g.state = 'delayed'),
    -coalesce(sum(g.bytes) FILTER (WHERE g.state IS DISTINCT FROM 'delayed'), 0), -count(*) FILTER (WHERE g.dead)
  FROM gone g GROUP BY g.queue_id
)
${result}`;
}

const purge = take(
  waiting,
  `${toTrash("$7")}, moved AS (
  UPDATE warren.cursor c SET seq = p.seq
  FROM (SELECT g.queue_id, g.rank, max(g.seq) AS seq FROM gone g GROUP BY g.queue_id, g.rank) p
  WHERE c.queue_id = p.queue_id AND c.rank = p.rank AND p.seq > c.seq
), last AS (
  SELECT rank, seq FROM input ORDER BY rank DESC, seq DESC LIMIT 1
)`,
  `SELECT (SELECT count(*) FROM gone)::integer AS taken, last.rank AS last_rank, last.seq AS last_seq
FROM (SELECT) AS one LEFT JOIN last ON true`,
);
