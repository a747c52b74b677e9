"use client";

import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import clsx from "clsx";
import { Download, RefreshCw } from "lucide-react";
import dynamic from "next/dynamic";
import { parseAsString, parseAsStringLiteral, useQueryState } from "nuqs";
import { type ReactNode, useCallback, useMemo } from "react";
import { LateMessagePanel, useMessagePanelSoon } from "@/components/messages/late-panel";
import { fullRefText, parseFullRef, parseRef, refText } from "@/components/messages/links";
import { messageColumns, Preview, usePinReader } from "@/components/messages/message-columns";
import {
  completeMessageWord,
  hitsOf,
  messageQualifiers,
  searchOf,
  withTerm,
} from "@/components/messages/message-filter";
import { PinNote } from "@/components/messages/pin-note";
import { usePins } from "@/components/messages/use-pins";
import { useStateCounts } from "@/components/messages/use-state-counts";
import { withVhost } from "@/components/shell/vhost";
import { Button, ButtonLink } from "@/components/ui/button";
import { saveFile } from "@/components/ui/clipboard";
import { ColumnsButton, DensityButton } from "@/components/ui/data-table/columns-button";
import { DataTable } from "@/components/ui/data-table/data-table";
import { ListFoot } from "@/components/ui/data-table/list-foot";
import { EmptyState } from "@/components/ui/empty-state";
import { FilterField } from "@/components/ui/filter/filter-field";
import type { Query } from "@/components/ui/filter/query";
import { useFilter } from "@/components/ui/filter/use-filter";
import { useMedia, usePhone } from "@/components/ui/media";
import { Segments } from "@/components/ui/segments";
import { SplitView } from "@/components/ui/split-view";
import { NameText } from "@/components/ui/visible-text";
import { ViewsButton } from "@/components/views/late-views";
import { liveWhileFew, type Message, messagesQuery } from "@/lib/api-client/messages";
import { queueCountsQuery } from "@/lib/api-client/queue-counts";
import { messageStates } from "@/lib/broker/message";
import { formatCount, formatNoun } from "@/lib/format/numbers";

/** Only lists of several queues have it. */
const QueueChooser = dynamic(
  () => import("@/components/messages/queue-chooser").then((module) => module.QueueChooser),
  { ssr: false, loading: () => <span className="h-8 w-44 shrink-0 phone:h-10 phone:w-auto phone:flex-1" /> },
);

const stateSegments = [
  { value: "all", label: "All" },
  { value: "ready", label: "Ready" },
  { value: "unacked", label: "Unacked" },
  { value: "delayed", label: "Delayed" },
  { value: "dead", label: "Dead" },
] as const;
const orders = ["newest", "oldest"] as const;
const inQueueQualifiers = messageQualifiers.filter((name) => name !== "queue");

/** Bytes of each body in a list: enough for a line, or for fields that are pinned as columns. */
const previewBytes = 1024;
const pinnedBytes = 16 * 1024;

/**
 * The messages of one vhost, of all (null), or of one queue, read without consuming. The search, state, order, pinned fields and the
 * open message are in the URL. It fills the pane that it is in.
 */
export function MessagesView({ vhost, queue }: { vhost: string | null; queue?: string }) {
  const inQueue = queue !== undefined;
  const names = inQueue ? inQueueQualifiers : messageQualifiers;
  const { query, setQuery, clear, filtered, key } = useFilter(names);
  const [state, setState] = useQueryState(
    "state",
    parseAsStringLiteral(["all", ...messageStates] as const).withDefault("all"),
  );
  const [order, setOrder] = useQueryState(
    "order",
    parseAsStringLiteral(orders).withDefault(inQueue ? "oldest" : "newest"),
  );
  const [opened, setOpened] = useQueryState("message", parseAsString);
  const pins = usePins(`${vhost ?? ""} ${queue ?? ""}`);
  const phone = usePhone();
  useMessagePanelSoon();
  const wide = useMedia("(width >= 1024px)");

  const search = useMemo(() => searchOf(query), [query]);
  const hits = useMemo(() => hitsOf(query), [query]);
  const list = useInfiniteQuery(
    messagesQuery({
      vhost,
      queue: queue ?? search.queue,
      state: state === "all" ? undefined : state,
      order,
      q: search.q,
      bodyLimit: pins.pinned.length > 0 ? pinnedBytes : previewBytes,
    }),
  );
  const rows = useMemo(() => list.data && unique(list.data.pages.flatMap((page) => page.items)), [list.data]);
  const { idOf, open } = useMemo(() => openIn(vhost, opened), [vhost, opened]);
  const openId = open === null ? null : idOf(open);
  const listed = useMemo(() => rows?.find((row) => idOf(row) === openId), [rows, openId, idOf]);

  const narrow = open !== null && wide;
  const readPin = usePinReader(pins.pinned);
  const columns = useMemo(
    () =>
      messageColumns({
        queues: !inQueue,
        vhosts: vhost === null,
        pins: pins.pinned,
        sample: rows ?? [],
        readPin,
        phone,
        narrow,
      }),
    [inQueue, vhost, pins.pinned, rows, readPin, phone, narrow],
  );
  // Going back closes what was opened; walking on with j and k makes no history.
  const isOpen = open !== null;
  const onOpen = useCallback(
    (message: Message) => void setOpened(idOf(message), { history: isOpen ? "replace" : "push" }),
    [setOpened, isOpen, idOf],
  );
  const onClose = useCallback(() => void setOpened(null), [setOpened]);
  const { hasNextPage, isFetchingNextPage, isFetching, fetchNextPage } = list;
  const onEnd = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage && !isFetching) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, isFetching, fetchNextPage]);
  const paused = liveWhileFew({ state: list }) === false;

  const counts = useStateCounts(vhost, queue ?? search.queue);
  const counted = counts !== null && search.q === "" && !narrow && !phone;
  const segments = stateSegments.map((each) => ({
    ...each,
    ...(counted && { count: <span className="font-normal">{formatCount(counts[each.value])}</span> }),
  }));

  const onQuery = (next: Query) => {
    const asked = searchOf(next).state;
    if (asked !== undefined) void setState(asked);
    setQuery(withTerm(next, "state", null));
  };

  const download = async () => {
    const { ndjson } = await import("@/components/messages/message-export");
    saveFile(`${queue ?? "messages"}.ndjson`, ndjson(rows ?? []), "application/x-ndjson");
  };
  return (
    <>
      <div
        className={clsx(
          "flex shrink-0 flex-wrap items-center gap-2 border-b border-line px-4 py-2",
          open !== null && "phone:hidden",
        )}
      >
        <Search {...{ vhost, query, names }} onChange={onQuery} withQueues={!inQueue} />
        {!inQueue && (
          <QueueChooser
            large
            vhost={vhost}
            value={search.queue}
            onChange={(name) => setQuery(withTerm(query, "queue", name))}
          />
        )}
        <span className="flex gap-2">
          <ViewsButton page={inQueue ? "queue-messages" : "messages"} />
          <ColumnsButton name="messages" columns={columns} />
          <DensityButton />
        </span>
      </div>
      <SplitView
        name="messages"
        panelLabel={open ? `Message ${open.id}` : "Message"}
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
        <div className="flex shrink-0 flex-wrap items-center gap-2 px-4 py-2">
          <div className="max-w-full overflow-x-auto">
            <Segments label="State" value={state} onChange={(next) => void setState(next)} options={segments} />
          </div>
          <span className="ml-auto phone:hidden">
            <Button
              variant="ghost"
              icon={<Download className="icon-14" aria-hidden="true" />}
              disabledReason={rows && rows.length > 0 ? undefined : "There is nothing to download"}
              onClick={() => void download()}
            >
              {rows && rows.length > 0 ? `NDJSON of ${formatCount(rows.length)}` : "NDJSON"}
            </Button>
          </span>
        </div>
        <DataTable
          name="messages"
          label="Messages"
          columns={columns}
          rows={rows}
          rowId={idOf}
          ordered
          sort={{ column: "age", descending: order === "oldest" }}
          onSort={(sort) => void setOrder(sort.descending ? "oldest" : "newest")}
          openId={openId}
          onOpen={onOpen}
          onClose={onClose}
          primary
          secondLine={(message) => (inQueue ? <Preview message={message} /> : <SecondLine message={message} />)}
          filtered={filtered || state !== "all"}
          viewKey={`${state} ${key}`}
          error={list.error}
          onRetry={() => void list.refetch()}
          onEnd={onEnd}
          empty={<Empty vhost={vhost} queue={queue} />}
          nothingMatches={
            <EmptyState
              title="Nothing matches"
              actions={
                <Button
                  onClick={() => {
                    clear();
                    void setState(null);
                  }}
                >
                  Show all messages
                </Button>
              }
            >
              {filtered
                ? "No message here has all of that. Text is looked for in routing keys, exchanges, ids, headers and bodies."
                : `No message here is ${state} now.`}
            </EmptyState>
          }
        />
        <PinNote pins={pins} />
        <ListFoot
          keys={[
            [["j", "k"], "next"],
            [["Enter"], "open"],
            [["/"], "search"],
          ]}
        >
          {rows && (
            <span>
              {formatNoun(rows.length, "message")}
              {hasNextPage && " so far; more come as you scroll"}
            </span>
          )}
          {paused && (
            <button type="button" className="link inline-flex items-center gap-1" onClick={() => void list.refetch()}>
              <RefreshCw className="icon-14" aria-hidden="true" />
              Not live in so long a list: read again
            </button>
          )}
        </ListFoot>
      </SplitView>
    </>
  );
}

function Search({
  vhost,
  query,
  names,
  onChange,
  withQueues,
}: {
  vhost: string | null;
  query: Query;
  names: readonly string[];
  onChange: (query: Query) => void;
  withQueues: boolean;
}) {
  const { data } = useQuery({ ...queueCountsQuery(vhost), enabled: withQueues });
  const queueNames = useMemo(() => (data ?? []).map((each) => each.name), [data]);
  return (
    <FilterField
      query={query}
      onChange={onChange}
      names={names}
      label="Search messages"
      placeholder={`Text, or ${withQueues ? "queue: " : ""}headers. body. properties. key: reason:`}
      completeTitle="What messages can be searched by"
      complete={(word) => completeMessageWord(word, queueNames, names)}
      large
      className={withQueues ? "phone:basis-full" : ""}
    />
  );
}

function SecondLine({ message }: { message: Message }): ReactNode {
  return (
    <span className="mono clip-text text-ink-3">
      <NameText text={message.routing_key} />
    </span>
  );
}

function Empty({ vhost, queue }: { vhost: string | null; queue: string | undefined }) {
  const href =
    queue === undefined || vhost === null
      ? withVhost("/publish", vhost)
      : `/publish?${new URLSearchParams({ vhost, exchange: "", key: queue })}`;
  return (
    <EmptyState
      title={queue !== undefined ? "This queue is empty" : vhost === null ? "No messages" : `No messages in ${vhost}`}
      actions={<ButtonLink href={href}>Publish a message</ButtonLink>}
    >
      {queue === undefined
        ? "Every message that waits in a queue, is held by a consumer, is delayed or is dead is listed here, with its body."
        : "Messages that wait here, are held by a consumer or are delayed are listed with their bodies. Reading takes none of them."}
    </EmptyState>
  );
}

/** How messages of a page are named, and the one that is open. */
function openIn(vhost: string | null, opened: string | null) {
  if (vhost === null) return { idOf: fullRefText, open: parseFullRef(opened) };
  const ref = parseRef(opened);
  return { idOf: refText, open: ref && { ...ref, vhost } };
}

/** A message may move from one page to the next while they are read; it is listed once. */
function unique(messages: readonly Message[]): readonly Message[] {
  const seen = new Set<string>();
  return messages.filter((message) => {
    const id = fullRefText(message);
    if (seen.has(id)) return false;
    seen.add(id);
    return true;
  });
}
