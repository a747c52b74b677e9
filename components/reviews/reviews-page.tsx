"use client";

import { useInfiniteQuery } from "@tanstack/react-query";
import dynamic from "next/dynamic";
import { parseAsBoolean, parseAsInteger, parseAsString, parseAsStringLiteral, useQueryState } from "nuqs";
import { useCallback, useMemo } from "react";
import { PanelSkeleton } from "@/components/messages/panel-skeleton";
import { QueueChooser } from "@/components/messages/queue-chooser";
import { decisionWords, reviewTitle } from "@/components/reviews/review-words";
import { useVhost } from "@/components/shell/vhost";
import { ButtonLink } from "@/components/ui/button";
import { Checkbox } from "@/components/ui/checkbox";
import type { Column } from "@/components/ui/data-table/columns";
import { DataTable } from "@/components/ui/data-table/data-table";
import { EmptyState } from "@/components/ui/empty-state";
import { FilterBar } from "@/components/ui/filter/filter-bar";
import { useMedia } from "@/components/ui/media";
import { PageHead } from "@/components/ui/page-head";
import { RelativeTime } from "@/components/ui/relative-time";
import { Segments } from "@/components/ui/segments";
import { SplitView } from "@/components/ui/split-view";
import { Tag } from "@/components/ui/tag";
import { NameText, VisibleText } from "@/components/ui/visible-text";
import { type Review, type ReviewState, reviewsQuery } from "@/lib/api-client/reviews";

// The list needs none of its viewers.
const ReviewPanel = dynamic(() => import("@/components/reviews/review-panel").then((parts) => parts.ReviewPanel), {
  ssr: false,
  loading: PanelSkeleton,
});

const shown = ["open", "decided"] as const;
const statesOf: Readonly<Record<(typeof shown)[number], readonly ReviewState[]>> = {
  open: ["waiting", "claimed"],
  decided: ["decided"],
};

/** Messages that an error policy keeps until a person has decided. */
export function ReviewsPage() {
  const { vhost } = useVhost();
  const [which, setWhich] = useQueryState("show", parseAsStringLiteral(shown).withDefault("open"));
  const [queue, setQueue] = useQueryState("queue", parseAsString);
  const [mine, setMine] = useQueryState("mine", parseAsBoolean.withDefault(false));
  const [open, setOpen] = useQueryState("review", parseAsInteger);
  const wide = useMedia("(width >= 1024px)");
  const list = useInfiniteQuery(reviewsQuery({ vhost, queue: queue ?? undefined, state: statesOf[which], mine }));
  const rows = useMemo(() => list.data?.pages.flatMap((page) => page.items), [list.data]);
  const { hasNextPage, isFetching, fetchNextPage } = list;
  const onEnd = useCallback(() => {
    if (hasNextPage && !isFetching) void fetchNextPage();
  }, [hasNextPage, isFetching, fetchNextPage]);
  const columns = useMemo(() => columnsOf(vhost === null, open !== null && wide), [vhost, open, wide]);
  const close = () => void setOpen(null);
  return (
    <SplitView
      name="reviews"
      panelLabel={open === null ? "Review" : `Review ${open}`}
      onClose={close}
      width={620}
      panel={open === null ? null : <ReviewPanel key={open} id={open} onClose={close} />}
    >
      <PageHead title="Reviews" note="What waits for a person" divided />
      <FilterBar
        end={
          <Checkbox checked={mine} onCheckedChange={(checked) => void setMine(checked || null)}>
            Only mine
          </Checkbox>
        }
      >
        <Segments
          label="Show"
          value={which}
          onChange={(value) => void setWhich(value)}
          options={[
            { value: "open", label: "To decide" },
            { value: "decided", label: "Decided" },
          ]}
        />
        <QueueChooser
          vhost={vhost}
          value={queue ?? undefined}
          all="Failed in any queue"
          onChange={(name) => void setQueue(name)}
        />
      </FilterBar>
      <DataTable
        name="reviews"
        label="Reviews"
        columns={columns}
        rows={rows}
        rowId={(review) => String(review.id)}
        ordered
        sort={{ column: "at", descending: true }}
        openId={open === null ? null : String(open)}
        onOpen={(review) => void setOpen(review.id)}
        onClose={close}
        onEnd={onEnd}
        primary
        secondLine={(review) => (
          <span className="text-ink-3">
            <VisibleText text={review.queue} />, <RelativeTime at={review.at} />
          </span>
        )}
        filtered={queue !== null || mine || which === "decided"}
        viewKey={`${vhost} ${which} ${queue} ${mine}`}
        error={list.error}
        onRetry={() => void list.refetch()}
        empty={
          <EmptyState
            title="Nothing waits for a person"
            actions={<ButtonLink href="/error-policies">Look at the error policies</ButtonLink>}
          >
            A message comes here when a rule with the action “a person decides” matches its failure. It waits until
            somebody retries, edits, forwards or discards it.
          </EmptyState>
        }
        nothingMatches={<EmptyState title="Nothing matches">No review is of that queue, state and person.</EmptyState>}
      />
    </SplitView>
  );
}

function columnsOf(vhosts: boolean, narrow: boolean): Column<Review>[] {
  const columns: Column<Review>[] = [
    {
      id: "why",
      label: "Why it failed",
      width: 200,
      grow: true,
      fixed: true,
      phone: true,
      cell: (review) => (
        <span title={reviewTitle(review).slice(0, 500)}>
          <VisibleText text={reviewTitle(review).slice(0, 240)} />
        </span>
      ),
    },
    {
      id: "queue",
      label: "Failed in",
      width: 150,
      fixed: true,
      cell: (review) => (
        <span className="mono">
          <VisibleText text={review.queue} />
        </span>
      ),
    },
    {
      id: "vhost",
      label: "Virtual host",
      width: 110,
      hidden: !vhosts,
      cell: (review) => (
        <span className="mono">
          <NameText text={review.vhost} />
        </span>
      ),
    },
    { id: "policy", label: "Kept by", width: 150, cell: (review) => <VisibleText text={review.policy} /> },
    {
      id: "who",
      label: "Who",
      width: 140,
      fixed: true,
      cell: (review) =>
        review.decision !== null ? (
          <span>
            <VisibleText text={review.decision.by} />{" "}
            <span className="text-ink-3">{decisionWords[review.decision.kind]}</span>
          </span>
        ) : review.claimed_by === null ? (
          <span className="text-ink-3">nobody yet</span>
        ) : (
          <Tag tone="info">{review.claimed_by}</Tag>
        ),
    },
    {
      id: "at",
      label: "Waits for",
      width: 90,
      align: "end",
      cell: (review) => (
        <span className="text-ink-2">
          <RelativeTime at={review.at} age />
        </span>
      ),
    },
  ];
  return narrow ? columns.filter(({ id }) => id === "why" || id === "who") : columns;
}
