"use client";

import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { parseAsString, parseAsStringLiteral, useQueryState } from "nuqs";
import { type ReactNode, useCallback, useEffect, useMemo, useState } from "react";
import { DiscardDialog, RetryElsewhereDialog, type Target } from "@/components/dead-letters/action-dialogs";
import { deadLetterColumns, LastError } from "@/components/dead-letters/dead-letter-columns";
import { OutcomeNote } from "@/components/dead-letters/outcome-note";
import { DeadLetterSelectionActions } from "@/components/dead-letters/selection-actions";
import { useDeadLetterActions } from "@/components/dead-letters/use-actions";
import { useJobCards } from "@/components/jobs/jobs-here";
import { LateRetryDialog, type RetryTarget } from "@/components/jobs/late-retry-dialog";
import { useJobActions } from "@/components/jobs/use-job-actions";
import { LateMessagePanel, useMessagePanelSoon } from "@/components/messages/late-panel";
import { usePinReader } from "@/components/messages/message-columns";
import {
  completeMessageWord,
  hitsOf,
  messageQualifiers,
  searchOf,
  withTerm,
} from "@/components/messages/message-filter";
import { PinNote } from "@/components/messages/pin-note";
import { QueueChooser } from "@/components/messages/queue-chooser";
import { usePins } from "@/components/messages/use-pins";
import { withVhost } from "@/components/shell/vhost";
import { Button, ButtonLink } from "@/components/ui/button";
import { ColumnsButton, DensityButton } from "@/components/ui/data-table/columns-button";
import { DataTable } from "@/components/ui/data-table/data-table";
import { ListFoot } from "@/components/ui/data-table/list-foot";
import { useSelection } from "@/components/ui/data-table/use-selection";
import { EmptyState } from "@/components/ui/empty-state";
import { FilterBar, SelectionBar } from "@/components/ui/filter/filter-bar";
import { FilterField } from "@/components/ui/filter/filter-field";
import { type Query, writeQuery } from "@/components/ui/filter/query";
import { useFilter } from "@/components/ui/filter/use-filter";
import { useMedia, usePhone } from "@/components/ui/media";
import { Select } from "@/components/ui/select";
import { SplitView } from "@/components/ui/split-view";
import { ViewsButton } from "@/components/views/late-views";
import { encodeName } from "@/lib/api-client/client";
import {
  type DeadLetter,
  type DeadLetterFilter,
  type DeadLetterSelection,
  deadLetterCountQuery,
  deadLettersQuery,
} from "@/lib/api-client/dead-letters";
import { queueCountsQuery } from "@/lib/api-client/queue-counts";
import { deathReasons } from "@/lib/broker/message";
import { formatCount } from "@/lib/format/numbers";

const qualifiers = messageQualifiers.filter((name) => name !== "state");
/** Names a dead letter in the URL and in a selection: `123@vhost@queue`, the vhost percent-encoded. */
const letterId = (letter: DeadLetter) => `${letter.id}@${encodeName(letter.vhost)}@${letter.queue}`;
/** More than so many are retried or discarded by a job, which goes on without this page. */
const atOnce = 500;
const previewBytes = 512;
const pinnedBytes = 16 * 1024;

const reasonChoices = [{ value: "", label: "Any reason" }, ...deathReasons.map((value) => ({ value, label: value }))];

/** The value of a qualifier in a query; empty where it isn't there. */
function termOf(query: Query, name: string): string {
  return query.terms.findLast((term) => term.name === name)?.value ?? "";
}

function parseLetterId(text: string | null): { id: number; vhost: string; queue: string } | null {
  const parts = /^(\d{1,16})@([^@]*)@(.*)$/s.exec(text ?? "");
  if (parts?.[3] === undefined) return null;
  try {
    return { id: Number(parts[1]), vhost: decodeURIComponent(parts[2] ?? ""), queue: parts[3] };
  } catch {
    return null;
  }
}

/**
 * Dead letters one by one, of one vhost or all, or of one cause: what died, where and why; retry or discard one, some,
 * or all that match.
 * @param lead stands above the list
 */
export function LettersView({
  vhost,
  group,
  lead,
}: {
  vhost: string | null;
  /** Only those of this cause. */
  group?: string;
  lead?: ReactNode;
}) {
  const { query, setQuery, clear, filtered, key } = useFilter(qualifiers);
  const [order, setOrder] = useQueryState("order", parseAsStringLiteral(["newest", "oldest"]).withDefault("newest"));
  const [opened, setOpened] = useQueryState("message", parseAsString);
  const pins = usePins(`dead ${vhost ?? ""}`);
  const phone = usePhone();
  useMessagePanelSoon();
  const wide = useMedia("(width >= 1024px)");
  const selection = useSelection();
  const [discarding, setDiscarding] = useState<Target | null>(null);
  const [sending, setSending] = useState<Target | null>(null);
  const [planned, setPlanned] = useState<{ target: RetryTarget; elsewhere: boolean } | null>(null);

  const filter = useMemo((): DeadLetterFilter => {
    const { queue, q } = searchOf(query);
    return { vhost, queue, q, group };
  }, [query, vhost, group]);
  const hits = useMemo(() => hitsOf(query), [query]);
  const list = useInfiniteQuery(deadLettersQuery(filter, order, pins.pinned.length > 0 ? pinnedBytes : previewBytes));
  const matching = useQuery(deadLetterCountQuery(filter)).data;
  const rows = useMemo(() => list.data?.pages.flatMap((page) => page.items), [list.data]);
  const { data: queues } = useQuery(queueCountsQuery(vhost));

  // What is selected stays selected only in the list that it was selected in.
  const { clear: clearSelection } = selection;
  const view = `${vhost ?? ""} ${group ?? ""} ${key}`;
  // biome-ignore lint/correctness/useExhaustiveDependencies: cleared exactly when the view changes.
  useEffect(clearSelection, [view]);

  const open = parseLetterId(opened);
  const openId = open === null ? null : opened;
  const listed = useMemo(() => rows?.find((row) => letterId(row) === openId), [rows, openId]);
  const narrow = open !== null && wide;
  const readPin = usePinReader(pins.pinned);
  const columns = useMemo(
    () =>
      deadLetterColumns({
        vhosts: vhost === null,
        pins: pins.pinned,
        sample: rows ?? [],
        readPin,
        phone,
        narrow,
        oneCause: group !== undefined,
      }),
    [vhost, pins.pinned, rows, readPin, phone, narrow, group],
  );
  const isOpen = open !== null;
  const onOpen = useCallback(
    (letter: DeadLetter) => void setOpened(letterId(letter), { history: isOpen ? "replace" : "push" }),
    [setOpened, isOpen],
  );
  const onClose = useCallback(() => void setOpened(null), [setOpened]);
  const { hasNextPage, isFetchingNextPage, isFetching, fetchNextPage } = list;
  const onEnd = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage && !isFetching) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, isFetching, fetchNextPage]);

  const { target, inVhost, spans } = useTarget(selection, rows, filter, matching ?? 0);
  const actions = useDeadLetterActions(inVhost, clearSelection);
  const jobs = useJobActions();
  const cards = useJobCards(group === undefined ? "dead-letters" : `group.${group}`);
  const plan = ({ selection: chosen, count, what }: Target, elsewhere: boolean) =>
    setPlanned({ target: { vhost: inVhost, selection: chosen, count, what }, elsewhere });
  const discard = async (chosen: Target) => {
    if (chosen.count <= atOnce) await actions.discard(chosen.selection);
    else cards.keep((await jobs.start({ kind: "discard", vhost: inVhost, ...chosen.selection })).id);
    clearSelection();
  };
  const names = useMemo(() => (queues ?? []).map((queue) => queue.name), [queues]);

  return (
    <>
      <SplitView
        name="dead-letters"
        panelLabel={open ? `Dead letter ${open.id}` : "Dead letter"}
        onClose={onClose}
        panel={
          open && (
            <LateMessagePanel
              key={openId}
              vhost={open.vhost}
              queue={open.queue}
              id={open.id}
              listed={listed}
              hits={hits}
              pins={pins}
              onClose={onClose}
            />
          )
        }
      >
        {lead}
        {target ? (
          <SelectionBar selection={selection} {...(matching !== undefined && { total: matching })}>
            <DeadLetterSelectionActions
              target={target}
              actions={actions}
              {...(target.count > atOnce && { onRetry: () => plan(target, false) })}
              onRetryElsewhere={target.count > atOnce ? () => plan(target, true) : setSending}
              onDiscard={setDiscarding}
              disabledReason={spans ? "These are of several virtual hosts. Choose one in the top bar first" : undefined}
            />
          </SelectionBar>
        ) : (
          <FilterBar
            end={
              <>
                <ViewsButton page="dead-letters" />
                <ColumnsButton name="dead-letters" columns={columns} />
                <DensityButton />
              </>
            }
          >
            <FilterField
              query={query}
              onChange={setQuery}
              names={qualifiers}
              label="Search dead letters"
              placeholder="Text, or origin: reason: error: queue: headers. body."
              completeTitle="What dead letters can be searched by"
              complete={(word) => completeMessageWord(word, names, qualifiers)}
            />
            {!narrow && !phone && group === undefined && (
              <>
                <Select
                  aria-label="Reason"
                  className="w-36 shrink-0"
                  value={termOf(query, "reason")}
                  options={reasonChoices}
                  onChange={(reason) => setQuery(withTerm(query, "reason", reason || null))}
                />
                <QueueChooser
                  vhost={vhost}
                  label="Died in"
                  all="Died in any queue"
                  value={termOf(query, "origin") || undefined}
                  onChange={(origin) => setQuery(withTerm(query, "origin", origin))}
                />
              </>
            )}
          </FilterBar>
        )}
        <OutcomeNote actions={actions} />
        <DataTable
          name="dead-letters"
          label="Dead letters"
          columns={columns}
          rows={rows}
          rowId={letterId}
          ordered
          sort={{ column: "age", descending: order === "oldest" }}
          onSort={(sort) => void setOrder(sort.descending ? "oldest" : "newest")}
          selection={selection}
          openId={openId}
          onOpen={onOpen}
          onClose={onClose}
          primary
          secondLine={(letter) => (
            <>
              <span className="text-ink-3">{letter.death.reason}</span>
              <span className="clip-text">
                <LastError letter={letter} />
              </span>
            </>
          )}
          filtered={filtered}
          viewKey={view}
          error={list.error}
          onRetry={() => void list.refetch()}
          onEnd={onEnd}
          empty={
            group === undefined ? (
              <Empty vhost={vhost} />
            ) : (
              <EmptyState title="Nothing of this cause is left">
                All of it was retried, discarded or has expired. When it happens again, it comes back here.
              </EmptyState>
            )
          }
          nothingMatches={
            <EmptyState title="Nothing matches" actions={<Button onClick={clear}>Show all dead letters</Button>}>
              No dead letter has all of <code className="break-all">{writeQuery(query)}</code>.
            </EmptyState>
          }
        />
        <PinNote pins={pins} />
        <ListFoot
          keys={[
            [["j", "k"], "next"],
            [["x"], "select"],
            [["Enter"], "open"],
            [["z"], "undo"],
          ]}
        >
          {rows && matching !== undefined && (
            <span>
              {rows.length >= matching
                ? formatCount(matching)
                : `${formatCount(rows.length)} of ${formatCount(matching)}`}
            </span>
          )}
        </ListFoot>
      </SplitView>
      <DiscardDialog target={discarding} onDiscard={discard} onClose={() => setDiscarding(null)} />
      <LateRetryDialog
        target={planned?.target ?? null}
        elsewhere={planned?.elsewhere ?? false}
        onClose={() => setPlanned(null)}
        onStarted={(job) => {
          cards.keep(job.id);
          clearSelection();
        }}
      />
      <RetryElsewhereDialog vhost={inVhost} target={sending} actions={actions} onClose={() => setSending(null)} />
    </>
  );
}

/** What is selected as the API takes it, its exact count, and the one vhost that it is in. */
function useTarget(
  selection: { ids: ReadonlySet<string>; everything: boolean },
  rows: readonly DeadLetter[] | undefined,
  filter: DeadLetterFilter,
  matching: number,
): { target: Target | null; inVhost: string; spans: boolean } {
  return useMemo(() => {
    if (selection.everything) {
      const loaded = new Set((rows ?? []).map((row) => row.vhost));
      const { vhost, queue, q } = filter;
      const wanted: DeadLetterSelection = {
        all: true,
        ...(queue !== undefined && { queue }),
        ...(q !== "" && { q }),
        ...(filter.group !== undefined && { group: filter.group }),
      };
      const words = [queue !== undefined && `queue:${queue}`, q].filter(Boolean).join(" ");
      return {
        target: {
          selection: wanted,
          count: matching,
          what:
            words === ""
              ? filter.group === undefined
                ? "All there are"
                : "All of this cause"
              : `All that match ${words}`,
        },
        inVhost: vhost ?? [...loaded][0] ?? "/",
        spans: vhost === null && (loaded.size > 1 || (rows?.length ?? 0) < matching),
      };
    }
    const refs = [...selection.ids].flatMap((id) => parseLetterId(id) ?? []);
    const vhosts = new Set(refs.map((ref) => ref.vhost));
    return {
      target:
        refs.length === 0
          ? null
          : { selection: { ids: refs.map(({ queue, id }) => ({ queue, id })) }, count: refs.length },
      inVhost: [...vhosts][0] ?? filter.vhost ?? "/",
      spans: vhosts.size > 1,
    };
  }, [selection.everything, selection.ids, rows, filter, matching]);
}

function Empty({ vhost }: { vhost: string | null }) {
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
      too often, and its queue has a dead-letter exchange. The sample workload makes some on purpose.
    </EmptyState>
  );
}
