import type { DeathReason, MessageState } from "@/lib/broker/message";
import type { Queryable } from "@/lib/engine/statement";

/** An entry with its message, as it would be delivered. */
export interface MessageRow {
  queue_id: number;
  rank: number;
  seq: number;
  message_id: number;
  bytes: number;
  enqueued_at: Date;
  expires_at: Date | null;
  state: MessageState;
  redelivered: boolean;
  delivery_count: number;
  available_at: Date | null;
  leased_by: string | null;
  leased_at: Date | null;
  leased_until: Date | null;
  has_envelope: boolean;
  exchange: string;
  routing_key: string;
  properties: Buffer;
  published_at: Date;
  published_by: string | null;
  body: Buffer;
  died_at: Date | null;
  reason: DeathReason | null;
  death_count: number | null;
  origin_queue: string | null;
  origin_exchange: string | null;
  origin_routing_key: string | null;
  error_type: string | null;
  error_message: string | null;
  group_id: string | null;
}

/** What of a filter the database can judge: text in lower-case ASCII that must occur. */
export interface HeaderNeedles {
  readonly exchange: string | null;
  readonly routingKey: string | null;
}

/**
 * Reads entries with their messages, in the given order; those that are gone or don't match are left out.
 * @param bodyLimit bytes of each body
 */
export async function messageRead(
  db: Queryable,
  keys: readonly { queue_id: number; rank: number; seq: number }[],
  bodyLimit: number,
  needles: HeaderNeedles,
): Promise<MessageRow[]> {
  return db.query<MessageRow>({ name: "message_read", text: read }, [
    keys.map((key) => key.queue_id),
    keys.map((key) => key.rank),
    keys.map((key) => key.seq),
    bodyLimit,
    needles.exchange,
    needles.routingKey,
  ]);
}

/** The rank of an entry whose queue and number are known; null when it is gone. */
export async function entryRanks(
  db: Queryable,
  refs: readonly { queueId: number; maxRank: number; seq: number }[],
): Promise<{ queue_id: number; rank: number; seq: number; bytes: number }[]> {
  return db.query({ name: "entry_ranks", text: ranks }, [
    refs.map((ref) => ref.queueId),
    refs.map((ref) => ref.maxRank),
    refs.map((ref) => ref.seq),
  ]);
}

// Each look-up is by key and LATERAL with a LIMIT, which keeps the planner from joining whole tables.
const read = `
SELECT e.queue_id, e.rank, e.seq, e.message_id, e.bytes, e.enqueued_at, e.expires_at,
  CASE WHEN d.state = 'leased' OR c.leased_until IS NOT NULL THEN 'unacked' WHEN d.state = 'delayed' THEN 'delayed'
    WHEN e.dead THEN 'dead' ELSE 'ready' END AS state,
  coalesce(d.redelivered, false) AS redelivered, coalesce(d.delivery_count, 0) AS delivery_count,
  d.available_at, coalesce(d.leased_by, c.holder) AS leased_by, coalesce(d.leased_at, c.leased_at) AS leased_at,
  coalesce(d.leased_until, c.leased_until) AS leased_until, e.has_envelope,
  coalesce(v.exchange, m.exchange) AS exchange, coalesce(v.routing_key, m.routing_key) AS routing_key,
  coalesce(v.properties, m.properties) AS properties, m.published_at, m.published_by,
  substring(m.body FROM 1 FOR $4::integer) AS body,
  l.died_at, l.reason, l.count AS death_count, l.origin_queue, l.origin_exchange, l.origin_routing_key,
  l.error_type, l.error_message, l.group_id
FROM unnest($1::integer[], $2::smallint[], $3::bigint[]) WITH ORDINALITY AS k (queue_id, rank, seq, ord)
CROSS JOIN LATERAL (
  SELECT n.* FROM warren.entry n WHERE n.queue_id = k.queue_id AND n.rank = k.rank AND n.seq = k.seq LIMIT 1
) e
CROSS JOIN LATERAL (SELECT b.* FROM warren.message b WHERE b.id = e.message_id LIMIT 1) m
LEFT JOIN LATERAL (
  SELECT f.* FROM warren.deferred f WHERE f.queue_id = k.queue_id AND f.rank = k.rank AND f.seq = k.seq LIMIT 1
) d ON true
LEFT JOIN LATERAL (
  SELECT h.* FROM (
    SELECT * FROM warren.claim h WHERE h.queue_id = k.queue_id AND h.rank = k.rank AND h.hi >= k.seq
    ORDER BY h.queue_id, h.rank, h.hi LIMIT 1) h
  WHERE d.state IS NULL AND h.lo <= k.seq
) c ON true
LEFT JOIN LATERAL (
  SELECT w.* FROM warren.envelope w WHERE e.has_envelope AND w.queue_id = k.queue_id AND w.seq = k.seq LIMIT 1
) v ON true
LEFT JOIN LATERAL (
  SELECT g.* FROM warren.dead_letter g WHERE e.dead AND g.queue_id = k.queue_id AND g.seq = k.seq LIMIT 1
) l ON true
WHERE ($5::text IS NULL OR position($5 IN lower(coalesce(v.exchange, m.exchange))) > 0)
  AND ($6::text IS NULL OR position($6 IN lower(coalesce(v.routing_key, m.routing_key))) > 0)
ORDER BY k.ord`;

const ranks = `
SELECT e.queue_id, e.rank, e.seq, e.bytes
FROM unnest($1::integer[], $2::integer[], $3::bigint[]) WITH ORDINALITY AS k (queue_id, max_rank, seq, ord)
CROSS JOIN LATERAL (
  SELECT n.queue_id, n.rank, n.seq, n.bytes FROM generate_series(0, k.max_rank) AS r (rank)
  CROSS JOIN LATERAL (
    SELECT x.* FROM warren.entry x WHERE x.queue_id = k.queue_id AND x.rank = r.rank AND x.seq = k.seq LIMIT 1
  ) n
  LIMIT 1
) e
ORDER BY k.ord`;
