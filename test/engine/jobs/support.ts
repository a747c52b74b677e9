import { expect } from "vitest";
import type { Job, JobRequest, JobWork } from "@/lib/broker/jobs";
import type { EngineContext } from "@/lib/engine/context";
import { jobs } from "@/lib/engine/duties/jobs";
import { actor, type Fixture } from "@/test/engine/views/fixture";

/** Does what is due, once; says whether there was something. */
export async function turn(context: EngineContext): Promise<boolean> {
  return (await jobs.run(context, new AbortController().signal)) !== false;
}

/** Starts a job; nothing is done until `turn`. */
export function start(
  fixture: Pick<Fixture, "broker">,
  work: JobWork,
  more: Partial<Pick<JobRequest, "rate" | "canary">> & { user?: string } = {},
): Promise<Job> {
  const { rate = null, canary = null, user = actor.user } = more;
  return fixture.broker.jobs.start({ ...actor, user }, { vhost: "/", work, rate, canary, asked: {} });
}

/** Takes turns until the job neither prepares nor runs; at every moment its numbers must add up. */
export async function toTheEnd(fixture: Pick<Fixture, "broker" | "context">, id: string): Promise<Job> {
  for (;;) {
    const job = await fixture.broker.jobs.get(actor, id);
    expectSum(job);
    if (job.state !== "preparing" && job.state !== "running") return job;
    if (!(await turn(fixture.context))) await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** start = done + failed again + skipped + remaining. */
export function expectSum({ counts }: Job): void {
  const { start: all, done, failedAgain, skipped, remaining } = counts;
  expect(done + failedAgain + skipped + remaining).toBe(all);
  for (const count of [done, failedAgain, skipped, remaining]) expect(count).toBeGreaterThanOrEqual(0);
}

/** Everything that is retried, where it died. */
export const retryOf = (queue: string): JobWork => ({
  kind: "retry",
  selection: { kind: "all", queue },
  missingOrigin: "refuse",
});
