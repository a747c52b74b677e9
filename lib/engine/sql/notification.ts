import type { NoticeState, SendResult, Smtp, TargetKind } from "@/lib/broker/notifications";
import { int4Array, textArray } from "@/lib/engine/sql/binary-arrays";
import type { Queryable } from "@/lib/engine/statement";

export interface TargetConfig {
  /** Of webhook; of slack, what may be shown of it. */
  readonly url?: string;
  readonly smtp?: Smtp;
}

export interface TargetRow {
  readonly name: string;
  readonly kind: TargetKind;
  readonly enabled: boolean;
  readonly version: number;
  readonly group_ms: number;
  readonly per_hour: number;
  readonly config: TargetConfig;
  readonly secret: string | null;
}

const targetColumns = "name, kind, enabled, version, group_ms, per_hour, config, secret";

/** All whom notices can be sent to. */
export async function targetList(db: Queryable): Promise<TargetRow[]> {
  return db.query<TargetRow>({
    name: "notification_target_list",
    text: `SELECT ${targetColumns} FROM warren.notification_target ORDER BY name`,
  });
}

/** @param locked until the transaction ends */
export async function targetGet(db: Queryable, name: string, locked = false): Promise<TargetRow | undefined> {
  const [row] = await db.query<TargetRow>(
    {
      name: `notification_target_get${locked ? "_locked" : ""}`,
      text: `SELECT ${targetColumns} FROM warren.notification_target WHERE name = $1${locked ? " FOR UPDATE" : ""}`,
    },
    [name],
  );
  return row;
}

/** False when the name is taken. */
export async function targetInsert(tx: Queryable, target: Omit<TargetRow, "version">, by: string): Promise<boolean> {
  const rows = await tx.query(
    {
      name: "notification_target_insert",
      text: `INSERT INTO warren.notification_target (name, kind, enabled, group_ms, per_hour, config, secret, changed_by)
             VALUES ($1, $2, $3, $4, $5, $6::jsonb, $7, $8) ON CONFLICT DO NOTHING RETURNING 1`,
    },
    [...targetValues(target), by],
  );
  return rows.length > 0;
}

export async function targetUpdate(tx: Queryable, target: Omit<TargetRow, "version">, by: string): Promise<void> {
  await tx.query(
    {
      name: "notification_target_update",
      text: `UPDATE warren.notification_target SET kind = $2, enabled = $3, group_ms = $4, per_hour = $5, config = $6::jsonb,
               secret = $7, changed_by = $8, changed_at = now(), version = version + 1 WHERE name = $1`,
    },
    [...targetValues(target), by],
  );
}

/** Deletes one of them. */
export async function targetDelete(tx: Queryable, name: string): Promise<void> {
  await tx.query(
    { name: "notification_target_delete", text: "DELETE FROM warren.notification_target WHERE name = $1" },
    [name],
  );
}

function targetValues(target: Omit<TargetRow, "version">): unknown[] {
  const { name, kind, enabled, group_ms: groupMs, per_hour: perHour, config, secret } = target;
  return [name, kind, enabled, groupMs, perHour, JSON.stringify(config), secret];
}

/** The last attempt to reach each target. */
export async function targetLastAttempts(
  db: Queryable,
): Promise<{ target: string; at: string; result: "sent" | "failed"; error: string | null }[]> {
  return db.query({
    name: "notification_target_last",
    text: `SELECT t.name AS target, a.last ->> 'at' AS at, a.last ->> 'result' AS result, a.last ->> 'error' AS error
           FROM warren.notification_target t CROSS JOIN LATERAL (
             SELECT n.attempts -> -1 AS last FROM warren.notice n
             WHERE n.target = t.name AND n.tried_at IS NOT NULL ORDER BY n.tried_at DESC LIMIT 1) a`,
  });
}

/** Failures that are alike, of which a target is to be told. Texts are such as Postgres can hold. */
export interface NewNoticeEvent {
  readonly target: string;
  readonly vhost: string;
  readonly queue: string;
  readonly policy: string;
  readonly reason: string;
  readonly errorType: string;
  readonly errorMessage: string;
  readonly count: number;
  readonly messageIds: readonly number[];
}

/** Queues what notices are to be made of, several at once. */
export async function noticeEventInsert(tx: Queryable, events: readonly NewNoticeEvent[]): Promise<void> {
  if (events.length === 0) return;
  const texts = (read: (event: NewNoticeEvent) => string) => textArray(events.map(read));
  await tx.query(
    {
      name: "notice_event_insert",
      text: `INSERT INTO warren.notice_event (target, vhost, queue, policy, reason, error_type, error_message, count, message_ids)
             SELECT e.target, e.vhost, e.queue, e.policy, e.reason, e.error_type, e.error_message, e.count, e.ids::bigint[]
             FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::int[], $9::text[])
               AS e (target, vhost, queue, policy, reason, error_type, error_message, count, ids)`,
    },
    [
      texts(({ target }) => target),
      texts(({ vhost }) => vhost),
      texts(({ queue }) => queue),
      texts(({ policy }) => policy),
      texts(({ reason }) => reason),
      texts(({ errorType }) => errorType),
      texts(({ errorMessage }) => errorMessage),
      int4Array(events.map(({ count }) => count)),
      texts(({ messageIds }) => `{${messageIds.join(",")}}`),
    ],
  );
}

/** Folds the next events into notices; returns how many there were. Those of targets that are gone go with them. */
export async function noticeFold(db: Queryable, limit: number): Promise<number> {
  const [row] = await db.query<{ n: number }>({ name: "notice_fold", text: fold }, [limit]);
  return row?.n ?? 0;
}

const fold = `
WITH gone AS (
  DELETE FROM warren.notice_event WHERE id IN (
    SELECT id FROM warren.notice_event ORDER BY id LIMIT $1 FOR UPDATE SKIP LOCKED) RETURNING *
), ids AS (
  SELECT target, vhost, queue, policy, reason, error_type, array_agg(i.id ORDER BY i.id) AS ids
  FROM gone CROSS JOIN LATERAL unnest(message_ids) AS i (id) GROUP BY 1, 2, 3, 4, 5, 6
), alike AS (
  SELECT target, vhost, queue, policy, reason, error_type, sum(count)::int AS count, min(at) AS first_at, max(at) AS last_at,
    (array_agg(error_message ORDER BY id DESC))[1] AS error_message
  FROM gone GROUP BY 1, 2, 3, 4, 5, 6
), written AS (
  INSERT INTO warren.notice AS n (target, vhost, queue, policy, reason, error_type, error_message, count, first_at, last_at,
    message_ids, next_at)
  SELECT a.target, a.vhost, a.queue, a.policy, a.reason, a.error_type, a.error_message, a.count, a.first_at, a.last_at,
    coalesce(i.ids[1:10], '{}'), a.first_at + t.group_ms * interval '1 millisecond'
  FROM alike a JOIN warren.notification_target t ON t.name = a.target
  LEFT JOIN ids i USING (target, vhost, queue, policy, reason, error_type)
  ORDER BY 1, 2, 3, 4, 5, 6
  ON CONFLICT (target, vhost, queue, policy, reason, error_type) WHERE state = 'collecting' DO UPDATE
  SET count = n.count + excluded.count, last_at = greatest(n.last_at, excluded.last_at),
      error_message = excluded.error_message, message_ids = (n.message_ids || excluded.message_ids)[1:10]
)
SELECT count(*)::int AS n FROM gone`;

export interface NoticeRow {
  readonly id: string;
  readonly target: string;
  readonly state: NoticeState;
  readonly vhost: string;
  readonly queue: string;
  readonly policy: string;
  readonly reason: string;
  readonly error_type: string;
  readonly error_message: string;
  readonly count: number;
  readonly first_at: Date;
  readonly last_at: Date;
  readonly message_ids: readonly number[];
  readonly next_at: Date | null;
  readonly tries: number;
  readonly attempts: readonly (SendResult & { readonly at: string })[];
}

const noticeColumns = `n.id, n.target, n.state, n.vhost, n.queue, n.policy, n.reason, n.error_type, n.error_message, n.count,
  n.first_at, n.last_at, n.message_ids, n.next_at, n.tries, n.attempts`;

/**
 * Takes notices that are due, as far as their targets' limits per hour allow, for so long; who takes them sends them.
 * If that node dies, they are due again after that time.
 */
export async function noticeTake(db: Queryable, limit: number, takenMs: number): Promise<NoticeRow[]> {
  return db.query<NoticeRow>({ name: "notice_take", text: take }, [limit, takenMs]);
}

const take = `
WITH due AS MATERIALIZED (
  SELECT n.id, n.target, n.tried_at, n.next_at FROM warren.notice n JOIN warren.notification_target t ON t.name = n.target
  WHERE n.next_at <= now() AND t.enabled ORDER BY n.next_at LIMIT 200 FOR UPDATE OF n SKIP LOCKED
), allowed AS (
  SELECT d.id FROM (
    SELECT due.*, row_number() OVER (PARTITION BY target, tried_at IS NULL ORDER BY next_at, id) AS place FROM due
  ) d JOIN warren.notification_target t ON t.name = d.target
  WHERE d.tried_at IS NOT NULL OR d.place <= t.per_hour - (
    SELECT count(*) FROM warren.notice s WHERE s.target = t.name AND s.tried_at > now() - interval '1 hour')
  ORDER BY d.next_at LIMIT $1
)
UPDATE warren.notice n SET state = 'waiting', tries = n.tries + 1, tried_at = coalesce(n.tried_at, now()),
  next_at = now() + $2::float8 * interval '1 millisecond'
FROM allowed WHERE n.id = allowed.id
RETURNING ${noticeColumns}`;

/** Notes what came of an attempt. @param nextMs when it is tried again; null when that is over */
export async function noticeRecord(
  db: Queryable,
  id: string,
  result: SendResult,
  nextMs: number | null,
): Promise<void> {
  await db.query({ name: "notice_record", text: record }, [id, JSON.stringify(result), result.result, nextMs]);
}

const record = `
UPDATE warren.notice n
SET attempts = CASE WHEN jsonb_array_length(n.attempts) >= 10 THEN n.attempts - 0 ELSE n.attempts END
      || jsonb_build_array($2::jsonb || jsonb_build_object('at', clock_timestamp())),
    state = CASE WHEN $3 = 'sent' THEN 'sent' WHEN $4::float8 IS NULL THEN 'failed' ELSE 'waiting' END,
    next_at = CASE WHEN $3 <> 'sent' THEN clock_timestamp() + $4::float8 * interval '1 millisecond' END,
    ended_at = CASE WHEN $3 = 'sent' OR $4::float8 IS NULL THEN clock_timestamp() END
WHERE n.id = $1::uuid AND n.state = 'waiting'`;

/** Makes one due again that is not sent. Undefined when it isn't there. */
export async function noticeRetry(db: Queryable, id: string): Promise<NoticeRow | undefined> {
  const [row] = await db.query<NoticeRow>(
    {
      name: "notice_retry",
      text: `UPDATE warren.notice n SET state = CASE WHEN state = 'failed' THEN 'waiting' ELSE state END, tries = 0, ended_at = NULL,
               next_at = now() WHERE id = $1::uuid AND state <> 'sent' RETURNING ${noticeColumns}`,
    },
    [id],
  );
  return row;
}

/** A notice; undefined when there is none of that number. */
export async function noticeGet(db: Queryable, id: string): Promise<NoticeRow | undefined> {
  const [row] = await db.query<NoticeRow>(
    { name: "notice_get", text: `SELECT ${noticeColumns} FROM warren.notice n WHERE id = $1::uuid` },
    [id],
  );
  return row;
}

/** Newest first. @param after the last of the page before */
export async function noticeList(
  db: Queryable,
  query: {
    target: string | null;
    state: NoticeState | null;
    after: { at: string; id: string } | null;
    limit: number;
  },
): Promise<(NoticeRow & { readonly position: string })[]> {
  return db.query(
    {
      name: "notice_list",
      text: `SELECT ${noticeColumns}, n.last_at::text AS position FROM warren.notice n
             WHERE ($1::text IS NULL OR target = $1) AND ($2::text IS NULL OR state = $2)
               AND ($3::text IS NULL OR (last_at, id) < ($3::timestamptz, $4::uuid))
             ORDER BY last_at DESC, id DESC LIMIT $5`,
    },
    [query.target, query.state, query.after?.at ?? null, query.after?.id ?? null, query.limit],
  );
}

/** Forgets notices that were sent, or given up, so many days ago. */
export async function noticeExpire(db: Queryable, days: number): Promise<void> {
  await db.query(
    { name: "notice_expire", text: "DELETE FROM warren.notice WHERE ended_at < now() - $1::int * interval '1 day'" },
    [days],
  );
}
