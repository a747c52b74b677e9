import { describe, expect, it } from "vitest";
import { jobSteps, stepSizes } from "@/components/jobs/job-words";
import type { Job } from "@/lib/api-client/jobs";

describe("the steps of a job", () => {
  it("are as large as there is something for them, and the last is the rest", () => {
    expect(stepSizes([1, 10, 100], 5000)).toEqual([1, 10, 100, 4889]);
    expect(stepSizes([1, 10, 100], 8)).toEqual([1, 7]);
    expect(stepSizes([1, 10, 100], 111)).toEqual([1, 10, 100]);
    expect(stepSizes([1, 10], 0)).toEqual([]);
  });

  it("say what is done, what is under way with its failures, and what is to come", () => {
    const job = {
      state: "running",
      canary: { steps: [1, 10], settle_ms: 1000, stop_at_failed_percent: 10 },
      counts: { start: 50, done: 4, failed_again: 1, skipped: 0, remaining: 45 },
      step: { number: 2, of: 3, size: 10, sent: 4, failed_again: 1, in_flight: 0, watching_until: null },
    } as unknown as Job;
    expect(jobSteps(job)).toEqual([
      { name: "1", note: "1 of 1", state: "done" },
      { name: "10", note: "4 of 10, 1 failed again", state: "doing", share: 0.4 },
      { name: "all", note: "39", state: "todo" },
    ]);
    expect(jobSteps({ ...job, state: "stopped" })[1]?.state).toBe("stopped");
  });
});
