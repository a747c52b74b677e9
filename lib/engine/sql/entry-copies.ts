import type { DeathReason } from "@/lib/broker/message";
import type { Queryable } from "@/lib/engine/statement";

/** A place in a queue for a copy. */
export interface Placement {
  readonly queueId: number;
  readonly rank: number;
  /** When it expires, in ms from now; null for never. */
  readonly ttlMs: number | null;
  /** In a queue with ordered groups: the group. */
  readonly groupKey?: string | null;
}

/** What is written down of a message's death, with its entry in the dead-letter queue. */
export interface DeathRecord {
  readonly vhostId: number;
  readonly reason: DeathReason;
  /** Total of the counts in its x-death. */
  readonly count: number;
  readonly originQueue: string;
  readonly originExchange: string;
  readonly originRoutingKey: string;
  readonly errorType: string | null;
  readonly errorMessage: string | null;
  /** The group of its cause, which must be known to the database (`KnownGroups.ensure`). */
  readonly groupId: string;
}

/** A message that is stored already and goes into queues once more. */
export interface Copy {
  readonly messageId: number;
  /** Size of its body. */
  readonly bytes: number;
  /** What it now travels under; null when that is what it was published with. */
  readonly envelope: { readonly exchange: string; readonly routingKey: string; readonly properties: Buffer } | null;
  readonly placements: readonly Placement[];
  /** Given when it goes into a dead-letter queue. */
  readonly death: DeathRecord | null;
}

/**
 * Puts copies at the end of queues: same message, new position, counted as ready and published. All copies of one
 * message get the same position. The transaction must have entered the queues (`enterQueues`).
 * @returns the positions, one for each of the copies
 */
export async function insertEntryCopies(tx: Queryable, copies: readonly Copy[]): Promise<number[]> {
  const placed = copies.flatMap((copy, index) => copy.placements.map((place) => ({ ...place, copy, ord: index + 1 })));
  if (placed.length === 0) return [];
  const [row] = await tx.query<{ seqs: number[] }>({ name: "entry_copies_insert", text: insertCopies }, [
    copies.length,
    placed.map((p) => p.ord),
    placed.map((p) => p.queueId),
    placed.map((p) => p.rank),
    placed.map((p) => p.ttlMs),
    placed.map((p) => p.copy.messageId),
    placed.map((p) => p.copy.bytes),
    placed.map((p) => p.copy.envelope !== null),
    placed.map((p) => p.copy.envelope?.exchange ?? null),
    placed.map((p) => p.copy.envelope?.routingKey ?? null),
    placed.map((p) => p.copy.envelope?.properties ?? null),
    placed.map((p) => p.copy.death !== null),
    placed.map((p) => p.copy.death?.vhostId ?? null),
    placed.map((p) => p.copy.death?.reason ?? null),
    placed.map((p) => p.copy.death?.count ?? null),
    placed.map((p) => p.copy.death?.originQueue ?? null),
    placed.map((p) => p.copy.death?.originExchange ?? null),
    placed.map((p) => p.copy.death?.originRoutingKey ?? null),
    placed.map((p) => p.copy.death?.errorType ?? null),
    placed.map((p) => p.copy.death?.errorMessage ?? null),
    placed.map((p) => p.groupKey ?? null),
    placed.map((p) => p.copy.death?.groupId ?? null),
  ]);
  return row?.seqs ?? [];
}

const insertCopies = `
WITH numbers AS MATERIALIZED (
  SELECT ARRAY(SELECT nextval('warren.seq') FROM generate_series(1, $1::int)) AS seqs
),
placed AS MATERIALIZED (
  SELECT numbers.seqs[p.ord] AS seq, p.*
  FROM numbers,
       unnest($2::int[], $3::int[], $4::smallint[], $5::bigint[], $6::bigint[], $7::int[], $8::bool[], $9::text[],
              $10::text[], $11::bytea[], $12::bool[], $13::int[], $14::text[], $15::int[], $16::text[], $17::text[],
              $18::text[], $19::text[], $20::text[], $21::text[], $22::uuid[])
         AS p (ord, queue_id, rank, ttl, message_id, bytes, has_envelope, exchange, routing_key, properties, dead,
               vhost_id, reason, count, origin_queue, origin_exchange, origin_routing_key, error_type, error_message, group_key,
               group_id)
),
entries AS (
  INSERT INTO warren.entry (queue_id, rank, seq, message_id, expires_at, bytes, has_envelope, dead, group_key)
  SELECT queue_id, rank, seq, message_id, now() + ttl * interval '1 millisecond', bytes, has_envelope, dead, group_key
  FROM placed
),
envelopes AS (
  INSERT INTO warren.envelope (queue_id, seq, exchange, routing_key, properties)
  SELECT queue_id, seq, exchange, routing_key, properties FROM placed WHERE has_envelope
),
deaths AS (
  INSERT INTO warren.dead_letter (vhost_id, queue_id, rank, seq, reason, count, origin_queue, origin_exchange,
                                  origin_routing_key, error_type, error_message, group_id)
  SELECT vhost_id, queue_id, rank, seq, reason, count, origin_queue, origin_exchange, origin_routing_key, error_type,
         error_message, group_id
  FROM placed WHERE dead
),
counted AS (
  INSERT INTO warren.queue_delta (queue_id, ready, ready_bytes, dead, publish)
  SELECT queue_id, count(*), sum(bytes), count(*) FILTER (WHERE dead), count(*)
  FROM placed GROUP BY queue_id
)
SELECT seqs FROM numbers`;
