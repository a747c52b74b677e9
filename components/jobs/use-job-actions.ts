"use client";

import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { changeJobRate, type Job, type JobRequest, startJob, steerJob } from "@/lib/api-client/jobs";

/** What a job may have changed: these lists are read again. */
export const touchedByJobs = [
  "jobs",
  "dead-letters",
  "dead-letter-groups",
  "messages",
  "trash",
  "queues",
  "overview",
  "timeline",
];

export interface JobActions {
  readonly start: (wanted: JobRequest) => Promise<Job>;
  readonly steer: (job: Job, verb: "pause" | "resume" | "cancel") => void;
  readonly setRate: (job: Job, rate: number | null) => void;
  /** The job that is being steered, if one is. */
  readonly busy: string | null;
  readonly failure: unknown;
}

/** Starting and steering jobs; every list that they touch is read again. */
export function useJobActions(): JobActions {
  const client = useQueryClient();
  const [busy, setBusy] = useState<string | null>(null);
  const [failure, setFailure] = useState<unknown>(null);

  const refresh = () => Promise.all(touchedByJobs.map((key) => client.invalidateQueries({ queryKey: [key] })));
  const known = (job: Job) => client.setQueryData(["jobs", "one", job.id], job);
  const act = async (id: string, work: () => Promise<Job>) => {
    setBusy(id);
    setFailure(null);
    try {
      known(await work());
    } catch (error) {
      setFailure(error);
    } finally {
      setBusy(null);
      void refresh();
    }
  };
  return {
    start: async (wanted) => {
      const job = await startJob(wanted);
      known(job);
      void refresh();
      return job;
    },
    steer: (job, verb) => void act(job.id, () => steerJob(job.id, verb)),
    setRate: (job, rate) => void act(job.id, () => changeJobRate(job.id, rate)),
    busy,
    failure,
  };
}
