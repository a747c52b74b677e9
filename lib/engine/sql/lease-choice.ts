// Rows are changed by their place, for the reason given at heldPlaces.
// What came back has been passed by the cursor, so it is older than all that follows the cursor in its rank.
const candidates = `
candidates AS MATERIALIZED (
  (SELECT d.rank, d.seq, true AS again, d.redelivered, d.delivery_count, e.message_id, e.bytes, e.has_envelope, e.dead,
          e.expires_at, e.enqueued_at, e.place, d.deferred_place, e.group_key
   FROM (SELECT rank, seq, redelivered, delivery_count, ctid AS deferred_place FROM warren.deferred
         WHERE queue_id = $1 AND state = 'ready' ORDER BY queue_id, rank, seq LIMIT $2) d
   CROSS JOIN LATERAL (SELECT ctid AS place, * FROM warren.entry e
                       WHERE e.queue_id = $1 AND e.rank = d.rank AND e.seq = d.seq LIMIT 1) e)
  UNION ALL
  (SELECT e.rank, e.seq, false, false, 0, e.message_id, e.bytes, e.has_envelope, e.dead, e.expires_at, e.enqueued_at, e.place,
          NULL::tid, e.group_key
   FROM warren.cursor c
   CROSS JOIN LATERAL (SELECT ctid AS place, * FROM warren.entry e
                       WHERE e.queue_id = c.queue_id AND e.rank = c.rank AND e.seq > c.seq
                       ORDER BY e.queue_id, e.rank, e.seq LIMIT $2) e
   WHERE c.queue_id = $1)
)`;

/**
 * Condition on a candidate `c`. A message that may live for 0 ms is for who waits when it comes (https://www.rabbitmq.com/docs/ttl#per-queue-message-ttl):
 * it is not expired for a consumer that has waited since before. Nor does it live on when it comes back.
 */
export const isExpired = `(coalesce(c.expires_at <= statement_timestamp(), false)
  AND NOT (NOT c.redelivered AND c.expires_at <= c.enqueued_at AND c.enqueued_at > statement_timestamp() - $8::float8 * interval '1 millisecond'))`;

export const allowed = `
  CASE WHEN $7::int IS NULL OR EXISTS (SELECT FROM warren.node WHERE id = $7 AND gone_at IS NULL) THEN $2 ELSE 0 END`;

const first = `
taken AS MATERIALIZED (
  SELECT c.*, ${isExpired} AS expired FROM candidates c ORDER BY c.rank, c.seq LIMIT ${allowed}
)`;

const expiredHead = `
taken AS MATERIALIZED (
  SELECT c.*, true AS expired
  FROM (SELECT c.*, bool_and(${isExpired}) OVER (PARTITION BY c.rank ORDER BY c.seq) AS in_head FROM candidates c) c
  WHERE c.in_head ORDER BY c.rank, c.seq LIMIT $2
)`;

const moved = `
moved AS (
  UPDATE warren.cursor c SET seq = f.seq
  FROM (SELECT rank, max(seq) AS seq FROM taken WHERE NOT again GROUP BY rank) f
  WHERE c.queue_id = $1 AND c.rank = f.rank
)`;

/** The first ones, and the cursor passes them. */
export const firstReady = `WITH ${candidates}, ${first}, ${moved}`;

/** Those at the head that have expired, and no others. */
export const firstExpired = `WITH ${candidates}, ${expiredHead}, ${moved}`;
