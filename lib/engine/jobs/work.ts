import type { JobWork } from "@/lib/broker/jobs";
import type { JobRow } from "@/lib/engine/sql/job";

/** What the job is to do, as it was written down when it started. JSON has no dates. */
export function workOf(job: JobRow): JobWork {
  const work = job.request.work as JobWork;
  if (work.kind !== "replay") return work;
  const { since, until, ...rest } = work;
  return {
    ...rest,
    ...(since !== undefined && { since: new Date(since) }),
    ...(until !== undefined && { until: new Date(until) }),
  };
}
