import type { EngineContext } from "@/lib/engine/context";
import type { Duty } from "@/lib/engine/duties/duty";
import { advance } from "@/lib/engine/jobs/advance";
import { editExpire } from "@/lib/engine/sql/edit";
import { jobExpire, jobsDue } from "@/lib/engine/sql/job";

/** How long jobs that ended can be looked at. */
const KEPT_DAYS = 30;

/** Does a part of each job that has something to do, in turns, so that a large one doesn't hold the others up. */
export const jobs: Duty = {
  name: "jobs",
  everyMs: 200,
  run: async (context, ended) => {
    const due = await jobsDue(context.database.main);
    for (const job of due) {
      if (ended.aborted) return false;
      await advance(context, job);
    }
    // A job with a rate is not due again at once.
    return due.length > 0;
  },
};

/** Forgets jobs that ended long ago, and edits of messages that are gone. */
export async function expireJobs(context: EngineContext): Promise<void> {
  await jobExpire(context.database.main, KEPT_DAYS);
  await editExpire(context.database.main, KEPT_DAYS);
}
