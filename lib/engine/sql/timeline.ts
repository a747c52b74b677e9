import type { MessageState } from "@/lib/broker/message";
import type { Queryable } from "@/lib/engine/statement";

/** A message that is stored, without its body. */
export interface StoredRow {
  readonly id: number;
  readonly vhost_id: number;
  readonly exchange: string;
  readonly routing_key: string;
  readonly properties: Buffer;
  readonly published_at: Date;
  readonly published_by: string | null;
  readonly bytes: number;
}

const columns =
  "id, vhost_id, exchange, routing_key, properties, published_at, published_by, octet_length(body) AS bytes";

export async function storedGet(db: Queryable, id: number): Promise<StoredRow | undefined> {
  const [row] = await db.query<StoredRow>(
    { name: "timeline_stored_get", text: `SELECT ${columns} FROM warren.message WHERE id = $1::bigint` },
    [id],
  );
  return row;
}

/** The partitions that there are, newest first, each with the greatest number in it. */
export async function storedPartitions(db: Queryable): Promise<{ number: number; last: number }[]> {
  return db.query({
    name: "timeline_partitions",
    text: `SELECT p.number, coalesce(m.id, 0) AS last FROM warren.partition p LEFT JOIN LATERAL (
             SELECT id FROM warren.message
             WHERE id >= p.number * 4294967296::bigint AND id < (p.number + 1) * 4294967296::bigint ORDER BY id DESC LIMIT 1
           ) m ON true ORDER BY p.number DESC`,
  });
}

/**
 * Messages between two numbers whose properties hold these bytes, newest first, at most `limit`; and when the oldest that was
 * looked at was published.
 */
export async function storedSearch(
  db: Queryable,
  search: { vhostId: number; needle: Buffer; from: number; to: number; limit: number },
): Promise<{ rows: StoredRow[]; since: Date | null }> {
  const [rows, [oldest]] = await Promise.all([
    db.query<StoredRow>(
      {
        name: "timeline_search",
        text: `SELECT ${columns} FROM warren.message
               WHERE id >= $3::bigint AND id < $4::bigint AND vhost_id = $1 AND position($2::bytea IN properties) > 0
               ORDER BY id DESC LIMIT $5`,
      },
      [search.vhostId, search.needle, search.from, search.to, search.limit],
    ),
    db.query<{ published_at: Date }>(
      {
        name: "timeline_since",
        text: "SELECT published_at FROM warren.message WHERE id >= $1::bigint AND id < $2::bigint ORDER BY id LIMIT 1",
      },
      [search.from, search.to],
    ),
  ]);
  return { rows, since: oldest?.published_at ?? null };
}

export interface PresentRow {
  readonly queue_id: number;
  readonly seq: number;
  readonly state: MessageState;
  readonly enqueued_at: Date;
}

/** Which of these places a copy of the message has; those of first publication are looked for in all the queues. */
export async function presentCopies(
  db: Queryable,
  messageId: number,
  queues: readonly { id: number; maxRank: number }[],
  copies: readonly { queueId: number; maxRank: number; seq: number }[],
): Promise<PresentRow[]> {
  const places = [...queues.map(({ id, maxRank }) => ({ queueId: id, maxRank, seq: messageId })), ...copies];
  return db.query<PresentRow>({ name: "timeline_present", text: present }, [
    places.map(({ queueId }) => queueId),
    places.map(({ maxRank }) => maxRank),
    places.map(({ seq }) => seq),
    messageId,
  ]);
}

const present = `
SELECT DISTINCT e.queue_id, e.seq, e.enqueued_at,
  CASE WHEN d.state = 'leased' THEN 'unacked' WHEN d.state = 'delayed' THEN 'delayed'
    WHEN d.state IS NULL AND e.seq <= coalesce(c.seq, 0) THEN 'unacked'
    WHEN e.dead THEN 'dead' ELSE 'ready' END AS state
FROM unnest($1::int[], $2::int[], $3::bigint[]) AS k (queue_id, max_rank, seq)
CROSS JOIN LATERAL (
  SELECT n.* FROM generate_series(0, k.max_rank) AS r (rank) CROSS JOIN LATERAL (
    SELECT x.* FROM warren.entry x WHERE x.queue_id = k.queue_id AND x.rank = r.rank AND x.seq = k.seq LIMIT 1
  ) n LIMIT 1
) e
LEFT JOIN LATERAL (
  SELECT f.state FROM warren.deferred f WHERE f.queue_id = e.queue_id AND f.rank = e.rank AND f.seq = e.seq LIMIT 1
) d ON true
LEFT JOIN LATERAL (SELECT k.seq FROM warren.cursor k WHERE k.queue_id = e.queue_id AND k.rank = e.rank) c ON true
WHERE e.message_id = $4::bigint`;

export interface TrashedRow {
  readonly batch: string;
  readonly action: "discard" | "purge" | "drop";
  readonly by: string;
  readonly at: Date;
  readonly expires_at: Date;
  readonly queue_id: number;
  readonly seq: number;
}

/** In which batches of the trash these copies lie. Goes from batch to batch, and from queue to queue, by the key. */
export async function trashedCopies(
  db: Queryable,
  vhostId: number,
  messageId: number,
  seqs: readonly number[],
): Promise<TrashedRow[]> {
  return db.query<TrashedRow>({ name: "timeline_trashed", text: trashed }, [vhostId, messageId, seqs]);
}

const trashed = `
SELECT b.id AS batch, b.action, b.by, b.at, b.expires_at, t.queue_id, t.seq
FROM (SELECT * FROM warren.trash_batch WHERE vhost_id = $1 AND restored_at IS NULL AND count > 0
      ORDER BY at DESC LIMIT 500) b
CROSS JOIN LATERAL (
  WITH RECURSIVE q AS (
    (SELECT queue_id FROM warren.trash WHERE batch_id = b.id ORDER BY queue_id LIMIT 1)
    UNION ALL
    SELECT n.queue_id FROM q CROSS JOIN LATERAL (
      SELECT x.queue_id FROM warren.trash x WHERE x.batch_id = b.id AND x.queue_id > q.queue_id ORDER BY x.queue_id LIMIT 1
    ) n
  )
  SELECT x.queue_id, x.seq FROM q CROSS JOIN unnest($3::bigint[]) AS s (seq) CROSS JOIN LATERAL (
    SELECT y.* FROM warren.trash y WHERE y.batch_id = b.id AND y.queue_id = q.queue_id AND y.seq = s.seq LIMIT 1
  ) x WHERE x.message_id = $2::bigint
) t`;

export interface ReviewStepRow {
  readonly id: number;
  readonly queue: string;
  readonly claimed_by: string | null;
  readonly claimed_at: Date | null;
  readonly decision: string | null;
  readonly decided_by: string | null;
  readonly decided_at: Date | null;
  readonly decision_detail: Readonly<Record<string, unknown>>;
  readonly comments: readonly { readonly at: string; readonly by: string; readonly text: string }[];
}

/** What people did with a message in the review inbox. */
export async function reviewSteps(db: Queryable, vhostId: number, messageId: number): Promise<ReviewStepRow[]> {
  return db.query<ReviewStepRow>(
    {
      name: "timeline_reviews",
      text: `SELECT r.id, r.queue, r.claimed_by, r.claimed_at, r.decision, r.decided_by, r.decided_at, r.decision_detail,
               coalesce(c.comments, '[]') AS comments
             FROM warren.review r LEFT JOIN LATERAL (
               SELECT jsonb_agg(jsonb_build_object('at', k.at, 'by', k.by, 'text', k.text) ORDER BY k.id) AS comments
               FROM warren.review_comment k WHERE k.review_id = r.id
             ) c ON true WHERE r.vhost_id = $1 AND r.message_id = $2::bigint`,
    },
    [vhostId, messageId],
  );
}
