import { choiceByGroup } from "@/lib/engine/sql/lease-groups";
import type { Statement } from "@/lib/engine/statement";

/** A message that was claimed. */
export interface ClaimedRow {
  readonly rank: number;
  readonly seq: number;
  readonly message_id: number;
  readonly redelivered: boolean;
  readonly delivery_count: number;
  /** It may not be delivered any more; it is held until it is dead-lettered. */
  readonly expired: boolean;
  /** Held by the row of the claim, under `claimToken`; the others each by a row of their own, under the token given. */
  readonly claimed: boolean;
  readonly leased_until: Date;
  readonly bytes: number;
  readonly exchange: string;
  readonly routing_key: string;
  readonly properties: Buffer;
  readonly body: Buffer;
}

/**
 * How long, in ms, a message that may live for 0 ms lies in its queue for those who wait. A consumer between two claims
 * waits as well.
 */
export const handoverMs = 100;

export interface Claim {
  readonly queueId: number;
  readonly max: number;
  readonly visibilityTimeoutMs: number;
  /** Random; see `newLeaseToken`. */
  readonly token: number;
  readonly holder: string;
  /** The node whose end is to end the lease; nothing is claimed when it has been given up. Null for none. */
  readonly node: number | null;
  readonly autoAck: boolean;
  /** Since when, in ms before now, it has been waiting for a message; 0 without. */
  readonly waitedMs?: number;
  /** Only the first of each group is to be claimed; for consumers of queues with ordered groups. */
  readonly byGroup?: boolean;
  /** Each is held by a row of its own, since each is going to be settled in another way than by acknowledging. */
  readonly oneByOne?: boolean;
  /** `none`: the broker takes them for itself. */
  readonly countAs: "get" | "deliver" | "none";
}

/**
 * Whoever takes ready messages out of a queue (to lease, purge, move or drop them) holds this lock while it does. A
 * statement of its own, so that the next one sees what the holder before has left. No row: the queue is gone.
 */
export const lockCursor: Statement = {
  name: "cursor_lock",
  text: `SELECT queue_id FROM warren.cursor WHERE queue_id = $1 AND rank = 0 FOR UPDATE`,
};

/** The token of what the row of a claim holds, for the token of a lease, which is odd. */
export function claimToken(token: number): number {
  return token - 1;
}

/** Whether a message may be held by the row of a claim, by the token under which it was handed out. */
export function isClaimToken(token: number): boolean {
  return token % 2 === 0;
}

/** Claims messages for a lease; `lockCursor` must come before it in the same transaction. */
export function claimMessages(claim: Claim): readonly [Statement, readonly unknown[]] {
  const { hold, remove } = claim.byGroup ? claimsByGroup : claims;
  return [
    claim.autoAck ? remove : claim.oneByOne ? claims.holdEach : hold,
    [
      claim.queueId,
      claim.max,
      claim.visibilityTimeoutMs,
      claim.token,
      claim.holder,
      claim.countAs,
      claim.node,
      claim.waitedMs ?? 0,
    ],
  ];
}

/**
 * Claims those at the head that have expired, and no others: an expired message behind one that hasn't stays where it
 * is (https://www.rabbitmq.com/docs/ttl#per-message-ttl-caveats). Arguments as in `claimMessages`.
 */
export function claimExpired(
  claim: Omit<Claim, "autoAck" | "countAs" | "node">,
): readonly [Statement, readonly unknown[]] {
  return [
    claimExpiredHead,
    [claim.queueId, claim.max, claim.visibilityTimeoutMs, claim.token, claim.holder, "none", null, handoverMs],
  ];
}

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

// A message that may live for 0 ms is for who waits when it comes (https://www.rabbitmq.com/docs/ttl#per-queue-message-ttl):
// it is not expired for a consumer that has waited since before.
const isExpired = `(coalesce(c.expires_at <= statement_timestamp(), false)
  AND NOT (c.expires_at <= c.enqueued_at AND c.enqueued_at > statement_timestamp() - $8::float8 * interval '1 millisecond'))`;

const allowed = `
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

const held = (which: string) => `
returned AS (
  UPDATE warren.deferred
  SET state = 'leased', lease_token = $4::bigint, leased_by = $5, lease_node = $7::int, leased_at = statement_timestamp(),
      leased_until = statement_timestamp() + $3::float8 * interval '1 millisecond'
  WHERE ctid = ANY (ARRAY(SELECT t.deferred_place FROM taken t WHERE t.again ${which}))
),
held AS (
  INSERT INTO warren.deferred (queue_id, rank, seq, state, lease_token, leased_by, lease_node, leased_at, leased_until,
                               group_key)
  SELECT $1, t.rank, t.seq, 'leased', $4::bigint, $5, $7::int, statement_timestamp(),
         statement_timestamp() + $3::float8 * interval '1 millisecond', t.group_key
  FROM taken t WHERE NOT t.again ${which}
)`;

const contents = (claimed: string) => `
SELECT t.rank, t.seq, t.message_id, t.redelivered, t.delivery_count, t.expired, ${claimed} AS claimed, t.bytes,
       statement_timestamp() + $3::float8 * interval '1 millisecond' AS leased_until,
       coalesce(v.exchange, m.exchange) AS exchange, coalesce(v.routing_key, m.routing_key) AS routing_key,
       coalesce(v.properties, m.properties) AS properties, m.body
FROM taken t
CROSS JOIN LATERAL (SELECT exchange, routing_key, properties, body FROM warren.message m
                    WHERE m.id = t.message_id LIMIT 1) m
LEFT JOIN LATERAL (SELECT exchange, routing_key, properties FROM warren.envelope v
                   WHERE t.has_envelope AND v.queue_id = $1 AND v.seq = t.seq LIMIT 1) v ON true
ORDER BY t.rank, t.seq`;

const countedAsHeld = `
counted AS (
  INSERT INTO warren.queue_delta (queue_id, ready, ready_bytes, unacked, unacked_bytes, get, deliver, redeliver)
  SELECT $1, -count(*), -sum(bytes), count(*), sum(bytes),
         count(*) FILTER (WHERE NOT expired AND $6 = 'get'), count(*) FILTER (WHERE NOT expired AND $6 = 'deliver'),
         count(*) FILTER (WHERE NOT expired AND redelivered AND $6 <> 'none')
  FROM taken HAVING count(*) > 0
)`;

/** How messages are chosen, and how the cursor then passes them. */
const plainly = `WITH ${candidates}, ${first}, ${moved}`;

const claims = {
  hold: { name: "claim_and_hold", text: holdingTogether(plainly) },
  holdEach: { name: "claim_and_hold_each", text: holding(plainly) },
  remove: { name: "claim_and_delete", text: removing(plainly) },
};
const claimsByGroup = {
  hold: { name: "claim_and_hold_group", text: holding(choiceByGroup(isExpired, allowed)) },
  remove: { name: "claim_and_delete_group", text: removing(choiceByGroup(isExpired, allowed)) },
};
const claimExpiredHead: Statement = {
  name: "claim_expired",
  text: holding(`WITH ${candidates}, ${expiredHead}, ${moved}`),
};

function holding(choice: string): string {
  return `${choice}, ${held("")}, ${countedAsHeld}
${contents("false")}`;
}

/** What was not handed out before is held by one row in each rank. */
function holdingTogether(choice: string): string {
  return `${choice}, ${held("AND (t.again OR t.expired)")},
claimed AS (
  INSERT INTO warren.claim (queue_id, rank, lo, hi, token, holder, node, leased_at, leased_until)
  SELECT $1, t.rank, min(t.seq), max(t.seq), $4::bigint - 1, $5, $7::int, statement_timestamp(),
         statement_timestamp() + $3::float8 * interval '1 millisecond'
  FROM taken t WHERE NOT t.again AND NOT t.expired GROUP BY t.rank
), ${countedAsHeld}
${contents("NOT t.again AND NOT t.expired")}`;
}

function removing(choice: string): string {
  return `${choice}, ${held("AND t.expired")},
entries AS (
  DELETE FROM warren.entry WHERE ctid = ANY (ARRAY(SELECT place FROM taken WHERE NOT expired))
),
waited AS (
  DELETE FROM warren.deferred
  WHERE ctid = ANY (ARRAY(SELECT deferred_place FROM taken WHERE NOT expired AND again))
),
envelopes AS (
  DELETE FROM warren.envelope
  WHERE queue_id = $1 AND seq = ANY (ARRAY(SELECT seq FROM taken WHERE NOT expired AND has_envelope))
),
deaths AS (
  DELETE FROM warren.dead_letter
  WHERE queue_id = $1 AND seq = ANY (ARRAY(SELECT seq FROM taken WHERE NOT expired AND dead))
),
counted AS (
  INSERT INTO warren.queue_delta (queue_id, ready, ready_bytes, unacked, unacked_bytes, dead, get_no_ack,
                                  deliver_no_ack, redeliver)
  SELECT $1, -count(*), -sum(bytes), count(*) FILTER (WHERE expired), coalesce(sum(bytes) FILTER (WHERE expired), 0),
         -count(*) FILTER (WHERE NOT expired AND dead),
         count(*) FILTER (WHERE NOT expired AND $6 = 'get'), count(*) FILTER (WHERE NOT expired AND $6 = 'deliver'),
         count(*) FILTER (WHERE NOT expired AND redelivered AND $6 <> 'none')
  FROM taken HAVING count(*) > 0
)
${contents("false")}`;
}
