import { int8Array, textArray } from "@/lib/engine/sql/binary-arrays";
import type { Queryable } from "@/lib/engine/statement";

/** A message that a user's own transaction published with `warren.publish`. */
export interface OutboxRow {
  readonly id: number;
  /** The number of that transaction. */
  readonly transaction: string;
  readonly vhost: string;
  readonly exchange: string;
  readonly routing_key: string;
  readonly properties: unknown;
  readonly body: Buffer;
  readonly published_by: string;
}

/**
 * The next messages that are to be stored, in their order; what was just committed with a lower number is among them.
 * @param maxBytes of the bodies together; the first comes in any case
 */
export async function nextInOutbox(db: Queryable, max: number, maxBytes: number): Promise<OutboxRow[]> {
  return db.query<OutboxRow>({ name: "outbox_next", text: next }, [max, maxBytes]);
}

const next = `
WITH first AS MATERIALIZED (
  SELECT id, octet_length(body) AS bytes FROM warren.outbox WHERE retry_at IS NULL ORDER BY id LIMIT $1
), sized AS MATERIALIZED (
  SELECT id, row_number() OVER (ORDER BY id) AS n, sum(bytes) OVER (ORDER BY id) AS total FROM first
)
SELECT o.* FROM sized s
CROSS JOIN LATERAL (
  SELECT id, transaction::text AS transaction, vhost, exchange, routing_key, properties, body, published_by
  FROM warren.outbox x WHERE x.id = s.id LIMIT 1) o
WHERE s.n = 1 OR s.total <= $2
ORDER BY s.id`;

/** Removes messages for good. Returns those that were still there: nobody else can take them any more. */
export async function takeFromOutbox(tx: Queryable, ids: readonly number[]): Promise<Set<number>> {
  const rows = await tx.query<{ id: number }>({ name: "outbox_take", text: take }, [int8Array([...ids])]);
  return new Set(rows.map(({ id }) => id));
}

const take = `DELETE FROM warren.outbox WHERE id = ANY ($1::bigint[]) RETURNING id`;

/** A message that could not be stored, and why. */
export interface OutboxFailure {
  readonly id: number;
  readonly transaction: string;
  readonly error: string;
}

/**
 * Puts messages aside for a while that grows with each attempt, from 5 s to 5 minutes, and with each the later ones of
 * its transaction, so that they keep their order.
 */
export async function setAsideInOutbox(db: Queryable, failures: readonly OutboxFailure[]): Promise<void> {
  if (failures.length === 0) return;
  await db.query({ name: "outbox_set_aside", text: setAside }, [
    int8Array(failures.map(({ id }) => id)),
    textArray(failures.map(({ transaction }) => transaction)),
    textArray(failures.map(({ error }) => error)),
  ]);
}

const setAside = `
UPDATE warren.outbox o
SET error = CASE WHEN o.id = f.id THEN f.error END, attempts = o.attempts + 1,
    retry_at = now() + least(5 * 2 ^ least(f.attempts, 10), 300) * interval '1 second'
FROM (SELECT f.*, x.attempts FROM unnest($1::bigint[], $2::text[], $3::text[]) AS f (id, transaction, error)
      JOIN warren.outbox x ON x.id = f.id) f
WHERE o.transaction = f.transaction::xid8 AND o.id >= f.id`;

/** Makes those that were put aside long enough ago the next again. */
export async function retryOutbox(db: Queryable): Promise<void> {
  await db.query({ name: "outbox_retry", text: "UPDATE warren.outbox SET retry_at = NULL WHERE retry_at <= now()" });
}
