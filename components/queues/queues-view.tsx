"use client";

import { useQuery } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import dynamic from "next/dynamic";
import { useRouter, useSearchParams } from "next/navigation";
import { parseAsBoolean, parseAsStringLiteral, useQueryState } from "nuqs";
import { useDeferredValue, useEffect, useMemo } from "react";
import { attentionOf } from "@/components/queues/attention";
import { attentionText } from "@/components/queues/attention-text";
import { queueHref, rememberQueueList } from "@/components/queues/links";
import { queueColumns, serverOrder } from "@/components/queues/queue-columns";
import {
  inView,
  matchesQuery,
  type QueueView,
  queueQualifiers,
  queueViewLabels,
  queueViews,
} from "@/components/queues/queue-filter";
import { QueueSelectionActions } from "@/components/queues/queue-selection-actions";
import { AttentionLine } from "@/components/ui/attention-line";
import { Button, ButtonLink } from "@/components/ui/button";
import { ColumnsButton, DensityButton } from "@/components/ui/data-table/columns-button";
import { DataTable } from "@/components/ui/data-table/data-table";
import { ListFoot } from "@/components/ui/data-table/list-foot";
import { useSelection } from "@/components/ui/data-table/use-selection";
import { useSort } from "@/components/ui/data-table/use-sort";
import { EmptyState } from "@/components/ui/empty-state";
import { FilterBar, SelectionBar } from "@/components/ui/filter/filter-bar";
import { FilterField } from "@/components/ui/filter/filter-field";
import { useFilter } from "@/components/ui/filter/use-filter";
import { PageHead } from "@/components/ui/page-head";
import { StateGlyph } from "@/components/ui/state-glyph";
import { Tabs } from "@/components/ui/tabs";
import { ViewsButton } from "@/components/views/late-views";
import { firstQueuesQuery, type Queue, queuesQuery } from "@/lib/api-client/queues";
import { rateOf } from "@/lib/api-client/rabbitmq-json";
import { formatCount, formatRate } from "@/lib/format/numbers";

const AddQueueDialog = dynamic(
  () => import("@/components/queues/add-queue-dialog").then((module) => module.AddQueueDialog),
  { ssr: false },
);

const queueId = (queue: Queue) => `${queue.vhost} ${queue.name}`;
const unordered = { field: "", descending: false };
const stateWords = ["running", "idle", "flow", "down"];
/** The attention line has room for so many; the tab has all of them. */
const attentionShown = 3;

/** The list of queues of one vhost, or of all (`vhost` null). */
export function QueuesView({ vhost }: { vhost: string | null }) {
  const router = useRouter();
  const search = useSearchParams().toString();
  useEffect(() => rememberQueueList(search), [search]);
  const { sort, onSort } = useSort({ column: "ready", descending: true });
  const order = serverOrder(sort);
  const { data: newest, error, refetch } = useQuery(queuesQuery(vhost, order));
  const { data: beginning } = useQuery(firstQueuesQuery(vhost, order ?? unordered));
  // A thousand queues may change within a second: what is typed and clicked comes first.
  const data = useDeferredValue(newest);
  const [view] = useQueryState("view", parseAsStringLiteral(queueViews).withDefault("all"));
  const [adding, setAdding] = useQueryState("add", parseAsBoolean.withDefault(false));
  const { query, setQuery, clear, filtered, key } = useFilter(queueQualifiers);
  const selection = useSelection();

  // The beginning of a long list stands in for it until it is there; what it has none of may yet come.
  const known = data ?? beginning?.items;
  const rows = useMemo(() => {
    const found = known && inView(known, view).filter((queue) => matchesQuery(queue, query));
    return data === undefined && found?.length === 0 ? undefined : found;
  }, [data, known, view, query]);
  const columns = useMemo(
    () =>
      queueColumns.map((column) => {
        // Room for one of the two: types are mostly the same, vhosts tell queues of one name apart.
        if (column.id === "vhost") return { ...column, hidden: vhost !== null };
        return column.id === "type" ? { ...column, hidden: vhost === null } : column;
      }),
    [vhost],
  );
  const attention = useMemo(() => attentionOf(known ?? []), [known]);
  const counts = useMemo(() => data && countViews(data), [data]);
  const selected = useMemo(
    () => (rows ?? []).filter((queue) => selection.everything || selection.ids.has(queueId(queue))),
    [rows, selection],
  );

  return (
    <>
      <PageHead
        title="Queues"
        note={known && formatCount(data?.length ?? beginning?.total_count ?? 0)}
        actions={
          <Button
            variant="primary"
            icon={<Plus className="icon-14" aria-hidden="true" />}
            onClick={() => void setAdding(true)}
          >
            Add queue
          </Button>
        }
      />
      <Tabs label="Views of the queues" tabs={queueViews.map((each) => tabOf(each, view, counts?.[each]))} />
      {attention.length > 0 && (
        <AttentionLine
          lead={
            data === undefined
              ? "Need attention"
              : `${formatCount(attention.length)} ${attention.length === 1 ? "needs" : "need"} attention`
          }
          items={attention.slice(0, attentionShown).map((each) => ({
            href: queueHref(each.queue.vhost, each.queue.name, each.kind === "dead" ? "messages" : undefined),
            name: each.queue.name,
            text: attentionText(each),
          }))}
        />
      )}
      {selected.length > 0 ? (
        <SelectionBar selection={selection} total={rows?.length ?? 0}>
          <QueueSelectionActions queues={selected} onDone={selection.clear} />
        </SelectionBar>
      ) : (
        <FilterBar
          end={
            <>
              <ViewsButton page="queues" />
              <ColumnsButton name="queues" columns={columns} />
              <DensityButton />
            </>
          }
        >
          <FilterField
            query={query}
            onChange={setQuery}
            names={queueQualifiers}
            label="Filter the queues"
            placeholder="Filter by name, or state:idle type:quorum"
            completeTitle="What queues can be filtered by"
            complete={completions}
          />
        </FilterBar>
      )}
      <DataTable
        name="queues"
        label="Queues"
        columns={columns}
        rows={rows}
        rowId={queueId}
        sort={sort}
        onSort={onSort}
        selection={selection}
        primary
        onOpen={(queue) => router.push(queueHref(queue.vhost, queue.name))}
        secondLine={SecondLine}
        filtered={filtered || view !== "all"}
        viewKey={`${view} ${key}`}
        error={error}
        onRetry={() => void refetch()}
        empty={
          <EmptyState
            title={vhost === null ? "No queues yet" : `No queues in ${vhost}`}
            actions={
              <>
                <Button onClick={() => void setAdding(true)}>Add a queue</Button>
                <ButtonLink variant="ghost" href="/">
                  Start the sample workload
                </ButtonLink>
              </>
            }
          >
            A queue holds messages until a consumer takes them. Programs usually declare their own; one can be added
            here too.
          </EmptyState>
        }
        nothingMatches={
          <EmptyState
            title="Nothing matches"
            actions={
              filtered ? (
                <Button onClick={clear}>Clear the filter</Button>
              ) : (
                <ButtonLink href="?">Show all queues</ButtonLink>
              )
            }
          >
            {filtered ? "No queue here has all of that." : `No queue is in the view “${queueViewLabels[view]}”.`}
          </EmptyState>
        }
      />
      <Foot rows={data && rows} total={data?.length} />
      {adding && <AddQueueDialog open onClose={() => void setAdding(null)} vhost={vhost} />}
    </>
  );
}

function countViews(queues: readonly Queue[]): Readonly<Record<QueueView, number>> {
  const count = (view: QueueView) => inView(queues, view).length;
  return { all: queues.length, attention: count("attention"), dead: count("dead"), untaken: count("untaken") };
}

function tabOf(view: QueueView, current: QueueView, count: number | undefined) {
  return {
    href: view === "all" ? "?" : `?view=${view}`,
    label: queueViewLabels[view],
    ...(count !== undefined && { count: formatCount(count) }),
    ...(count !== undefined && count > 0 && view === "attention" && { tone: "warn" as const }),
    ...(count !== undefined && count > 0 && view === "dead" && { tone: "danger" as const }),
    current: view === current,
  };
}

function completions(word: string) {
  const all = [
    ...stateWords.map((state) => ({ insert: `state:${state}` })),
    { insert: "type:classic" },
    { insert: "type:quorum" },
    { insert: "feature:message-ttl", hint: "messages expire" },
    { insert: "feature:dead-letter-exchange", hint: "dead letters go somewhere" },
    { insert: "feature:max-length", hint: "bounded" },
  ];
  return word === "" ? [] : all.filter(({ insert }) => insert.startsWith(word) && insert !== word);
}

function SecondLine(queue: Queue) {
  return (
    <>
      <StateGlyph state={queue.state} />
      <span className="text-ink-3">
        {formatRate(rateOf(queue.message_stats, "publish"))} in, {formatRate(rateOf(queue.message_stats, "ack"))} acked
      </span>
    </>
  );
}

function Foot({ rows, total }: { rows: readonly Queue[] | undefined; total: number | undefined }) {
  const ready = (rows ?? []).reduce((sum, queue) => sum + queue.messages_ready, 0);
  const unacked = (rows ?? []).reduce((sum, queue) => sum + queue.messages_unacknowledged, 0);
  return (
    <ListFoot
      keys={[
        [["j", "k"], "row"],
        [["x"], "select"],
        [["Enter"], "open"],
        [["?"], "all keys"],
      ]}
    >
      {rows && total !== undefined && (
        <span>
          {rows.length === total ? formatCount(total) : `${formatCount(rows.length)} of ${formatCount(total)}`}
        </span>
      )}
      {rows && (
        <span>
          {formatCount(ready)} ready · {formatCount(unacked)} unacked
        </span>
      )}
    </ListFoot>
  );
}
