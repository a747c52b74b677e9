"use client";

import { useInfiniteQuery } from "@tanstack/react-query";
import { useCallback, useMemo, useState } from "react";
import { jobWords } from "@/components/jobs/job-words";
import type { Column } from "@/components/ui/data-table/columns";
import { DataTable } from "@/components/ui/data-table/data-table";
import { EmptyState } from "@/components/ui/empty-state";
import { RelativeTime } from "@/components/ui/relative-time";
import { Segments } from "@/components/ui/segments";
import { VisibleText } from "@/components/ui/visible-text";
import { type Job, type JobItem, jobItemsQuery } from "@/lib/api-client/jobs";
import { formatCount } from "@/lib/format/numbers";

type Shown = JobItem["state"] | "all";

/** What became of each message of a job. */
export function JobItems({ job }: { job: Job }) {
  const [shown, setShown] = useState<Shown>("all");
  const list = useInfiniteQuery(jobItemsQuery(job.id, shown === "all" ? undefined : shown));
  const rows = useMemo(() => list.data?.pages.flatMap((page) => page.items), [list.data]);
  const { hasNextPage, isFetching, fetchNextPage } = list;
  const onEnd = useCallback(() => {
    if (hasNextPage && !isFetching) void fetchNextPage();
  }, [hasNextPage, isFetching, fetchNextPage]);
  const words: Readonly<Record<JobItem["state"], string>> = useMemo(
    () => ({ waiting: "waits", done: jobWords[job.kind].done, failed_again: "failed again", skipped: "skipped" }),
    [job.kind],
  );
  const columns = useMemo((): Column<JobItem>[] => {
    return [
      {
        id: "message",
        label: "Message",
        width: 130,
        fixed: true,
        cell: (item) => <span className="mono">{item.id}</span>,
      },
      {
        id: "queue",
        label: "Was in",
        width: 130,
        phone: false,
        cell: (item) => <span className="mono">{item.queue === null ? "–" : <VisibleText text={item.queue} />}</span>,
      },
      {
        id: "state",
        label: "What became of it",
        width: 160,
        grow: true,
        fixed: true,
        cell: (item) => (
          <span className={item.state === "failed_again" ? "text-danger" : "text-ink-2"}>
            {words[item.state]}
            {item.why !== null && (
              <>
                : <VisibleText text={item.why.slice(0, 200)} />
              </>
            )}
          </span>
        ),
      },
      {
        id: "at",
        label: "When",
        width: 90,
        align: "end",
        cell: (item) => (item.at === null ? "" : <RelativeTime at={item.at} />),
      },
    ];
  }, [words]);
  const { counts } = job;
  return (
    <>
      <div className="shrink-0 overflow-x-auto px-4 pb-2">
        <Segments
          label="Which messages"
          value={shown}
          onChange={setShown}
          options={[
            { value: "all", label: "All", count: formatCount(counts.start) },
            { value: "done", label: words.done, count: formatCount(counts.done) },
            { value: "failed_again", label: "failed again", count: formatCount(counts.failed_again) },
            { value: "skipped", label: "skipped", count: formatCount(counts.skipped) },
            { value: "waiting", label: "remaining", count: formatCount(counts.remaining) },
          ]}
        />
      </div>
      <DataTable
        name="job-items"
        label="Messages of the job"
        columns={columns}
        rows={rows}
        rowId={(item) => String(item.n)}
        ordered
        sort={{ column: "message", descending: false }}
        onEnd={onEnd}
        error={list.error}
        onRetry={() => void list.refetch()}
        viewKey={shown}
        empty={<EmptyState title="None">No message of this job is in that state.</EmptyState>}
      />
    </>
  );
}
