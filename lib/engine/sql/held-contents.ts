import { int2Array, int4Array, int8Array } from "@/lib/engine/sql/binary-arrays";
import type { HeldEntry } from "@/lib/engine/sql/settle";
import type { Queryable } from "@/lib/engine/statement";

/** What a message travels under, without its body. */
export interface HeldContents {
  readonly queue_id: number;
  readonly rank: number;
  readonly seq: number;
  readonly lease_token: number;
  readonly message_id: number;
  readonly bytes: number;
  readonly exchange: string;
  readonly routing_key: string;
  readonly properties: Buffer;
  readonly published_at: Date;
  /** How often it came back before. */
  readonly delivery_count: number;
  readonly leased_by: string | null;
  readonly leased_at: Date | null;
  readonly enqueued_at: Date;
  readonly group_key: string | null;
}

/** Reads those of the messages that are held; changes and locks nothing. */
export async function readHeldContents(db: Queryable, held: readonly HeldEntry[]): Promise<HeldContents[]> {
  return db.query<HeldContents>({ name: "held_contents", text: contents }, [
    int4Array(held.map((entry) => entry.queueId)),
    int2Array(held.map((entry) => entry.rank)),
    int8Array(held.map((entry) => entry.seq)),
    int8Array(held.map((entry) => entry.token)),
  ]);
}

const contents = `
SELECT d.queue_id, d.rank, d.seq, d.lease_token, e.message_id, e.bytes,
       coalesce(v.exchange, m.exchange) AS exchange, coalesce(v.routing_key, m.routing_key) AS routing_key,
       coalesce(v.properties, m.properties) AS properties,
       m.published_at, d.delivery_count, d.leased_by, d.leased_at, e.enqueued_at, e.group_key
FROM unnest($1::int[], $2::smallint[], $3::bigint[], $4::bigint[]) AS h (queue_id, rank, seq, token)
CROSS JOIN LATERAL (SELECT * FROM warren.deferred d
                    WHERE d.queue_id = h.queue_id AND d.rank = h.rank AND d.seq = h.seq AND d.lease_token = h.token
                      AND d.leased_until > statement_timestamp() LIMIT 1) d
CROSS JOIN LATERAL (SELECT * FROM warren.entry e
                    WHERE e.queue_id = h.queue_id AND e.rank = h.rank AND e.seq = h.seq LIMIT 1) e
CROSS JOIN LATERAL (SELECT exchange, routing_key, properties, published_at FROM warren.message m WHERE m.id = e.message_id LIMIT 1) m
LEFT JOIN LATERAL (SELECT exchange, routing_key, properties FROM warren.envelope v
                   WHERE e.has_envelope AND v.queue_id = h.queue_id AND v.seq = h.seq LIMIT 1) v ON true`;
