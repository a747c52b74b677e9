"use client";

import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { parseAsString, parseAsStringLiteral, useQueryState } from "nuqs";
import { useCallback, useMemo } from "react";
import { JobItems } from "@/components/jobs/job-items";
import { jobAim, jobName, jobStateWords, jobWords } from "@/components/jobs/job-words";
import { LiveJobCard } from "@/components/jobs/live-job-card";
import { PanelSkeleton } from "@/components/messages/panel-skeleton";
import { useVhost } from "@/components/shell/vhost";
import { ButtonLink } from "@/components/ui/button";
import type { Column } from "@/components/ui/data-table/columns";
import { DataTable } from "@/components/ui/data-table/data-table";
import { EmptyState } from "@/components/ui/empty-state";
import { ErrorState } from "@/components/ui/error-state";
import { FilterBar } from "@/components/ui/filter/filter-bar";
import { Meter } from "@/components/ui/meter";
import { PageHead } from "@/components/ui/page-head";
import { RelativeTime } from "@/components/ui/relative-time";
import { Select } from "@/components/ui/select";
import { PanelHead, SplitView } from "@/components/ui/split-view";
import { StateGlyph, type StateName } from "@/components/ui/state-glyph";
import { NameText, VisibleText } from "@/components/ui/visible-text";
import { type Job, jobQuery, jobsQuery } from "@/lib/api-client/jobs";
import { formatCount } from "@/lib/format/numbers";

const kinds = ["retry", "discard", "move", "restore", "purge", "replay"] as const;
const states = ["preparing", "running", "paused", "stopped", "completed", "cancelled", "failed"] as const;

const glyphs: Readonly<Record<Job["state"], StateName>> = {
  preparing: "progress",
  running: "progress",
  paused: "flow",
  stopped: "dead",
  completed: "running",
  cancelled: "idle",
  failed: "dead",
};

const columns: readonly Column<Job>[] = [
  {
    id: "state",
    label: "State",
    width: 136,
    fixed: true,
    phone: true,
    cell: (job) => <StateGlyph state={glyphs[job.state]} label={jobStateWords[job.state]} />,
  },
  {
    id: "job",
    label: "Job",
    width: 200,
    grow: true,
    fixed: true,
    phone: true,
    cell: (job) => (
      <span className="clip-text">
        <b className="font-medium">{jobName(job)}</b>{" "}
        <span className="text-ink-2">
          <VisibleText text={jobAim(job)} />
        </span>
      </span>
    ),
  },
  {
    id: "vhost",
    label: "Virtual host",
    width: 110,
    cell: (job) => (
      <span className="mono">
        <NameText text={job.vhost} />
      </span>
    ),
  },
  { id: "by", label: "By", width: 110, cell: (job) => <VisibleText text={job.started_by} /> },
  {
    id: "progress",
    label: "Progress",
    width: 120,
    cell: ({ counts, ...job }) => (
      <Meter
        done={counts.done + counts.skipped}
        failed={counts.failed_again}
        total={counts.start}
        label={`Progress of ${jobName(job)}`}
      />
    ),
  },
  { id: "done", label: "Done", width: 80, align: "end", cell: ({ counts }) => formatCount(counts.done) },
  {
    id: "failed",
    label: "Failed again",
    width: 96,
    align: "end",
    cell: ({ counts }) => (
      <span className={counts.failed_again > 0 ? "text-danger" : "text-ink-3"}>{formatCount(counts.failed_again)}</span>
    ),
  },
  { id: "start", label: "At the start", width: 92, align: "end", cell: ({ counts }) => formatCount(counts.start) },
  {
    id: "at",
    label: "Begun",
    width: 100,
    align: "end",
    cell: (job) => (
      <span className="text-ink-2">
        <RelativeTime at={job.created_at} />
      </span>
    ),
  },
];
const narrowColumns = columns.filter(({ id }) => ["state", "job", "at"].includes(id));

/** What was done to many messages at once, and by whom, for 30 days back. */
export function JobsPage() {
  const { vhost } = useVhost();
  const [kind, setKind] = useQueryState("kind", parseAsStringLiteral(kinds));
  const [state, setState] = useQueryState("state", parseAsStringLiteral(states));
  const [open, setOpen] = useQueryState("job", parseAsString);
  const list = useInfiniteQuery(jobsQuery({ vhost, kind: kind ?? undefined, state: state ?? undefined }));
  const rows = useMemo(() => list.data?.pages.flatMap((page) => page.items), [list.data]);
  const { hasNextPage, isFetching, fetchNextPage } = list;
  const onEnd = useCallback(() => {
    if (hasNextPage && !isFetching) void fetchNextPage();
  }, [hasNextPage, isFetching, fetchNextPage]);
  const filtered = kind !== null || state !== null;
  return (
    <SplitView
      name="jobs"
      panelLabel="Job"
      width={640}
      onClose={() => void setOpen(null)}
      panel={open === null ? null : <JobPanel key={open} id={open} onClose={() => void setOpen(null)} />}
    >
      <PageHead title="Jobs" note="What is done to many messages at once; kept for 30 days" divided />
      <FilterBar>
        <Select
          aria-label="Kind of job"
          className="w-40"
          value={kind ?? ""}
          options={[
            { value: "", label: "Every kind" },
            ...kinds.map((value) => ({ value, label: jobWords[value].verb })),
          ]}
          onChange={(value) => void setKind(value === "" ? null : value)}
        />
        <Select
          aria-label="State"
          className="w-40"
          value={state ?? ""}
          options={[
            { value: "", label: "Every state" },
            ...states.map((value) => ({ value, label: jobStateWords[value] })),
          ]}
          onChange={(value) => void setState(value === "" ? null : value)}
        />
      </FilterBar>
      <DataTable
        name="jobs"
        label="Jobs"
        columns={open === null ? columns : narrowColumns}
        rows={rows}
        rowId={(job) => job.id}
        ordered
        sort={{ column: "at", descending: true }}
        openId={open}
        onOpen={(job) => void setOpen(job.id)}
        onClose={() => void setOpen(null)}
        onEnd={onEnd}
        primary
        secondLine={({ counts }) => (
          <span className="text-ink-3">
            {formatCount(counts.done)} of {formatCount(counts.start)}
          </span>
        )}
        filtered={filtered}
        viewKey={`${vhost} ${kind} ${state}`}
        error={list.error}
        onRetry={() => void list.refetch()}
        empty={
          <EmptyState title="No jobs" actions={<ButtonLink href="/dead-letters">Look at the dead letters</ButtonLink>}>
            Retrying, discarding or replaying many messages is a job: it goes on without this page and after a crash,
            and stays here with its numbers.
          </EmptyState>
        }
        nothingMatches={
          <EmptyState title="Nothing matches">No job of the last 30 days is of that kind and state.</EmptyState>
        }
      />
    </SplitView>
  );
}

function JobPanel({ id, onClose }: { id: string; onClose: () => void }) {
  const { data: job, error, refetch } = useQuery(jobQuery(id));
  return (
    <>
      <PanelHead onClose={onClose}>
        <h2 className="clip-text">{job ? jobName(job) : "Job"}</h2>
      </PanelHead>
      {job ? (
        <div className="flex min-h-0 flex-1 flex-col">
          <div className="shrink-0 px-4 py-3">
            <LiveJobCard job={job} link={false} />
            <p className="mt-2 text-12 text-ink-3">
              Begun by <VisibleText text={job.started_by} /> <RelativeTime at={job.created_at} />
              {job.ended_at !== null && (
                <>
                  , over <RelativeTime at={job.ended_at} />
                </>
              )}
              {job.changed_by !== null && (
                <>
                  ; last steered by <VisibleText text={job.changed_by} />
                </>
              )}
              {job.trash !== null && (
                <>
                  ; what it took is in the{" "}
                  <a className="link" href="/trash">
                    trash
                  </a>
                </>
              )}
              .
            </p>
          </div>
          <JobItems job={job} />
        </div>
      ) : error !== null ? (
        <ErrorState title="This job could not be read." error={error} onRetry={() => void refetch()} />
      ) : (
        <PanelSkeleton />
      )}
    </>
  );
}
