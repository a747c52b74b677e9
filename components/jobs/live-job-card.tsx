"use client";

import { useQueryClient } from "@tanstack/react-query";
import { Pause, Play, X } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { jobAim, jobEstimate, jobName, jobSteps, jobWords } from "@/components/jobs/job-words";
import { touchedByJobs, useJobActions } from "@/components/jobs/use-job-actions";
import { useForbiddenChange } from "@/components/shell/permission";
import { Button, IconButton } from "@/components/ui/button";
import { ErrorNote } from "@/components/ui/error-state";
import { JobCard, type JobState } from "@/components/ui/job-card";
import { Link } from "@/components/ui/link";
import { NumberField } from "@/components/ui/number-field";
import { VisibleText } from "@/components/ui/visible-text";
import { isMoving, isUnfinished, type Job } from "@/lib/api-client/jobs";
import { formatCount, formatNoun } from "@/lib/format/numbers";

const cardState: Readonly<Record<Job["state"], JobState>> = {
  preparing: "running",
  running: "running",
  paused: "paused",
  stopped: "stopped",
  failed: "stopped",
  cancelled: "cancelled",
  completed: "done",
};

/**
 * One job: its steps, the sentence that adds up, and what can be done with it now. When it ends, lists are read again.
 * @param onDismiss where the card can be put away once the job is over
 */
export function LiveJobCard({ job, onDismiss, link = true }: { job: Job; onDismiss?: () => void; link?: boolean }) {
  const actions = useJobActions();
  const forbidden = useForbiddenChange();
  useReadAgainAtEnd(job);
  const { counts, canary } = job;
  const words = jobWords[job.kind];
  const name = jobName(job);
  const busy = actions.busy === job.id;
  return (
    <div className="flex flex-col gap-2">
      <JobCard
        state={cardState[job.state]}
        title={name}
        note={
          <>
            {link ? (
              <Link className="link" href={`/jobs?job=${job.id}`}>
                by <VisibleText text={job.started_by} />
              </Link>
            ) : (
              <>
                by <VisibleText text={job.started_by} />
              </>
            )}
            , <VisibleText text={jobAim(job)} />
          </>
        }
        steps={jobSteps(job)}
        done={counts.done}
        failed={counts.failed_again}
        skipped={counts.skipped}
        left={counts.remaining}
        total={counts.start}
        words={{
          done: words.done,
          ...((job.kind === "retry" || job.kind === "replay" || counts.failed_again > 0) && { failed: "failed again" }),
          left: "remaining",
        }}
        estimate={jobEstimate(job)}
        {...(canary !== null &&
          isUnfinished(job) && {
            guard: `Stops by itself when ${canary.stop_at_failed_percent} % of a step fail again.`,
          })}
        actions={
          <>
            {isUnfinished(job) && (
              <RateField job={job} onChange={(rate) => actions.setRate(job, rate)} forbidden={forbidden} />
            )}
            {isMoving(job) && (
              <Button
                icon={<Pause className="icon-14" aria-hidden="true" />}
                busy={busy}
                disabledReason={forbidden}
                onClick={() => actions.steer(job, "pause")}
              >
                Pause
              </Button>
            )}
            {(job.state === "paused" || job.state === "stopped") && (
              <Button
                icon={<Play className="icon-14" aria-hidden="true" />}
                busy={busy}
                disabledReason={forbidden}
                onClick={() => actions.steer(job, "resume")}
              >
                {job.state === "stopped" ? "Go on" : "Resume"}
              </Button>
            )}
            {isUnfinished(job) && (
              <Button
                variant="danger"
                icon={<X className="icon-14" aria-hidden="true" />}
                busy={busy}
                disabledReason={forbidden}
                onClick={() => actions.steer(job, "cancel")}
              >
                Cancel
              </Button>
            )}
            {!isUnfinished(job) && onDismiss && (
              <IconButton label={`Put ${name} away`} onClick={onDismiss}>
                <X className="icon-16" aria-hidden="true" />
              </IconButton>
            )}
          </>
        }
      />
      <JobTroubles job={job} />
      {actions.failure !== null && <ErrorNote title="The job is as it was." error={actions.failure} />}
    </div>
  );
}

/** Why it stopped, and why some were not handled. */
function JobTroubles({ job }: { job: Job }) {
  if (job.reason === null && job.errors.length === 0) return null;
  return (
    <div className="px-1 text-12 text-ink-2">
      {job.reason !== null && (
        <p className={job.state === "stopped" || job.state === "failed" ? "text-danger" : undefined}>
          <VisibleText text={job.reason} />
        </p>
      )}
      {job.errors.length > 0 && (
        <ul className="list-disc pl-5">
          {job.errors.map(({ why, count }) => (
            <li key={why}>
              {formatNoun(count, "message")}: <VisibleText text={why} />
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

/** The rate of a job, which can be changed while it runs; what is typed counts when the field is left. */
function RateField({
  job,
  onChange,
  forbidden,
}: {
  job: Job;
  onChange: (rate: number | null) => void;
  forbidden: string | undefined;
}) {
  const [typed, setTyped] = useState<number | null>(job.rate);
  useEffect(() => setTyped(job.rate), [job.rate]);
  return (
    <form
      className="inline-flex items-center gap-1.5 text-12 text-ink-2"
      onSubmit={(event) => {
        event.preventDefault();
        if (typed !== job.rate) onChange(typed);
      }}
      onBlur={() => {
        if (typed !== job.rate) onChange(typed);
      }}
    >
      Rate
      <NumberField
        aria-label={`Messages a second of ${jobName(job)}; empty is as fast as it goes`}
        className="w-20"
        min={0.1}
        max={100_000}
        unit="/s"
        placeholder="no limit"
        disabled={forbidden !== undefined}
        value={typed}
        onChange={setTyped}
      />
      {job.per_second !== null && isMoving(job) && (
        <span className="text-ink-3">now {formatCount(Math.round(job.per_second))}/s</span>
      )}
    </form>
  );
}

/** Lists show what a job did: they are read again when it ends. */
function useReadAgainAtEnd(job: Job) {
  const client = useQueryClient();
  const moving = isMoving(job);
  const before = useRef(moving);
  useEffect(() => {
    if (before.current && !moving) {
      for (const key of touchedByJobs) {
        void client.invalidateQueries({ queryKey: [key] });
      }
    }
    before.current = moving;
  }, [moving, client]);
}
