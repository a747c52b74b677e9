"use client";

import { useInfiniteQuery } from "@tanstack/react-query";
import dynamic from "next/dynamic";
import { parseAsBoolean, parseAsString, parseAsStringLiteral, useQueryState } from "nuqs";
import { useCallback, useMemo } from "react";
import { CauseList } from "@/components/dead-letters/cause-list";
import { PanelSkeleton } from "@/components/messages/panel-skeleton";
import { withVhost } from "@/components/shell/vhost";
import { Button, ButtonLink } from "@/components/ui/button";
import { Checkbox } from "@/components/ui/checkbox";
import { EmptyState } from "@/components/ui/empty-state";
import { ErrorState } from "@/components/ui/error-state";
import { FilterBar } from "@/components/ui/filter/filter-bar";
import { FilterField } from "@/components/ui/filter/filter-field";
import { useFilter } from "@/components/ui/filter/use-filter";
import { useMedia } from "@/components/ui/media";
import { Select } from "@/components/ui/select";
import { SplitView } from "@/components/ui/split-view";
import { ViewsButton } from "@/components/views/late-views";
import { type GroupFilter, type GroupSort, groupSorts, groupsQuery } from "@/lib/api-client/groups";

const qualifiers = ["queue", "reason", "error", "status", "owner"] as const;
const sortWords: Readonly<Record<GroupSort, string>> = {
  count: "Most",
  last_seen: "Latest",
  first_seen: "Newest cause",
  recent: "Most in the last hour",
};

// What the list of causes needs none of: letters, dialogs, jobs.
const CauseDetail = dynamic(() => import("@/components/dead-letters/cause-detail").then((parts) => parts.CauseDetail), {
  ssr: false,
  loading: PanelSkeleton,
});

/** Dead letters by their causes: the list of causes, and one of them with its letters. */
export function CausesView({ vhost }: { vhost: string | null }) {
  const [open, setOpen] = useQueryState("group", parseAsString.withOptions({ history: "push" }));
  const [message] = useQueryState("message", parseAsString);
  const [sort, setSort] = useQueryState("sort", parseAsStringLiteral(groupSorts).withDefault("count"));
  const [empty, setEmpty] = useQueryState("empty", parseAsBoolean.withDefault(false));
  const { query, setQuery, clear, filtered } = useFilter(qualifiers, "cause");
  const wide = useMedia("(width >= 1024px)");
  const filter = useMemo((): GroupFilter => {
    const term = (name: string) => query.terms.findLast((each) => each.name === name)?.value;
    return {
      vhost,
      queue: term("queue"),
      reason: term("reason"),
      errorType: term("error"),
      status: term("status"),
      assignee: term("owner"),
      q: query.text,
      empty,
    };
  }, [vhost, query, empty]);
  const list = useInfiniteQuery(groupsQuery(filter, sort));
  const groups = useMemo(() => list.data?.pages.flatMap((page) => page.items), [list.data]);
  const { hasNextPage, isFetching, fetchNextPage } = list;
  const onEnd = useCallback(() => {
    if (hasNextPage && !isFetching) void fetchNextPage();
  }, [hasNextPage, isFetching, fetchNextPage]);
  const close = useCallback(() => void setOpen(null), [setOpen]);

  // A letter beside its list needs the room of the causes.
  if (open !== null && message !== null && wide) return <CauseDetail id={open} onClose={close} />;
  return (
    <SplitView
      name="causes"
      panelLabel="Cause"
      onClose={close}
      width={736}
      panel={open === null ? null : <CauseDetail key={open} id={open} onClose={close} />}
    >
      <FilterBar end={<ViewsButton page="dead-letters" />}>
        <FilterField
          query={query}
          onChange={setQuery}
          names={qualifiers}
          label="Search causes"
          placeholder="Text, or queue: reason: error: status: owner:"
          completeTitle="What causes can be searched by"
          complete={complete}
        />
        <Select
          aria-label="Order"
          className="w-40 shrink-0 phone:w-28"
          value={sort}
          options={groupSorts.map((value) => ({ value, label: sortWords[value] }))}
          onChange={(value) => void setSort(value)}
        />
      </FilterBar>
      {list.error !== null && groups === undefined ? (
        <ErrorState error={list.error} onRetry={() => void list.refetch()} />
      ) : groups === undefined ? (
        <PanelSkeleton />
      ) : groups.length === 0 ? (
        <div className="min-h-0 flex-1 overflow-y-auto">
          <NoCauses filtered={filtered} vhost={vhost} clear={clear} />
        </div>
      ) : (
        <CauseList
          groups={groups}
          openId={open}
          vhosts={vhost === null}
          onOpen={(group) => void setOpen(group.id)}
          onEnd={onEnd}
        />
      )}
      <footer className="flex shrink-0 flex-wrap items-center justify-between gap-x-3 border-t border-line bg-bg px-4 py-1.5 text-11 text-ink-3">
        <span>Numbers and ids are taken out of an error before it is compared, so one cause is one row.</span>
        <Checkbox checked={empty} onCheckedChange={(checked) => void setEmpty(checked || null)}>
          also those with none left
        </Checkbox>
      </footer>
    </SplitView>
  );
}

function complete(word: string) {
  if (word === "") return [];
  const words = [
    "queue:",
    "error:",
    "owner:",
    ...["rejected", "expired", "maxlen", "delivery_limit"].map((reason) => `reason:${reason}`),
    ...["open", "acknowledged", "resolved"].map((status) => `status:${status}`),
  ];
  return words.filter((each) => each.startsWith(word) && each !== word).map((insert) => ({ insert }));
}

function NoCauses({ filtered, vhost, clear }: { filtered: boolean; vhost: string | null; clear: () => void }) {
  if (filtered) {
    return (
      <EmptyState title="Nothing matches" actions={<Button onClick={clear}>Show all causes</Button>}>
        No cause has all of that.
      </EmptyState>
    );
  }
  return (
    <EmptyState
      title={vhost === null ? "No dead letters" : `No dead letters in ${vhost}`}
      actions={
        <>
          <ButtonLink href={withVhost("/queues", vhost)}>Look at the queues</ButtonLink>
          <ButtonLink variant="ghost" href="/">
            Start the sample workload
          </ButtonLink>
        </>
      }
    >
      A message comes here when a consumer rejects it, when it expires, when its queue is full or when it was delivered
      too often, and its queue has a dead-letter exchange. Those of one cause stand together.
    </EmptyState>
  );
}
