import type { JobKind, JobState } from "@/lib/broker/jobs";
import { eventAppend } from "@/lib/engine/sql/event";
import type { Queryable } from "@/lib/engine/statement";

export interface JobRow {
  id: string;
  kind: JobKind;
  vhost_id: number;
  vhost: string;
  state: JobState;
  reason: string | null;
  request: { readonly work: unknown; readonly asked: Readonly<Record<string, unknown>> };
  started_by: string;
  created_at: Date;
  started_at: Date | null;
  ended_at: Date | null;
  changed_by: string | null;
  rate: number | null;
  steps: number[];
  settle_ms: number | null;
  stop_at_failed_percent: number | null;
  bound: number;
  scanned: string | null;
  selected: boolean;
  start_count: number;
  done: number;
  skipped: number;
  step: number;
  step_done: number;
  watching_until: Date | null;
  /** Whether that moment has come, by the database's clock. */
  watched: boolean;
  in_flight: number | null;
  per_second: number | null;
  trash: string | null;
  /** Messages that failed again: all, and those of the present step. */
  failed_again: number;
  step_failed: number;
}

export interface NewJob {
  readonly kind: JobKind;
  readonly vhostId: number;
  readonly vhost: string;
  readonly request: JobRow["request"];
  readonly startedBy: string;
  readonly rate: number | null;
  readonly steps: readonly number[];
  readonly settleMs: number | null;
  readonly stopAtFailedPercent: number | null;
  readonly bound: number;
  readonly trash: string | null;
  /** Which partitions it may refer to; null for a job over what lies in queues. */
  readonly partitions: { readonly from: number; readonly to: number } | null;
}

/** Enters a job, to be prepared; returns its id. */
export async function jobCreate(tx: Queryable, job: NewJob): Promise<string> {
  const [row] = await tx.query<{ id: string }>({ name: "job_create", text: create }, [
    job.kind,
    job.vhostId,
    job.vhost,
    JSON.stringify(job.request),
    job.startedBy,
    job.rate,
    job.steps,
    job.settleMs,
    job.stopAtFailedPercent,
    job.bound,
    job.trash,
    job.partitions?.from ?? null,
    job.partitions?.to ?? null,
  ]);
  if (!row) throw new Error("no job was made");
  return row.id;
}

/** One job as it is now. */
export async function jobGet(db: Queryable, id: string): Promise<JobRow | undefined> {
  const [row] = await db.query<JobRow>({ name: "job_get", text: `${jobs} WHERE j.id = $1::uuid` }, [id]);
  return row;
}

/** Locks a job until the transaction ends, so that nobody else works on it or changes it. Before all other locks. */
export async function jobLock(tx: Queryable, id: string): Promise<JobRow | undefined> {
  await tx.query({ name: "job_lock", text: "SELECT FROM warren.job WHERE id = $1::uuid FOR UPDATE" }, [id]);
  return jobGet(tx, id);
}

/** Jobs that have something to do now. */
export async function jobsDue(db: Queryable): Promise<JobRow[]> {
  return db.query<JobRow>({
    name: "job_due",
    text: `${jobs} WHERE j.state IN ('preparing', 'running') AND j.next_at <= now() ORDER BY j.next_at LIMIT 100`,
  });
}

/** A page of jobs, newest first. */
export async function jobList(
  db: Queryable,
  query: {
    readonly vhost: string | null;
    readonly kind: JobKind | null;
    readonly states: readonly JobState[] | null;
    readonly after: { readonly at: string; readonly id: string } | null;
    readonly limit: number;
  },
): Promise<(JobRow & { at_key: string })[]> {
  return db.query({ name: "job_list", text: list }, [
    query.vhost,
    query.kind,
    query.states,
    query.after?.at ?? null,
    query.after?.id ?? null,
    query.limit,
  ]);
}

/** Changes the state, and who did it and why. The transaction must hold the job's lock. */
export async function jobSetState(
  tx: Queryable,
  id: string,
  change: { readonly state: JobState; readonly reason: string | null; readonly by: string | null },
): Promise<void> {
  const [job] = await tx.query<Pick<JobRow, "id" | "kind" | "vhost">>({ name: "job_set_state", text: setState }, [
    id,
    change.state,
    change.reason,
    change.by,
  ]);
  if (job) await tellJob(tx, job, change.state);
}

/** Live pages hear of it when the transaction commits. To be called last in it. */
export async function tellJob(
  tx: Queryable,
  job: Pick<JobRow, "id" | "kind" | "vhost">,
  action: string,
): Promise<void> {
  await eventAppend(tx, { kind: "job", action, vhost: job.vhost, name: job.id, detail: { kind: job.kind } });
}

/** Goes on to the next step of a canary. The transaction must hold the job's lock. */
export async function jobNextStep(tx: Queryable, id: string): Promise<void> {
  await tx.query({ name: "job_next_step", text: nextStep }, [id]);
}

/** Begins to wait until the messages of the step are settled. */
export async function jobWatch(tx: Queryable, id: string): Promise<void> {
  await tx.query(
    {
      name: "job_watch",
      text: `UPDATE warren.job SET watching_until = clock_timestamp() + settle_ms * interval '1 ms', in_flight = step_done
             WHERE id = $1::uuid`,
    },
    [id],
  );
}

/** Notes what was seen while waiting. @param againMs when to look again */
export async function jobSeen(tx: Queryable, id: string, inFlight: number, againMs: number): Promise<void> {
  await tx.query(
    {
      name: "job_seen",
      text: `UPDATE warren.job SET in_flight = $2,
               next_at = least(clock_timestamp() + $3::int * interval '1 ms', watching_until)
             WHERE id = $1::uuid`,
    },
    [id, inFlight, againMs],
  );
}

/** Sets the rate, from now. */
export async function jobSetRate(tx: Queryable, id: string, rate: number | null, by: string): Promise<void> {
  await tx.query(
    {
      name: "job_set_rate",
      text: `UPDATE warren.job SET rate = $2, next_at = now(), changed_by = $3, changed_at = now() WHERE id = $1::uuid`,
    },
    [id, rate, by],
  );
}

/** Messages were written down for it. @param scanned where the walk is; null with `selected` at its end */
export async function jobSelected(
  tx: Queryable,
  id: string,
  chunk: {
    readonly count: number;
    readonly skipped: number;
    readonly scanned: string | null;
    readonly selected: boolean;
  },
): Promise<void> {
  await tx.query({ name: "job_selected", text: selected }, [
    id,
    chunk.count,
    chunk.skipped,
    chunk.scanned,
    chunk.selected,
  ]);
}

/**
 * Counts what was done. The next messages wait for their time, if it has a rate.
 * @param progress `sent` are those that the rate and the step count
 */
export async function jobProgress(
  tx: Queryable,
  id: string,
  progress: { readonly done: number; readonly skipped: number; readonly sent: number },
): Promise<void> {
  await tx.query({ name: "job_progress", text: advance }, [id, progress.done, progress.skipped, progress.sent]);
}

/** For work that is counted only as it is done: what was found beyond the start's count belongs to it, too. */
export async function jobGrow(tx: Queryable, id: string, least: number): Promise<void> {
  await tx.query(
    { name: "job_grow", text: "UPDATE warren.job SET start_count = greatest(start_count, $2) WHERE id = $1::uuid" },
    [id, least],
  );
}

/** Deletes jobs that ended so long ago, with their items. */
export async function jobExpire(db: Queryable, days: number): Promise<void> {
  await db.query(
    {
      name: "job_expire",
      text: `DELETE FROM warren.job WHERE ended_at < now() - $1::int * interval '1 day'
               OR (state IN ('paused', 'stopped') AND changed_at < now() - 3 * $1::int * interval '1 day')`,
    },
    [days],
  );
  await db.query({
    name: "job_failure_expire",
    text: "DELETE FROM warren.job_failure f WHERE NOT EXISTS (SELECT FROM warren.job j WHERE j.id = f.job_id)",
  });
}

const jobs = `
SELECT j.*, coalesce(j.watching_until <= clock_timestamp(), false) AS watched,
  coalesce(f.n, 0)::integer AS failed_again, coalesce(f.in_step, 0)::integer AS step_failed
FROM warren.job j
LEFT JOIN LATERAL (
  SELECT count(DISTINCT x.n) AS n, count(DISTINCT x.n) FILTER (WHERE x.step = j.step) AS in_step
  FROM warren.job_failure x WHERE x.job_id = j.id
) f ON true`;

const create = `
INSERT INTO warren.job (kind, vhost_id, vhost, request, started_by, rate, steps, settle_ms, stop_at_failed_percent, bound,
  trash, from_partition, to_partition)
VALUES ($1, $2, $3, $4::jsonb, $5, $6, $7::int[], $8, $9, $10, $11::uuid, $12, $13) RETURNING id`;

const list = `
WITH page AS MATERIALIZED (
  SELECT id FROM warren.job j
  WHERE ($1::text IS NULL OR j.vhost = $1) AND ($2::text IS NULL OR j.kind = $2)
    AND ($3::text[] IS NULL OR j.state = ANY ($3))
    AND ($4::timestamptz IS NULL OR (j.created_at, j.id) < ($4::timestamptz, $5::uuid))
  ORDER BY j.created_at DESC, j.id DESC LIMIT $6
)
SELECT one.*, one.created_at::text AS at_key
FROM (${jobs} WHERE j.id = ANY (ARRAY(SELECT id FROM page))) one ORDER BY one.created_at DESC, one.id DESC`;

const setState = `
UPDATE warren.job SET state = $2, reason = $3, next_at = now(), watching_until = NULL, in_flight = NULL,
  changed_by = coalesce($4, changed_by), changed_at = now(),
  measured_at = NULL, per_second = NULL,
  ended_at = CASE WHEN $2 IN ('completed', 'cancelled', 'failed') THEN now() END
WHERE id = $1::uuid RETURNING id, kind, vhost`;

const nextStep = `
UPDATE warren.job SET step = least(step, cardinality(steps)) + 1, step_done = 0, watching_until = NULL, in_flight = NULL,
  next_at = now()
WHERE id = $1::uuid`;

const selected = `
UPDATE warren.job SET start_count = start_count + $2, skipped = skipped + $3, scanned = $4, selected = $5,
  state = CASE WHEN $5 AND state = 'preparing' THEN 'running' ELSE state END,
  started_at = CASE WHEN $5 THEN coalesce(started_at, now()) ELSE started_at END
WHERE id = $1::uuid`;

/** The speed is measured over two seconds and more. A job that fell behind its rate makes up for a second at most. */
const advance = `
UPDATE warren.job SET done = done + $2, skipped = skipped + $3, step_done = step_done + $4,
  next_at = CASE WHEN rate IS NULL THEN now()
    ELSE greatest(next_at, now() - interval '1 s') + $4::int / rate * interval '1 s' END,
  watching_until = CASE WHEN settle_ms IS NOT NULL AND step_done + $4 >= steps[step]
    THEN clock_timestamp() + settle_ms * interval '1 ms' ELSE watching_until END,
  in_flight = CASE WHEN settle_ms IS NOT NULL AND step_done + $4 >= steps[step] THEN step_done + $4 ELSE in_flight END,
  per_second = CASE WHEN measured_at < now() - interval '2 s'
    THEN (done + skipped + $2 + $3 - measured_from) / extract(epoch FROM now() - measured_at) ELSE per_second END,
  measured_from = CASE WHEN measured_at IS NULL OR measured_at < now() - interval '2 s'
    THEN done + skipped + $2 + $3 ELSE measured_from END,
  measured_at = CASE WHEN measured_at IS NULL OR measured_at < now() - interval '2 s' THEN now() ELSE measured_at END
WHERE id = $1::uuid`;
