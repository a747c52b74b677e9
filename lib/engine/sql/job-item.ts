import { type DeadLetterScope, deadLetterSelection } from "@/lib/engine/sql/dead-letter-list";
import type { Position } from "@/lib/engine/sql/entry-scan";
import type { Queryable } from "@/lib/engine/statement";

/** A message that a job means; `n` is its place in the job's order. */
export interface ItemPosition extends Position {
  n: number;
}

/** Writes messages down for a job, from number `first` on. Those with a reason are skipped from the beginning. */
export async function jobItemsInsert(
  tx: Queryable,
  job: string,
  first: number,
  items: readonly (Position & { readonly why?: string })[],
): Promise<void> {
  await tx.query({ name: "job_items_insert", text: insert }, [
    job,
    first,
    items.map((item) => item.queue_id),
    items.map((item) => item.rank),
    items.map((item) => item.seq),
    items.map((item) => item.why ?? null),
  ]);
}

/** Writes all dead letters of a scope down, oldest first, up to a number; returns how many. */
export async function jobItemsOfScope(
  tx: Queryable,
  job: string,
  scope: DeadLetterScope,
  bound: number,
): Promise<number> {
  const { text, values } = deadLetterSelection(scope, 3);
  const rows = await tx.query<{ n: number }>(
    {
      text: `
WITH chosen AS MATERIALIZED (SELECT d.queue_id, d.rank, d.seq FROM ${text} AND d.seq <= $2::bigint),
inserted AS (
  INSERT INTO warren.job_item (job_id, n, queue_id, rank, seq)
  SELECT $1::uuid, row_number() OVER (ORDER BY seq, queue_id), queue_id, rank, seq FROM chosen ORDER BY seq, queue_id
  RETURNING 1
)
SELECT count(*)::integer AS n FROM inserted`,
    },
    [job, bound, ...values],
  );
  return rows[0]?.n ?? 0;
}

/** How many dead letters of a scope died in each queue. */
export async function originsOfScope(
  db: Queryable,
  scope: DeadLetterScope,
): Promise<{ queue: string; count: number }[]> {
  const { text, values } = deadLetterSelection(scope, 1);
  return db.query(
    { text: `SELECT d.origin_queue AS queue, count(*)::integer AS count FROM ${text} GROUP BY 1 ORDER BY 2 DESC, 1` },
    values,
  );
}

/** The next messages of a job that wait. */
export async function jobWaiting(db: Queryable, job: string, limit: number): Promise<ItemPosition[]> {
  return db.query({ name: "job_waiting", text: waiting }, [job, limit]);
}

/** How many of these still wait; the transaction must hold the job's lock. */
export async function jobStillWaiting(tx: Queryable, job: string, ns: readonly number[]): Promise<number> {
  const [row] = await tx.query<{ n: number }>(
    {
      name: "job_still_waiting",
      text: `SELECT count(*)::integer AS n FROM warren.job_item
             WHERE job_id = $1::uuid AND n = ANY ($2::int[]) AND state = 'waiting'`,
    },
    [job, ns],
  );
  return row?.n ?? 0;
}

/** Writes down what became of messages: `waiting` ones could not be sent, for a reason, and are tried again. */
export async function jobItemsMark(
  tx: Queryable,
  job: string,
  marks: readonly { readonly n: number; readonly state: "done" | "skipped" | "waiting"; readonly why: string | null }[],
): Promise<void> {
  if (marks.length === 0) return;
  await tx.query({ name: "job_items_mark", text: mark }, [
    job,
    marks.map((one) => one.n),
    marks.map((one) => one.state),
    marks.map((one) => one.why),
  ]);
}

/** Remembers where messages went. */
export async function jobCopies(
  tx: Queryable,
  job: string,
  step: number,
  copies: readonly (Position & { readonly n: number })[],
): Promise<void> {
  if (copies.length === 0) return;
  await tx.query({ name: "job_copies", text: insertCopies }, [
    job,
    step,
    copies.map((copy) => copy.queue_id),
    copies.map((copy) => copy.rank),
    copies.map((copy) => copy.seq),
    copies.map((copy) => copy.n),
  ]);
}

/** How many messages of a step still lie where the job sent them: ready, delayed, or in a consumer's hands. */
export async function jobInFlight(db: Queryable, job: string, step: number): Promise<number> {
  const [row] = await db.query<{ n: number }>({ name: "job_in_flight", text: inFlight }, [job, step]);
  return row?.n ?? 0;
}

export interface TakenRow {
  queue_id: number;
  seq: number;
  why: string | null;
}

/** Who took messages that a job did not find any more, where that is known. */
export async function takenBy(
  db: Queryable,
  job: string | null,
  vhostId: number,
  places: readonly { readonly queue_id: number; readonly seq: number }[],
): Promise<TakenRow[]> {
  return db.query<TakenRow>({ name: "job_taken_by", text: taken }, [
    job,
    vhostId,
    places.map((place) => place.queue_id),
    places.map((place) => place.seq),
  ]);
}

/** Why messages were skipped or could not be sent, and how many of each. */
export async function jobErrors(
  db: Queryable,
  ids: readonly string[],
): Promise<{ job_id: string; why: string; n: number }[]> {
  return db.query({ name: "job_errors", text: errors }, [ids]);
}

export interface JobItemRow {
  n: number;
  queue: string | null;
  seq: number;
  state: "waiting" | "done" | "skipped";
  failed: boolean;
  why: string | null;
  at: Date | null;
}

/** A page of a job's messages by their numbers. @param state `failed_again` are done ones that failed since */
export async function jobItemList(
  db: Queryable,
  job: string,
  state: "waiting" | "done" | "failed_again" | "skipped" | null,
  after: number,
  limit: number,
): Promise<JobItemRow[]> {
  return db.query<JobItemRow>({ name: "job_item_list", text: items }, [job, state, after, limit]);
}

const insert = `
INSERT INTO warren.job_item (job_id, n, queue_id, rank, seq, state, why, at)
SELECT $1::uuid, $2::int + k.ord - 1, k.queue_id, k.rank, k.seq,
  CASE WHEN k.why IS NULL THEN 'waiting' ELSE 'skipped' END, k.why, CASE WHEN k.why IS NOT NULL THEN now() END
FROM unnest($3::int[], $4::smallint[], $5::bigint[], $6::text[]) WITH ORDINALITY AS k (queue_id, rank, seq, why, ord)`;

const waiting = `
SELECT i.n, i.queue_id, i.rank, i.seq FROM warren.job_item i
WHERE i.job_id = $1::uuid AND i.state = 'waiting' ORDER BY i.n LIMIT $2`;

const mark = `
UPDATE warren.job_item i SET state = m.state, why = m.why, at = now()
FROM unnest($2::int[], $3::text[], $4::text[]) AS m (n, state, why)
WHERE i.job_id = $1::uuid AND i.n = m.n`;

const insertCopies = `
INSERT INTO warren.job_copy (job_id, step, queue_id, rank, seq, n)
SELECT $1::uuid, $2::int, c.* FROM unnest($3::int[], $4::smallint[], $5::bigint[], $6::int[]) AS c`;

const inFlight = `
SELECT count(DISTINCT c.n)::integer AS n FROM warren.job_copy c CROSS JOIN LATERAL (
  SELECT FROM warren.entry e WHERE e.queue_id = c.queue_id AND e.rank = c.rank AND e.seq = c.seq LIMIT 1
) e
WHERE c.job_id = $1::uuid AND c.step = $2`;

/** Of the trash, only the latest batches are looked through: it has no index by place. */
const taken = `
SELECT k.queue_id, k.seq, coalesce(
  'A job of ' || j.started_by || ' (' || j.kind || ') took it.',
  e.by || ' edited it and sent it again.',
  b.by || ' put it into the trash (' || b.action || ').') AS why
FROM unnest($3::int[], $4::bigint[]) AS k (queue_id, seq)
LEFT JOIN LATERAL (
  SELECT o.started_by, o.kind FROM warren.job_item i JOIN warren.job o ON o.id = i.job_id
  WHERE i.queue_id = k.queue_id AND i.seq = k.seq AND i.state = 'done' AND i.job_id IS DISTINCT FROM $1::uuid
  ORDER BY i.at DESC LIMIT 1
) j ON true
LEFT JOIN LATERAL (
  SELECT d.by FROM warren.edit d WHERE d.queue_id = k.queue_id AND d.seq = k.seq LIMIT 1
) e ON true
LEFT JOIN LATERAL (
  SELECT x.by, x.action FROM (
    SELECT id, by, action FROM warren.trash_batch WHERE vhost_id = $2 ORDER BY at DESC LIMIT 20
  ) x JOIN warren.trash t ON t.batch_id = x.id AND t.queue_id = k.queue_id AND t.seq = k.seq LIMIT 1
) b ON true`;

const errors = `
SELECT i.job_id, i.why, count(*)::integer AS n FROM warren.job_item i
WHERE i.job_id = ANY ($1::uuid[]) AND i.why IS NOT NULL GROUP BY i.job_id, i.why ORDER BY n DESC, i.why LIMIT 1000`;

const items = `
SELECT i.n, q.name AS queue, i.seq, i.state, f.n IS NOT NULL AS failed, i.why, coalesce(f.at, i.at) AS at
FROM warren.job_item i
LEFT JOIN warren.queue q ON q.id = i.queue_id
LEFT JOIN LATERAL (
  SELECT x.n, x.at FROM warren.job_failure x WHERE x.job_id = i.job_id AND x.n = i.n LIMIT 1
) f ON true
WHERE i.job_id = $1::uuid AND i.n > $3
  AND ($2::text IS NULL OR CASE WHEN $2 = 'failed_again' THEN f.n IS NOT NULL
    WHEN $2 = 'done' THEN i.state = 'done' AND f.n IS NULL ELSE i.state = $2 END)
ORDER BY i.n LIMIT $4`;
