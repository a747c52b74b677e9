import type { FailureReason } from "@/lib/broker/failures";
import type { ReviewDecisionKind, ReviewState } from "@/lib/broker/reviews";
import { int2Array, int4Array, int8Array, textArray } from "@/lib/engine/sql/binary-arrays";
import type { Queryable } from "@/lib/engine/statement";

/** A message that leaves its queue to wait for a person. */
export interface NewReview {
  readonly vhostId: number;
  readonly queueId: number;
  readonly queue: string;
  readonly rank: number;
  readonly seq: number;
  readonly messageId: number;
  readonly bytes: number;
  readonly enqueuedAt: Date;
  readonly deliveryCount: number;
  readonly groupKey: string | null;
  readonly exchange: string;
  readonly routingKey: string;
  readonly properties: Buffer;
  readonly reason: FailureReason;
  readonly attempts: number;
  readonly errorType: string | null;
  readonly errorMessage: string | null;
  readonly errorStack: string | null;
  readonly policy: string;
  readonly note: string | null;
}

/** Returns their numbers, in their order. */
export async function reviewInsert(tx: Queryable, reviews: readonly NewReview[]): Promise<number[]> {
  if (reviews.length === 0) return [];
  const texts = (read: (review: NewReview) => string | null) => textArray(reviews.map(read));
  const rows = await tx.query<{ id: number }>({ name: "review_insert", text: insert }, [
    int4Array(reviews.map(({ vhostId }) => vhostId)),
    int4Array(reviews.map(({ queueId }) => queueId)),
    texts(({ queue }) => queue),
    int2Array(reviews.map(({ rank }) => rank)),
    int8Array(reviews.map(({ seq }) => seq)),
    int8Array(reviews.map(({ messageId }) => messageId)),
    int4Array(reviews.map(({ bytes }) => bytes)),
    texts(({ enqueuedAt }) => enqueuedAt.toISOString()),
    int4Array(reviews.map(({ deliveryCount }) => deliveryCount)),
    texts(({ groupKey }) => groupKey),
    texts(({ exchange }) => exchange),
    texts(({ routingKey }) => routingKey),
    reviews.map(({ properties }) => properties),
    texts(({ reason }) => reason),
    int4Array(reviews.map(({ attempts }) => attempts)),
    texts(({ errorType }) => errorType),
    texts(({ errorMessage }) => errorMessage),
    texts(({ errorStack }) => errorStack),
    texts(({ policy }) => policy),
    texts(({ note }) => note),
  ]);
  return rows.map(({ id }) => id);
}

const insert = `
INSERT INTO warren.review (vhost_id, queue_id, queue, rank, seq, message_id, bytes, enqueued_at, delivery_count, group_key,
  exchange, routing_key, properties, reason, attempts, error_type, error_message, error_stack, policy, note)
SELECT r.vhost_id, r.queue_id, r.queue, r.rank, r.seq, r.message_id, r.bytes, r.enqueued_at::timestamptz, r.delivery_count,
  r.group_key, r.exchange, r.routing_key, r.properties, r.reason, r.attempts, r.error_type, r.error_message, r.error_stack,
  r.policy, r.note
FROM unnest($1::int[], $2::int[], $3::text[], $4::smallint[], $5::bigint[], $6::bigint[], $7::int[], $8::text[], $9::int[],
            $10::text[], $11::text[], $12::text[], $13::bytea[], $14::text[], $15::int[], $16::text[], $17::text[], $18::text[],
            $19::text[], $20::text[])
  WITH ORDINALITY AS r (vhost_id, queue_id, queue, rank, seq, message_id, bytes, enqueued_at, delivery_count, group_key,
    exchange, routing_key, properties, reason, attempts, error_type, error_message, error_stack, policy, note, ord)
ORDER BY r.ord RETURNING id`;

export interface ReviewRow {
  readonly id: number;
  readonly vhost_id: number;
  readonly vhost: string;
  readonly queue_id: number;
  readonly queue: string;
  readonly rank: number;
  readonly seq: number;
  readonly message_id: number;
  readonly bytes: number;
  readonly exchange: string;
  readonly routing_key: string;
  readonly properties: Buffer;
  readonly at: Date;
  readonly reason: FailureReason;
  readonly attempts: number;
  readonly error_type: string | null;
  readonly error_message: string | null;
  readonly error_stack: string | null;
  readonly policy: string;
  readonly note: string | null;
  readonly version: number;
  readonly claimed_by: string | null;
  readonly claimed_at: Date | null;
  readonly decision: ReviewDecisionKind | null;
  readonly decided_by: string | null;
  readonly decided_at: Date | null;
  readonly decision_detail: Readonly<Record<string, unknown>>;
}

export interface ReadReviewRow extends ReviewRow {
  /** Null when the message is no longer kept. */
  readonly body: Buffer | null;
  readonly comments: readonly { readonly at: string; readonly by: string; readonly text: string }[];
}

const columns = `r.id, r.vhost_id, v.name AS vhost, r.queue_id, r.queue, r.rank, r.seq, r.message_id, r.bytes, r.exchange,
  r.routing_key, r.properties, r.at, r.reason, r.attempts, r.error_type, r.error_message, r.error_stack, r.policy, r.note,
  r.version, r.claimed_by, r.claimed_at, r.decision, r.decided_by, r.decided_at, r.decision_detail`;

const read = `
SELECT r.*, substring(m.body FROM 1 FOR $1::integer) AS body, coalesce(c.comments, '[]') AS comments
FROM (SELECT ${columns} FROM warren.review r JOIN warren.vhost v ON v.id = r.vhost_id WHERE CONDITION) r
LEFT JOIN LATERAL (SELECT body FROM warren.message m WHERE m.id = r.message_id LIMIT 1) m ON true
LEFT JOIN LATERAL (
  SELECT jsonb_agg(jsonb_build_object('at', k.at, 'by', k.by, 'text', k.text) ORDER BY k.id) AS comments
  FROM warren.review_comment k WHERE k.review_id = r.id) c ON true`;

/** One, with so many bytes of its body. */
export async function reviewGet(db: Queryable, id: number, bodyLimit: number): Promise<ReadReviewRow | undefined> {
  const [row] = await db.query<ReadReviewRow>({ name: "review_get", text: read.replace("CONDITION", "r.id = $2") }, [
    bodyLimit,
    id,
  ]);
  return row;
}

/** By their numbers, from after `after`. */
export async function reviewList(
  db: Queryable,
  query: {
    vhostIds: readonly number[];
    queue: string | null;
    states: readonly ReviewState[];
    claimedBy: string | null;
    order: "oldest" | "newest";
    after: number | null;
    limit: number;
    bodyLimit: number;
  },
): Promise<ReadReviewRow[]> {
  const [direction, beyond] = query.order === "oldest" ? ["ASC", ">"] : ["DESC", "<"];
  const condition = `r.vhost_id = ANY ($2::int[]) AND ($3::text IS NULL OR r.queue = $3)
    AND CASE WHEN r.decision IS NOT NULL THEN 'decided' WHEN r.claimed_by IS NOT NULL THEN 'claimed' ELSE 'waiting' END
      = ANY ($4::text[])
    AND ($5::text IS NULL OR r.claimed_by = $5) AND ($6::bigint IS NULL OR r.id ${beyond} $6)
    ORDER BY r.id ${direction} LIMIT $7`;
  return db.query<ReadReviewRow>(
    { name: `review_list_${query.order}`, text: `${read.replace("CONDITION", condition)} ORDER BY r.id ${direction}` },
    [query.bodyLimit, query.vhostIds, query.queue, query.states, query.claimedBy, query.after, query.limit],
  );
}

/** How many are not decided. */
export async function reviewCount(
  db: Queryable,
  vhostIds: readonly number[],
): Promise<{ waiting: number; claimed: number }> {
  const [row] = await db.query<{ waiting: number; claimed: number }>(
    {
      name: "review_count",
      text: `SELECT count(*) FILTER (WHERE claimed_by IS NULL)::int AS waiting,
               count(*) FILTER (WHERE claimed_by IS NOT NULL)::int AS claimed
             FROM warren.review WHERE vhost_id = ANY ($1::int[]) AND decision IS NULL`,
    },
    [vhostIds],
  );
  return row ?? { waiting: 0, claimed: 0 };
}

/** Locks one until the transaction ends, and reads it as it is then. */
export async function reviewLock(tx: Queryable, id: number): Promise<ReviewRow | undefined> {
  const [row] = await tx.query<ReviewRow>(
    {
      name: "review_lock",
      text: `SELECT ${columns} FROM warren.review r JOIN warren.vhost v ON v.id = r.vhost_id WHERE r.id = $1 FOR UPDATE OF r`,
    },
    [id],
  );
  return row;
}

/** @param by null lets go of it */
export async function reviewSetClaim(tx: Queryable, id: number, by: string | null): Promise<void> {
  await tx.query(
    {
      name: "review_set_claim",
      text: `UPDATE warren.review SET claimed_by = $2, claimed_at = CASE WHEN $2::text IS NOT NULL THEN clock_timestamp() END,
               version = version + 1 WHERE id = $1`,
    },
    [id, by],
  );
}

export async function reviewDecide(
  tx: Queryable,
  id: number,
  decision: ReviewDecisionKind,
  by: string,
  detail: Readonly<Record<string, unknown>>,
): Promise<void> {
  await tx.query(
    {
      name: "review_decide",
      text: `UPDATE warren.review SET decision = $2, decided_by = $3, decided_at = clock_timestamp(), decision_detail = $4::jsonb,
               claimed_by = coalesce(claimed_by, $3), claimed_at = coalesce(claimed_at, clock_timestamp()), version = version + 1
             WHERE id = $1`,
    },
    [id, decision, by, JSON.stringify(detail)],
  );
}

/** Adds a comment to a review. */
export async function reviewComment(tx: Queryable, id: number, by: string, text: string): Promise<void> {
  await tx.query(
    {
      name: "review_comment",
      text: `WITH said AS (INSERT INTO warren.review_comment (review_id, by, text) VALUES ($1, $2, $3))
             UPDATE warren.review SET version = version + 1 WHERE id = $1`,
    },
    [id, by, text],
  );
}

/** Puts the message of a review into a batch of the trash, from which it comes back to its place in its queue. */
export async function reviewToTrash(tx: Queryable, id: number, batch: string): Promise<void> {
  await tx.query(
    {
      name: "review_to_trash",
      text: `
WITH trashed AS (
  INSERT INTO warren.trash (batch_id, queue_id, rank, seq, message_id, enqueued_at, bytes, has_envelope, dead, redelivered,
                            delivery_count, group_key)
  SELECT $2::uuid, queue_id, rank, seq, message_id, enqueued_at, bytes, true, false, true, delivery_count, group_key
  FROM warren.review WHERE id = $1
), kept AS (
  INSERT INTO warren.envelope (queue_id, seq, exchange, routing_key, properties)
  SELECT queue_id, seq, exchange, routing_key, properties FROM warren.review WHERE id = $1
)
UPDATE warren.trash_batch SET count = count + 1 WHERE id = $2::uuid`,
    },
    [id, batch],
  );
}

/** Forgets what was decided so many days ago; at most `limit`, returns how many. */
export async function reviewExpireChunk(db: Queryable, days: number, limit: number): Promise<number> {
  const rows = await db.query(
    {
      name: "review_expire_chunk",
      text: `DELETE FROM warren.review WHERE id IN (
               SELECT id FROM warren.review WHERE decided_at < now() - $1::int * interval '1 day' ORDER BY id LIMIT $2
             ) RETURNING 1`,
    },
    [days, limit],
  );
  return rows.length;
}
