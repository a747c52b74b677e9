"use client";

import { useQuery } from "@tanstack/react-query";
import { jobName, jobStateWords } from "@/components/jobs/job-words";
import { Link } from "@/components/ui/link";
import { Meter } from "@/components/ui/meter";
import { unfinishedJobsQuery } from "@/lib/api-client/jobs";
import { formatCount, formatNoun } from "@/lib/format/numbers";

/** The job that is under way, at the edge of every page; nothing when there is none. */
export function JobStrip() {
  const { data: jobs } = useQuery(unfinishedJobsQuery(null));
  const job = jobs?.find(({ state }) => state === "running" || state === "preparing") ?? jobs?.[0];
  if (!jobs || !job) return null;
  const { counts } = job;
  return (
    <Link
      href={jobs.length === 1 ? `/jobs?job=${job.id}` : "/jobs"}
      className="block border-t border-line px-4 py-2 text-12 text-ink-2 hover:bg-hover hover:text-ink middle:px-2"
    >
      <span className="mb-1 flex justify-between gap-2 middle:sr-only">
        <span className="clip-text">
          {jobs.length === 1 ? jobName(job) : formatNoun(jobs.length, "job")}
          {job.state !== "running" && ` ${jobStateWords[job.state]}`}
        </span>
        <span className="whitespace-nowrap text-ink-3">
          {formatCount(counts.start - counts.remaining)} of {formatCount(counts.start)}
        </span>
      </span>
      <Meter
        done={counts.done + counts.skipped}
        failed={counts.failed_again}
        total={counts.start}
        label={`Progress of ${jobName(job)}`}
      />
    </Link>
  );
}
