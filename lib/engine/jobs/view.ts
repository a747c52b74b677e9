import type { Job } from "@/lib/broker/jobs";
import type { JobRow } from "@/lib/engine/sql/job";
import { jobErrors } from "@/lib/engine/sql/job-item";
import type { Queryable } from "@/lib/engine/statement";

/** So many reasons are told with a job. */
const MOST_ERRORS = 20;

/** Jobs as the contract shows them. */
export async function viewsOf(db: Queryable, rows: readonly JobRow[]): Promise<Job[]> {
  const troubled = rows.filter((row) => row.skipped > 0 || row.state === "stopped").map((row) => row.id);
  const errors = troubled.length === 0 ? [] : await jobErrors(db, troubled);
  return rows.map((row) => {
    const own = errors.filter((error) => error.job_id === row.id).slice(0, MOST_ERRORS);
    return viewOf(
      row,
      own.map(({ why, n }) => ({ why, count: n })),
    );
  });
}

/** Throws when the row isn't there. */
export async function viewOne(db: Queryable, row: JobRow): Promise<Job> {
  const [job] = await viewsOf(db, [row]);
  if (!job) throw new Error("a job has a view");
  return job;
}

function viewOf(row: JobRow, errors: Job["errors"]): Job {
  return {
    id: row.id,
    kind: row.kind,
    vhost: row.vhost,
    state: row.state,
    reason: row.reason,
    asked: row.request.asked,
    startedBy: row.started_by,
    createdAt: row.created_at,
    startedAt: row.started_at,
    endedAt: row.ended_at,
    changedBy: row.changed_by,
    rate: row.rate,
    canary: canaryOf(row),
    step: canaryOf(row) && row.selected ? stepOf(row) : null,
    counts: {
      start: row.start_count,
      done: row.done - row.failed_again,
      failedAgain: row.failed_again,
      skipped: row.skipped,
      remaining: row.start_count - row.done - row.skipped,
    },
    errors,
    trash: row.trash,
    perSecond: row.per_second,
  };
}

function canaryOf({ steps, settle_ms, stop_at_failed_percent }: JobRow): Job["canary"] {
  if (settle_ms === null || stop_at_failed_percent === null) return null;
  return { steps, settleMs: settle_ms, stopAtFailedPercent: stop_at_failed_percent };
}

function stepOf(row: JobRow): Job["step"] {
  return {
    number: row.step,
    of: row.steps.length + 1,
    size: row.steps[row.step - 1] ?? null,
    sent: row.step_done,
    failedAgain: row.step_failed,
    inFlight: row.in_flight,
    watchingUntil: row.watching_until,
  };
}
