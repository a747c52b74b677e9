import type { FailureOutcome, FailureReason } from "@/lib/broker/failures";
import { int4Array, int8Array, textArray } from "@/lib/engine/sql/binary-arrays";
import type { Queryable } from "@/lib/engine/statement";

/** A delivery that came to nothing, as it is written down. Texts are such as Postgres can hold. */
export interface NewFailure {
  readonly vhostId: number;
  readonly messageId: number;
  readonly queueId: number;
  readonly queue: string;
  readonly seq: number;
  readonly attempt: number;
  readonly reason: FailureReason;
  readonly holder: string | null;
  readonly heldSince: Date | null;
  readonly errorType: string | null;
  readonly errorMessage: string | null;
  readonly errorStack: string | null;
  readonly outcome: FailureOutcome;
  readonly policyId: number | null;
  readonly policy: string | null;
  readonly detail: Readonly<Record<string, unknown>>;
}

/** Writes them down, in their order. */
export async function failureInsert(tx: Queryable, failures: readonly NewFailure[]): Promise<void> {
  if (failures.length === 0) return;
  const texts = (read: (failure: NewFailure) => string | null) => textArray(failures.map(read));
  await tx.query({ name: "failure_insert", text: insert }, [
    int4Array(failures.map(({ vhostId }) => vhostId)),
    int8Array(failures.map(({ messageId }) => messageId)),
    int4Array(failures.map(({ queueId }) => queueId)),
    texts(({ queue }) => queue),
    int8Array(failures.map(({ seq }) => seq)),
    int4Array(failures.map(({ attempt }) => attempt)),
    texts(({ reason }) => reason),
    texts(({ holder }) => holder),
    texts(({ heldSince }) => heldSince?.toISOString() ?? null),
    texts(({ errorType }) => errorType),
    texts(({ errorMessage }) => errorMessage),
    texts(({ errorStack }) => errorStack),
    texts(({ outcome }) => outcome),
    int4Array(failures.map(({ policyId }) => policyId ?? 0)),
    texts(({ policy }) => policy),
    texts(({ detail }) => JSON.stringify(detail)),
  ]);
}

const insert = `
INSERT INTO warren.failure (vhost_id, message_id, queue_id, queue, seq, attempt, reason, holder, held_since, error_type,
  error_message, error_stack, outcome, policy_id, policy, detail)
SELECT f.vhost_id, f.message_id, f.queue_id, f.queue, f.seq, f.attempt, f.reason, f.holder, f.held_since::timestamptz,
  f.error_type, f.error_message, f.error_stack, f.outcome, nullif(f.policy_id, 0), f.policy, f.detail::jsonb
FROM unnest($1::int[], $2::bigint[], $3::int[], $4::text[], $5::bigint[], $6::int[], $7::text[], $8::text[], $9::text[],
            $10::text[], $11::text[], $12::text[], $13::text[], $14::int[], $15::text[], $16::text[])
  AS f (vhost_id, message_id, queue_id, queue, seq, attempt, reason, holder, held_since, error_type, error_message,
        error_stack, outcome, policy_id, policy, detail)`;

export interface FailureRow {
  readonly id: number;
  readonly vhost_id: number;
  readonly at: Date;
  readonly message_id: number;
  readonly queue_id: number;
  readonly queue: string;
  readonly seq: number;
  readonly attempt: number;
  readonly reason: FailureReason;
  readonly holder: string | null;
  readonly held_since: Date | null;
  readonly error_type: string | null;
  readonly error_message: string | null;
  readonly error_stack: string | null;
  readonly outcome: FailureOutcome;
  readonly policy: string | null;
  readonly detail: Readonly<Record<string, unknown>>;
}

/** All failures of one message, oldest first, at most `limit`. */
export async function failuresOfMessage(
  db: Queryable,
  vhostId: number,
  messageId: number,
  limit: number,
): Promise<FailureRow[]> {
  return db.query<FailureRow>(
    {
      name: "failures_of_message",
      text: `SELECT ${columns} FROM (
               SELECT * FROM warren.failure f WHERE f.message_id = $2 AND f.vhost_id = $1 ORDER BY f.id DESC LIMIT $3
             ) f ORDER BY f.id`,
    },
    [vhostId, messageId, limit],
  );
}

export interface JudgedFailureRow extends FailureRow {
  readonly published_at: Date | null;
  /** Of the copy, if it still has some of its own, otherwise of the message; null when that is gone. */
  readonly properties: Buffer | null;
}

/** The last failures of a vhost, newest first, with what policies look at. */
export async function lastFailures(
  db: Queryable,
  vhostId: number,
  queue: string | null,
  limit: number,
): Promise<JudgedFailureRow[]> {
  return db.query<JudgedFailureRow>(
    {
      name: "failures_last",
      text: `
SELECT ${columns}, m.published_at, m.properties
FROM (SELECT * FROM warren.failure f WHERE f.vhost_id = $1 AND ($2::text IS NULL OR f.queue = $2)
      ORDER BY f.vhost_id DESC, f.id DESC LIMIT $3) f
LEFT JOIN LATERAL (
  SELECT published_at, properties FROM warren.message m WHERE m.id = f.message_id LIMIT 1) m ON true
ORDER BY f.id DESC`,
    },
    [vhostId, queue, limit],
  );
}

/** Forgets failures of messages that are gone, i.e. numbered below the oldest partition; at most `limit`, returns how many. */
export async function failureExpireChunk(db: Queryable, limit: number): Promise<number> {
  const [row] = await db.query<{ n: number }>({ name: "failure_expire_chunk", text: expire }, [limit]);
  return row?.n ?? 0;
}

const columns = `f.id, f.vhost_id, f.at, f.message_id, f.queue_id, f.queue, f.seq, f.attempt, f.reason, f.holder,
  f.held_since, f.error_type, f.error_message, f.error_stack, f.outcome, f.policy, f.detail`;

const expire = `
WITH gone AS (
  DELETE FROM warren.failure WHERE (vhost_id, id) IN (
    SELECT vhost_id, id FROM warren.failure
    WHERE message_id < (SELECT coalesce(min(number), 0) FROM warren.partition) * 4294967296::bigint
    ORDER BY message_id LIMIT $1
  ) RETURNING 1
)
SELECT count(*)::int AS n FROM gone`;
