import type { EngineContext } from "@/lib/engine/context";
import { type JobRow, jobLock, jobNextStep, jobSeen, jobSetState, jobWatch } from "@/lib/engine/sql/job";
import { jobInFlight } from "@/lib/engine/sql/job-item";
import { trashBatchDropEmpty } from "@/lib/engine/sql/trash";

/** In the rest, so many must have gone out before a share of them says something. */
const FEWEST_OF_REST = 20;
/** How often those that were sent are looked for, in ms: of many, less often. */
const lookAgain = { fewMs: 200, manyMs: 2_000, many: 1_000 };

/** Null while a step goes well; a sentence when so many failed again that the job has to stop. */
export function renewedFailure(job: JobRow): string | null {
  const percent = job.stop_at_failed_percent;
  if (percent === null || job.step_failed === 0) return null;
  const size = job.steps[job.step - 1];
  const isOver = job.watching_until !== null || job.start_count === job.done + job.skipped;
  if (size === undefined && job.step_done < FEWEST_OF_REST && !isOver) return null;
  const of = Math.max(1, size === undefined || isOver ? job.step_done : size);
  if (job.step_failed * 100 < percent * of) return null;
  const share = Math.round((job.step_failed * 100) / of);
  return (
    `${job.step_failed} of the ${job.step_done} messages sent in step ${job.step} failed again (${share} %; it stops at ` +
    `${percent} %). The others wait; mend what is wrong, then resume.`
  );
}

/** Stops a job by itself, if it still runs. It can be resumed. */
export async function stopJob(context: EngineContext, id: string, reason: string): Promise<void> {
  await context.database.main.transaction(async (tx) => {
    const job = await jobLock(tx, id);
    if (job?.state === "running" || job?.state === "preparing") {
      await jobSetState(tx, id, { state: "stopped", reason, by: null });
    }
  });
}

/** Ends a job for good, if it still runs. */
export async function endJob(
  context: EngineContext,
  id: string,
  state: "completed" | "failed",
  reason: string | null = null,
): Promise<void> {
  const ended = await context.database.main.transaction(async (tx) => {
    const job = await jobLock(tx, id);
    if (job?.state !== "running" && job?.state !== "preparing") return null;
    await jobSetState(tx, id, { state, reason, by: null });
    return job;
  });
  if (ended?.trash && ended.kind === "discard") await trashBatchDropEmpty(context.database.main, ended.trash);
}

/** All of a job's messages went out: it ends, or waits first until those of the last step are settled. */
export async function finishSending(context: EngineContext, job: JobRow): Promise<void> {
  if (job.settle_ms === null || job.step_done === 0) return endJob(context, job.id, "completed");
  await context.database.main.transaction(async (tx) => {
    const now = await jobLock(tx, job.id);
    if (now?.state === "running" && now.watching_until === null) await jobWatch(tx, job.id);
  });
}

/**
 * Looks whether the messages of a step are settled. When they are, or have been waited for long enough, the next step
 * begins, or the job ends.
 */
export async function watchStep(context: EngineContext, job: JobRow): Promise<void> {
  const { main } = context.database;
  const inFlight = await jobInFlight(main, job.id, job.step);
  const goesOn = inFlight > 0 && !job.watched;
  const isLast = job.start_count === job.done + job.skipped;
  if (!goesOn && isLast) return endJob(context, job.id, "completed");
  await main.transaction(async (tx) => {
    const now = await jobLock(tx, job.id);
    if (now?.state !== "running" || now.step !== job.step || now.watching_until === null) return;
    // One may have failed between the two looks.
    if (renewedFailure(now)) return;
    if (goesOn) {
      const againMs = job.step_done > lookAgain.many ? lookAgain.manyMs : lookAgain.fewMs;
      await jobSeen(tx, job.id, inFlight, againMs);
    } else await jobNextStep(tx, job.id);
  });
}
