import { type BrokerError, isBrokerError } from "@/lib/broker/errors";
import type { EngineContext } from "@/lib/engine/context";
import { purgeSlice, restoreSlice } from "@/lib/engine/jobs/batches";
import { prepare } from "@/lib/engine/jobs/select";
import { sendSlice } from "@/lib/engine/jobs/send";
import { endJob, finishSending, renewedFailure, stopJob, watchStep } from "@/lib/engine/jobs/step";
import { workOf } from "@/lib/engine/jobs/work";
import { sendRetained } from "@/lib/engine/replay/send";
import type { JobRow } from "@/lib/engine/sql/job";
import { jobWaiting } from "@/lib/engine/sql/job-item";

/** So many messages go in one transaction at most. */
const SLICE = 500;
/** Messages that need not be looked at one by one. */
const LARGE_SLICE = 5_000;
/** With a rate, a slice is what is due in so many seconds. */
const PACED_SECONDS = 0.2;

/**
 * Does the next part of a job: what it has done is written down in the same transaction in which it is done, so that it
 * goes on from there after a crash of whoever did it. Right even if two nodes do it for a moment.
 */
export async function advance(context: EngineContext, job: JobRow): Promise<void> {
  try {
    if (job.state === "preparing") await prepare(context, job);
    else await run(context, job);
  } catch (error) {
    // Without the database nothing is known, and the job goes on when it is back.
    if (isBrokerError(error) && error.code === "unavailable") throw error;
    if (!isBrokerError(error) || error.code === "internal") context.log.error(`The job ${job.id} stopped.`, error);
    await stopOrFail(context, job, error);
  }
}

async function run(context: EngineContext, job: JobRow): Promise<void> {
  const work = workOf(job);
  if (work.kind === "restore") return restoreSlice(context, job, work.trash, sliceOf(job, LARGE_SLICE));
  if (work.kind === "purge") return purgeSlice(context, job, work.queue, sliceOf(job, LARGE_SLICE));
  const isAllSent = job.done + job.skipped === job.start_count;
  const failure = isAllSent ? null : renewedFailure(job);
  if (failure) return stopJob(context, job.id, failure);
  if (job.watching_until) return watchStep(context, job);
  const items = await jobWaiting(context.database.main, job.id, sliceOf(job, SLICE));
  if (items.length === 0) return finishSending(context, job);
  if (work.kind === "replay") await sendRetained(context, job, work, items);
  else await sendSlice(context, job, work, items);
}

/** How many messages may go now, by the rate and by the step. */
function sliceOf(job: JobRow, most: number): number {
  const due = job.rate === null ? most : Math.max(1, Math.round(job.rate * PACED_SECONDS));
  const size = job.settle_ms === null ? undefined : job.steps[job.step - 1];
  const left = size === undefined ? most : Math.max(1, size - job.step_done);
  return Math.min(most, due, left);
}

/** What the job is about may be gone: an exchange, a queue, the virtual host. It says so, and nothing is lost. */
async function stopOrFail(context: EngineContext, job: JobRow, error: unknown): Promise<void> {
  const topology = await context.topology.fresh();
  if (topology.vhosts.get(job.vhost)?.vhost.id !== job.vhost_id) {
    return endJob(context, job.id, "failed", `The virtual host '${job.vhost}' was deleted.`);
  }
  const known = isBrokerError(error) && error.code !== "internal";
  const said = known ? (error as BrokerError).message : "Something unexpected happened; the server's log says what.";
  await stopJob(context, job.id, `${said} What was not sent yet waits; nothing was lost.`);
}
