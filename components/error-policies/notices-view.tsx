"use client";

import { useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useMemo, useState } from "react";
import { reasonWords } from "@/components/error-policies/policy-words";
import { useForbiddenChange } from "@/components/shell/permission";
import { Button } from "@/components/ui/button";
import type { Column } from "@/components/ui/data-table/columns";
import { DataTable } from "@/components/ui/data-table/data-table";
import { EmptyState } from "@/components/ui/empty-state";
import { ErrorNote } from "@/components/ui/error-state";
import { FilterBar } from "@/components/ui/filter/filter-bar";
import { RelativeTime } from "@/components/ui/relative-time";
import { Select } from "@/components/ui/select";
import { StateGlyph, type StateName } from "@/components/ui/state-glyph";
import { VisibleText } from "@/components/ui/visible-text";
import { type Notice, noticesQuery, retryNotice } from "@/lib/api-client/notifications";
import { formatCount } from "@/lib/format/numbers";

const states = ["collecting", "waiting", "sent", "failed"] as const;
const glyphs: Readonly<Record<Notice["state"], { glyph: StateName; word: string }>> = {
  collecting: { glyph: "progress", word: "collecting" },
  waiting: { glyph: "delayed", word: "waiting" },
  sent: { glyph: "running", word: "sent" },
  failed: { glyph: "dead", word: "failed" },
};

/** What was told to whom, whether it arrived, and when the next try is. */
export function NoticesView() {
  const client = useQueryClient();
  const [state, setState] = useState<Notice["state"] | "">("");
  const [failure, setFailure] = useState<unknown>(null);
  const forbidden = useForbiddenChange();
  const list = useInfiniteQuery(noticesQuery(state === "" ? {} : { state }));
  const rows = useMemo(() => list.data?.pages.flatMap((page) => page.items), [list.data]);
  const { hasNextPage, isFetching, fetchNextPage } = list;
  const onEnd = useCallback(() => {
    if (hasNextPage && !isFetching) void fetchNextPage();
  }, [hasNextPage, isFetching, fetchNextPage]);
  const again = useCallback(
    async (notice: Notice) => {
      setFailure(null);
      try {
        await retryNotice(notice.id);
      } catch (error) {
        setFailure(error);
      } finally {
        void client.invalidateQueries({ queryKey: ["notifications"] });
      }
    },
    [client],
  );
  const columns = useMemo(() => columnsOf(forbidden, (notice) => void again(notice)), [forbidden, again]);
  return (
    <>
      <FilterBar>
        <Select
          aria-label="State"
          className="w-40"
          value={state}
          options={[
            { value: "" as const, label: "Every state" },
            ...states.map((value) => ({ value, label: glyphs[value].word })),
          ]}
          onChange={setState}
        />
      </FilterBar>
      {failure !== null && (
        <div className="px-4 pb-2">
          <ErrorNote title="The notice was not sent again." error={failure} />
        </div>
      )}
      <DataTable
        name="notices"
        label="Notices"
        columns={columns}
        rows={rows}
        rowId={(notice) => notice.id}
        ordered
        sort={{ column: "at", descending: true }}
        onEnd={onEnd}
        primary
        secondLine={(notice) => (
          <span className="text-ink-3">
            {formatCount(notice.count)} in <VisibleText text={notice.queue} />
          </span>
        )}
        filtered={state !== ""}
        viewKey={state}
        error={list.error}
        onRetry={() => void list.refetch()}
        empty={
          <EmptyState title="Nothing was told yet">
            When a rule tells somebody of a failure, it stands here with each try to send it.
          </EmptyState>
        }
        nothingMatches={<EmptyState title="Nothing matches">No notice is in that state.</EmptyState>}
      />
    </>
  );
}

function columnsOf(forbidden: string | undefined, again: (notice: Notice) => void): Column<Notice>[] {
  return [
    {
      id: "state",
      label: "State",
      width: 104,
      fixed: true,
      cell: (notice) => <StateGlyph state={glyphs[notice.state].glyph} label={glyphs[notice.state].word} />,
    },
    { id: "target", label: "Told", width: 120, fixed: true, cell: (notice) => <VisibleText text={notice.target} /> },
    { id: "count", label: "Failures", width: 76, align: "end", cell: (notice) => formatCount(notice.count) },
    {
      id: "what",
      label: "Of what",
      width: 200,
      grow: true,
      cell: (notice) => (
        <span className="text-ink-2">
          <VisibleText
            text={(
              [notice.error_type, notice.error_message].filter(Boolean).join(": ") ||
              (reasonWords[notice.reason] ?? notice.reason)
            ).slice(0, 200)}
          />
        </span>
      ),
    },
    {
      id: "queue",
      label: "In",
      width: 140,
      cell: (notice) => (
        <span className="mono">
          <VisibleText text={notice.queue} />
        </span>
      ),
    },
    { id: "policy", label: "By the rule", width: 130, cell: (notice) => <VisibleText text={notice.policy} /> },
    {
      id: "tries",
      label: "Last try",
      width: 180,
      cell: ({ attempts, next_at: next }) => {
        const last = attempts.at(-1);
        if (last === undefined) return next === null ? "" : <RelativeTime at={next} />;
        return (
          <span className={last.result === "failed" ? "text-danger" : "text-ink-2"} title={last.error ?? undefined}>
            <RelativeTime at={last.at} />
            {last.error !== null && `: ${last.error.slice(0, 80)}`}
          </span>
        );
      },
    },
    {
      id: "at",
      label: "Since",
      width: 90,
      align: "end",
      cell: (notice) => (
        <span className="text-ink-2">
          <RelativeTime at={notice.first_at} />
        </span>
      ),
    },
    {
      id: "again",
      label: "Again",
      width: 104,
      align: "end",
      fixed: true,
      phone: false,
      cell: (notice) =>
        notice.state === "failed" && (
          <Button disabledReason={forbidden} onClick={() => again(notice)}>
            Send again
          </Button>
        ),
    },
  ];
}
