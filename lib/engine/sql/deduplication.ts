import { int4Array, int8Array, textArray } from "@/lib/engine/sql/binary-arrays";
import type { Queryable } from "@/lib/engine/statement";

/** An id within a queue. */
export interface DeduplicationKey {
  readonly queueId: number;
  readonly id: string;
}

/** Which of these ids were published within the windows of their queues. The transaction must have entered the queues. */
export async function knownDeduplicationIds(
  tx: Queryable,
  keys: readonly DeduplicationKey[],
): Promise<{ queue_id: number; id: string }[]> {
  return tx.query({ name: "deduplication_known", text: known }, [
    int4Array(keys.map(({ queueId }) => queueId)),
    textArray(keys.map(({ id }) => id)),
  ]);
}

const known = `
SELECT k.queue_id, k.id
FROM unnest($1::int[], $2::text[]) AS k (queue_id, id)
CROSS JOIN LATERAL (
  SELECT FROM warren.deduplication d
  WHERE d.queue_id = k.queue_id AND d.id = k.id COLLATE "C" AND d.expires_at > statement_timestamp() LIMIT 1) d`;

/** Begins the windows of these ids, each of which must be given once. The transaction must have entered the queues. */
export async function rememberDeduplicationIds(
  tx: Queryable,
  keys: readonly (DeduplicationKey & { readonly windowMs: number })[],
): Promise<void> {
  await tx.query({ name: "deduplication_remember", text: remember }, [
    int4Array(keys.map(({ queueId }) => queueId)),
    textArray(keys.map(({ id }) => id)),
    int8Array(keys.map(({ windowMs }) => windowMs)),
  ]);
}

const remember = `
INSERT INTO warren.deduplication AS d (queue_id, id, expires_at)
SELECT k.queue_id, k.id, statement_timestamp() + k.ms * interval '1 millisecond'
FROM unnest($1::int[], $2::text[], $3::bigint[]) AS k (queue_id, id, ms)
ORDER BY k.queue_id, k.id
ON CONFLICT (queue_id, id) DO UPDATE SET expires_at = excluded.expires_at`;

/** Forgets ids whose window has ended; returns how many. */
export async function expireDeduplicationIds(db: Queryable, max: number): Promise<number> {
  const rows = await db.query({ name: "deduplication_expire", text: expire }, [max]);
  return rows.length;
}

const expire = `
DELETE FROM warren.deduplication WHERE ctid = ANY (ARRAY(
  SELECT ctid FROM warren.deduplication WHERE expires_at <= statement_timestamp()
  ORDER BY expires_at LIMIT $1 FOR UPDATE SKIP LOCKED))
RETURNING 1`;
