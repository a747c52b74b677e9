"use client";

import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import dynamic from "next/dynamic";
import { parseAsInteger, parseAsIsoDateTime, parseAsStringLiteral, useQueryState, useQueryStates } from "nuqs";
import { useCallback, useMemo } from "react";
import { auditColumns } from "@/components/audit/audit-columns";
import { actionWords, auditNames, completions, filterOf, filterProblem } from "@/components/audit/audit-words";
import { PanelSkeleton } from "@/components/messages/panel-skeleton";
import { useVhost } from "@/components/shell/vhost";
import { DataTable } from "@/components/ui/data-table/data-table";
import { EmptyState } from "@/components/ui/empty-state";
import { FilterBar } from "@/components/ui/filter/filter-bar";
import { FilterField } from "@/components/ui/filter/filter-field";
import { useFilter } from "@/components/ui/filter/use-filter";
import { useMedia } from "@/components/ui/media";
import { PageHead } from "@/components/ui/page-head";
import { RelativeTime } from "@/components/ui/relative-time";
import { Select } from "@/components/ui/select";
import { SplitView } from "@/components/ui/split-view";
import { TimeField } from "@/components/ui/time-field";
import { VisibleText } from "@/components/ui/visible-text";
import { type AuditFilter, auditOutcomes, auditQuery } from "@/lib/api-client/audit";
import { whoamiQuery } from "@/lib/api-client/session";

// The list needs none of it.
const AuditPanel = dynamic(() => import("@/components/audit/audit-panel").then((parts) => parts.AuditPanel), {
  ssr: false,
  loading: PanelSkeleton,
});

const hour = 3_600_000;
const spans = { hour, day: 24 * hour, week: 7 * 24 * hour } as const;
const times = ["any", "hour", "day", "week", "between"] as const;
const timeWords = {
  any: "At any time",
  hour: "Last hour",
  day: "Last 24 hours",
  week: "Last 7 days",
  between: "From … until …",
} as const;

/** Who did what: changes over HTTP and the console, what was destroyed over AMQP, and what was refused. */
export function AuditPage() {
  const { data: me } = useQuery(whoamiQuery());
  if (me !== undefined && !me.may.administer) {
    return (
      <>
        <PageHead title="Audit" divided />
        <EmptyState title="Only administrators may read the audit log">
          It says who changed what. Ask one of them for the tag <code>administrator</code>.
        </EmptyState>
      </>
    );
  }
  return <AuditLog />;
}

function AuditLog() {
  const { vhost } = useVhost();
  const { query, setQuery, key, filtered } = useFilter(auditNames);
  const [choice, setChoice] = useQueryStates({
    result: parseAsStringLiteral(auditOutcomes),
    time: parseAsStringLiteral(times).withDefault("any"),
    since: parseAsIsoDateTime,
    until: parseAsIsoDateTime,
  });
  const [open, setOpen] = useQueryState("line", parseAsInteger);
  const wide = useMedia("(width >= 1024px)");
  const { result, time, since, until } = choice;
  const filter: AuditFilter = {
    ...filterOf(query),
    ...(vhost !== null && { vhost }),
    ...(result !== null && { outcome: result }),
    ...(time === "between"
      ? { ...(since && { since: since.toISOString() }), ...(until && { until: until.toISOString() }) }
      : time !== "any" && { within: spans[time] }),
  };
  const problem = filterProblem(filter);
  const list = useInfiniteQuery({ ...auditQuery(filter), enabled: problem === undefined });
  const loaded = useMemo(() => list.data?.pages.flatMap((page) => page.items), [list.data]);
  const rows = problem === undefined ? loaded : [];
  const opened = loaded?.find(({ id }) => id === open);
  const { hasNextPage, isFetching, fetchNextPage } = list;
  const onEnd = useCallback(() => {
    if (hasNextPage && !isFetching) void fetchNextPage();
  }, [hasNextPage, isFetching, fetchNextPage]);
  const columns = useMemo(() => auditColumns(vhost === null, opened !== undefined && wide), [vhost, opened, wide]);
  const close = () => void setOpen(null);
  return (
    <SplitView
      name="audit"
      panelLabel="What was done"
      onClose={close}
      width={460}
      panel={opened === undefined ? null : <AuditPanel line={opened} onClose={close} onFilter={setQuery} />}
    >
      <PageHead title="Audit" note="Who did what, and who was not let" divided />
      <FilterBar>
        <FilterField
          query={query}
          onChange={setQuery}
          names={auditNames}
          label="Search the audit log"
          placeholder="An object's name, user:guest, action:queue.purge"
          complete={(word) => completions(word, loaded ?? [])}
          completeTitle="Narrow by"
        />
      </FilterBar>
      <div className="flex shrink-0 flex-wrap items-center gap-2 px-4 pb-2">
        <Select
          aria-label="Result"
          className="w-36"
          value={result ?? ""}
          options={[
            { value: "" as const, label: "Every result" },
            ...auditOutcomes.map((value) => ({ value, label: value })),
          ]}
          onChange={(value) => void setChoice({ result: value === "" ? null : value })}
        />
        <Select
          aria-label="Time"
          className="w-36"
          value={time}
          options={times.map((value) => ({ value, label: timeWords[value] }))}
          onChange={(value) => void setChoice({ time: value })}
        />
        {time === "between" && (
          <>
            <span className="w-52">
              <TimeField aria-label="From" value={since} onChange={(value) => void setChoice({ since: value })} />
            </span>
            <span className="w-52">
              <TimeField aria-label="Until" value={until} onChange={(value) => void setChoice({ until: value })} />
            </span>
          </>
        )}
      </div>
      <DataTable
        name="audit"
        label="Audit log"
        columns={columns}
        rows={rows}
        rowId={(line) => String(line.id)}
        ordered
        sort={{ column: "at", descending: true }}
        openId={open === null ? null : String(open)}
        onOpen={(line) => void setOpen(line.id)}
        onClose={close}
        onEnd={onEnd}
        primary
        secondLine={(line) => (
          <span className="text-ink-3">
            {actionWords(line.action)} by <VisibleText text={line.user} />, <RelativeTime at={line.at} />
          </span>
        )}
        filtered={filtered || vhost !== null || result !== null || time !== "any"}
        viewKey={`${vhost} ${key} ${result} ${time} ${since?.getTime()} ${until?.getTime()}`}
        error={problem === undefined ? list.error : null}
        onRetry={() => void list.refetch()}
        empty={
          <EmptyState title="Nothing was done yet">
            Each change over the console, the HTTP API or rabbitmqadmin is written here, and so is what is deleted or
            purged over AMQP. Bodies of messages never are.
          </EmptyState>
        }
        nothingMatches={
          <EmptyState title="Nothing matches">
            {problem ??
              "The object's name must be whole; action: may end in a dot, as in action:queue. for all that was done to queues."}
            {vhost !== null &&
              " Logins, users and tokens are of no virtual host: choose all in the top bar to see them."}
          </EmptyState>
        }
      />
    </SplitView>
  );
}
